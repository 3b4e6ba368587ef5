"""Comments that are none: those a compiler, linter or test runner reads. And examples in documentation that are run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from gitbuddy.core.suppressions import MARKS

_ANYWHERE = r"@(?:generated|formatter):|\bNOSONAR\b|\bDO NOT EDIT\b|\bLCOV_EXCL|\bGCOVR?_EXCL"
_C = r"\blint\b|\bIWYU pragma|\bcppcheck-suppress|\bcoverity\[|\bfall(?:s|-|\s)*thr(?:ough|u)\b|\bNOT_?REACHED\b"
_SCRIPT = (
    r"@(?:jsx\w*|flow|noflow|ts-\w+|vite-ignore|(?:jest|vitest)-environment|internal|preserve|license)\b|^/\s*<"
    r"|\b(?:eslint|tslint|jshint|jslint|biome|oxlint|prettier|deno-lint|istanbul|c8|v8|webpack)[\w-]*[ :]"
    r"|^(?:globals?|exported|eslint[\w-]*|jshint|jslint)\b|[#@]__\w+__|[#@] ?source(?:MappingURL|URL)="
)
_GO = r"^(?:go:|line |export |extern )|^[a-z]+:[a-z]|^\s*\+build\b|^\s*lint:|^ Code generated "
_PYTHON = (
    r"^\s*type:|^\s*(?:pylint|pyright|mypy|ruff|flake8|isort|fmt|yapf|cython|distutils|pragma|pytype|pyre)\b"
    r"|\bpragma:|^ ///"
)
_JAVA = r"\$NON-NLS|\bCHECKSTYLE\b|@deprecated\b|\bfall(?:s|-|\s)*thr(?:ough|u)\b|\bspotless:|\bnoinspection\b"
_READ: Mapping[str, re.Pattern[str]] = {
    language: re.compile("|".join((_ANYWHERE, own)), re.MULTILINE)
    for language, own in {
        "python": _PYTHON,
        "c": _C,
        "c++": _C,
        "javascript": _SCRIPT,
        "typescript": _SCRIPT,
        "tsx": _SCRIPT,
        "go": _GO,
        "rust": r"\brustfmt::|\btarpaulin\b|^@",
        "java": _JAVA,
    }.items()
}
_ODD_END = re.compile("\r(?!\n)|[\v\f\x85\u2028\u2029]")
"""Line ends to some tools and none to others: what follows them may be code."""
_CONTINUED = re.compile(r"(?:\\|\?\?/)[ \t]*\r?$", re.MULTILINE)
"""To gcc the comment goes on in the next line, also with blanks after the backslash; to others it ends here."""
_ESCAPED = re.compile(r"\\u+[0-9a-fA-F]{4}")
"""Java reads these before it knows of comments: `\\u000a` ends the line."""
OUTPUT = re.compile(r"//\s*(?:unordered )?output:", re.IGNORECASE)
"""Begins what an example of a Go test must print."""


def directive(comment: str, language: str) -> str:
    """What of a comment counts as code: all of it, the lines that a tool reads, or nothing (empty)."""
    if _ODD_END.search(comment) or (language == "java" and _ESCAPED.search(comment)):
        return comment
    if language in ("c", "c++") and comment.startswith("//") and _CONTINUED.search(comment):
        return comment
    lines = _lines(comment)
    marked = [line for line in lines if _READ[language].search(line) or MARKS.search(line)]
    if marked and marked[0] == next(filter(str.strip, lines), ""):
        return comment.rstrip()
    return "\n".join(line.strip() for line in marked)


def _lines(comment: str) -> list[str]:
    """The lines without the signs of the comment: what follows `//`, `#`, or a `*` at the edge of a block."""
    if comment.startswith(("//", "#")):
        return [comment.lstrip("#") if comment.startswith("#") else comment[2:]]
    inner = comment.removeprefix("/*").removesuffix("*/")
    return [re.sub(r"^[\s*]+", "", line) for line in inner.splitlines()]


def rust_examples(comments: Iterable[str]) -> list[str]:
    """The code in the documentation of Rust, which `cargo test` runs: fenced blocks, and lines set off by four blanks.

    `comments` are those of one item, in order.
    """
    found: list[str] = []
    block: list[str] | None = None
    for line in (line for comment in comments for line in _documentation(comment)):
        fence = line.strip().startswith(("```", "~~~"))
        if block is not None:
            block.append(line.strip())
            if fence:
                found.append("\n".join(block))
                block = None
        elif fence:
            block = [line.strip()]
        elif line.startswith(" " * 5):
            found.append(line.strip())
    return [*found, "\n".join(block)] if block else found


def _documentation(comment: str) -> list[str]:
    if comment.startswith(("///", "//!")):
        return [comment[3:].rstrip("\r\n")]
    if comment.startswith(("/**", "/*!")):
        return [re.sub(r"^\s*\*", "", line) for line in comment[3:].removesuffix("*/").splitlines()]
    return []


def python_examples(text: str) -> list[str]:
    """The `>>>` examples of a docstring with what they must print, which doctest runs."""
    found: list[str] = []
    inside = False
    for line in map(str.strip, text.splitlines()):
        if line.startswith(">>>"):
            found.append(line)
            inside = True
        elif not line:
            inside = False
        elif inside:
            found[-1] += f"\n{line}"
    return found
