"""Complaints of one line that names the place: compilers, most linters, type checkers, linkers, `assert` of C.

ruff concise, flake8, mypy, pylint, pyright, shellcheck and eslint as gcc, unix or compact, tsc, gcc, clang, clang-tidy,
cppcheck, rustc and clippy in short, go, javac by way of Maven, ld.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitbuddy.core.problems.problem import Found, Problem, plain, trimmed
from gitbuddy.core.problems.rules import rule_and_message

_PATH = r"(?=[^:\n]*[A-Za-z_])(?P<path>[^\s:(\[][^:]*?)"
_ASSERTION = re.compile(
    r"(?:[^\s:]+: )?(?P<path>[^\s:]+):(?P<line>\d+): (?:[^`]*: )?(?P<text>Assertion `.*' failed\.)$"
)
_LINKER = re.compile(
    r"(?:\S*\bld: )?(?P<path>[^\s:]+):(?:(?P<line>\d+): |\(\.[^)]*\): )(?P<text>undefined reference .*)$"
)
_PLACED = re.compile(_PATH + r":(?P<line>\d+)(?::(?P<column>\d+))?:[ \t]*(?P<text>\S.*)$")
_DASHED = re.compile(
    r"[ \t]*" + _PATH + r":(?P<line>\d+):(?P<column>\d+) - (?P<text>(?:error|warning|information)\b.*)$"
)
_COMPACT = re.compile(_PATH + r": line (?P<line>\d+), col (?P<column>\d+), (?P<text>\S.*)$")
_TSC = re.compile(r"(?P<path>[^\s:(][^:(]*)\((?P<line>\d+),(?P<column>\d+)\): (?P<text>\S.*)$")
_MAVEN = re.compile(r"\[(?:ERROR|WARNING)\] (?P<path>[^\s:]+):\[(?P<line>\d+),(?P<column>\d+)\] (?P<text>\S.*)$")
_CMAKE = re.compile(r"(?P<text>CMake Error) at (?P<path>[^\s:]+):(?P<line>\d+)(?: \(.*\))?:$")
_FORMS = (_ASSERTION, _LINKER, _DASHED, _COMPACT, _TSC, _MAVEN, _CMAKE, _PLACED)
_ENDS_WITH_PARENTHESES = (_DASHED, _COMPACT)
_ASIDE = re.compile(r"note: |required from |in instantiation of |required by ")
_CONTEXT = re.compile(r"\S[^:]*: (?:In |At global )|In file included from |[ \t]{16,}from ")
_WRAPPED = re.compile(r"(?!\S+:\d+: )(?:\S.* )?\[[a-z][a-z-]*\]$")
_PREFIX = re.compile(r"vet: ")


def read(lines: Sequence[str]) -> Iterator[Found]:
    index = 0
    while index < len(lines):
        found = _at(lines, index)
        if found:
            yield found
        index = found.end if found else index + 1


def _at(lines: Sequence[str], index: int) -> Found | None:
    line = _PREFIX.sub("", lines[index], count=1)
    if _CONTEXT.match(line):
        return Found(index, index + 1)
    for form in _FORMS:
        if match := form.match(line):
            return _found(lines, index, form, match)
    return None


def _found(lines: Sequence[str], index: int, form: re.Pattern[str], match: re.Match[str]) -> Found:
    end = _end(lines, index + 1)
    below = lines[index + 1 : end]
    text = match["text"]
    if _is_wrapped(text, lines, end):
        text, end = f"{text} {lines[end]}", _end(lines, end + 1)
    if form is _DASHED and below and below[-1].endswith(")"):  # pyright goes on below, and ends with the rule
        text, below = " ".join([text, *(line.strip() for line in below)]), ()
    parentheses = form in _ENDS_WITH_PARENTHESES
    rule, message = rule_and_message(text, parentheses=parentheses)
    if form is _PLACED and not rule and _ASIDE.match(message):
        return Found(index, end)
    groups = match.groupdict()
    numbers = [int(groups[key]) if groups.get(key) else None for key in ("line", "column")]
    detail, trace = ((), trimmed(below)) if form is not _CMAKE and form is not _MAVEN else (trimmed(below), ())
    return Found(index, end, Problem(plain(match["path"]), numbers[0], message, rule, numbers[1], "", detail, trace))


def _is_wrapped(text: str, lines: Sequence[str], end: int) -> bool:
    """Whether the next line is the end of this one: `mypy --pretty` breaks long lines."""
    follows = lines[end] if end < len(lines) else ""
    return text.startswith(("error: ", "note: ")) and not text.endswith("]") and bool(_WRAPPED.match(follows))


def _end(lines: Sequence[str], index: int) -> int:
    """Index after the indented lines from here on: the source with its marks, or the rest of the words."""
    while index < len(lines) and lines[index][:1] in (" ", "\t") and not _DASHED.match(lines[index]):
        index += 1
    return index
