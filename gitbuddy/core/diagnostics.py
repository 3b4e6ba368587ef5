"""Diagnostics of linters and type checkers, read from what they print and compared as multisets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

Diagnostic = tuple[str, str]
"""(path, text)."""

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_FORMS = tuple(
    re.compile(form, re.MULTILINE)
    for form in (
        # ruff concise, flake8, mypy, pylint, shellcheck and eslint as gcc or unix, gcc and clang, go vet
        r"^(?P<path>[^\s:][^:\n]*):\d+(?::\d+)?:[ \t]*(?P<text>\S.*)$",
        r"^(?P<path>[^\s:(][^:(\n]*)\(\d+,\d+\): (?P<text>\S.*)$",  # tsc
        r"^(?P<path>[^\s:][^:\n]*): line \d+, col \d+, (?P<text>\S.*)$",  # eslint compact
        r"^(?P<text>\S.*)\n[ \t]*--> (?P<path>\S.*?):\d+:\d+$",  # ruff in full, rustc and clippy
        r"^(?P<text>[Ww]ould reformat):? (?P<path>\S.*)$",  # ruff format, black
        r"^\[(?P<text>warn)\] (?P<path>\S+)$",  # prettier
    )
)
_STYLISH = re.compile(r"^(?P<path>\S.*)\n(?P<entries>(?:[ \t]+\d+:\d+[ \t]+\S.*\n?)+)", re.MULTILINE)
_STYLISH_ENTRY = re.compile(r"^[ \t]+\d+:\d+[ \t]+(?P<text>\S.*)$", re.MULTILINE)
_CUT = re.compile(r"^\[\.\.\. \d+ bytes left out \.\.\.\]$", re.MULTILINE)


def diagnostics(output: str) -> Counter[Diagnostic]:
    """Count what is complained about; places are left out, so that code that has only moved is not news."""
    plain = _COLOUR.sub("", output).replace("\r\n", "\n")
    return Counter((path.strip(), _timeless(text)) for path, text in _found(plain))


def is_cut(output: str) -> bool:
    """Whether a part of the output was left out, so that counting in it shows nothing."""
    return bool(_CUT.search(output))


def _found(output: str) -> Iterator[Diagnostic]:
    for form in _FORMS:
        yield from ((match["path"], match["text"]) for match in form.finditer(output))
    for block in _STYLISH.finditer(output):  # eslint's own form: a path, and indented below it its complaints
        yield from ((block["path"], entry["text"]) for entry in _STYLISH_ENTRY.finditer(block["entries"]))


def _timeless(text: str) -> str:
    """Without numbers, which name other lines or measure ("line 3", "130 > 120"), and ruff's mark of the mendable."""
    return " ".join(re.sub(r"\b\d+\b", "#", text.replace("[*] ", "")).split())
