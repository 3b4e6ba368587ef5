"""Which language a file is in, by its ending alone."""

from __future__ import annotations

from collections.abc import Mapping

SUFFIXES: Mapping[str, str] = {
    **dict.fromkeys(("py", "pyi"), "python"),
    **dict.fromkeys(("c", "h"), "c"),
    **dict.fromkeys(("cc", "cpp", "cxx", "c++", "C", "hh", "hpp", "hxx", "h++", "H", "ipp", "inl", "tpp"), "c++"),
    **dict.fromkeys(("js", "mjs", "cjs", "jsx"), "javascript"),
    **dict.fromkeys(("ts", "mts", "cts"), "typescript"),
    "tsx": "tsx",
    "go": "go",
    "rs": "rust",
    "java": "java",
}


def language_of(path: str) -> str | None:
    """The language of a file by its ending; None when we have no grammar for it.

    A header `.h` counts as C here; one that only reads as C++ is read as such.
    """
    _, dot, suffix = path.rpartition("/")[2].rpartition(".")
    return SUFFIXES.get(suffix) if dot else None
