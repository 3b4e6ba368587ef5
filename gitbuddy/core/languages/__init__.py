"""Source code seen as a program: Python by `ast`, C, C++, JavaScript, TypeScript, Go, Rust and Java by tree-sitter.

`trees` parse, `shape` and `python` say what is left without comments and layout (`lexical` where C reads as no tree),
`comments` which comments count all the same, `api` what others may call, `inside` which tests stand beside the code.
May import `core.suppressions`. This file is the face of the package.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from gitbuddy.core.endings import language_of
from gitbuddy.core.languages import inside, python, shape, trees
from gitbuddy.core.languages.api import c, go, java, javascript, rust
from gitbuddy.core.languages.api import python as python_api

__all__ = ["examples", "language_of", "own_tests", "problems", "public_api", "skeleton"]


def skeleton(source: bytes, path: str) -> tuple[str | bytes, ...]:
    """Equal for two sources of one program that differ in documentation, comments and layout only.

    Comments that a tool reads count as code. Raises `ValueError` where the source cannot be read.
    """
    return python.skeleton(source) if language_of(path) == "python" else shape.skeleton(source, path)


def examples(source: bytes, path: str) -> Counter[str]:
    """The examples in the documentation that a test runner runs: `>>>` in Python, code blocks in Rust.

    Raises `ValueError` where the source cannot be read.
    """
    language = language_of(path)
    if language == "python":
        return python.examples(source)
    return shape.examples(source, path) if language == "rust" else Counter()


def own_tests(source: bytes, path: str) -> tuple[bytes | str, ...] | None:
    """The tests that stand in a file beside the code they test; None where they cannot be told from it."""
    if language_of(path) != "rust":
        return None
    try:
        return (*inside.rust(source), *sorted(examples(source, path).elements()))
    except ValueError:
        return inside.rust(source)


def public_api(source: bytes, path: str, *, imported: bool = False) -> Mapping[str, str]:
    """Public names, each with its signatures (one a line, sorted, as a name may be overloaded).

    A name of which no more is known than that it is there has the empty signature. `imported`: names that a Python
    module imports count too. Raises `ValueError` where the source cannot be read.
    """
    found: dict[str, set[str]] = {}
    for name, signature in _declared(source, path, imported):
        found.setdefault(name, set()).add(" ".join(signature.split()))
    return {name: "\n".join(sorted(found[name])) for name in sorted(found)}


def problems(source: bytes, path: str) -> str | None:
    """The first syntax error in one line; empty when there is none, None for a language we cannot read."""
    language = language_of(path)
    if language is None:
        return None
    try:
        if language == "python":
            python.parse(source)
        else:
            trees.parse(source, path)
    except ValueError as error:
        return str(error)
    return ""


def _declared(source: bytes, path: str, imported: bool) -> Iterator[tuple[str, str]]:
    if language_of(path) == "python":
        return python_api.declared(source, path, imported=imported)
    language, root = trees.parse(source, path)
    match language:
        case "go":
            return go.declared(root)
        case "rust":
            return rust.declared(root)
        case "java":
            return java.declared(root)
        case "c" | "c++":
            return c.declared(root, path)
        case _:
            return javascript.declared(root)
