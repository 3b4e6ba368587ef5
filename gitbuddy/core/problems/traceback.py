"""Python's own words: tracebacks, syntax errors, and the failures of unittest, which hold a traceback each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitbuddy.core.problems.problem import Found, Place, Problem, plain, thrown, until

_HEAD = re.compile(r"[ \t]*Traceback \(most recent call last\):$")
_PLACE = re.compile(r"[ \t]*File \"(?P<path>[^\"\n]+)\", line (?P<line>\d+)(?:, in .*)?$")
_EXCEPTION = re.compile(r"(?P<text>[A-Za-z_][\w.]*(?:: .*)?)$")
_RULE, _DASHES = re.compile(r"={70}$"), re.compile(r"-{70}$")
_TITLE = re.compile(r"(?:FAIL|ERROR): (?P<name>\S.*)$")
_MARKS = re.compile(r"[ \t]*[~^]+[ \t]*$")
_BLANK = re.compile(r"\s*$")


def unittest(lines: Sequence[str]) -> Iterator[Found]:
    for index, line in enumerate(lines[:-1]):
        title = _TITLE.match(lines[index + 1])
        if not (_RULE.match(line) and title):
            continue
        body = until(lines, index + 2, _DASHES) + 1
        end = min(until(lines, body, _RULE), until(lines, body, _DASHES))
        yield Found(index, end, _thrown(lines[body:end], title["name"]))


def tracebacks(lines: Sequence[str]) -> Iterator[Found]:
    """A traceback outside any test, and a syntax error, which Python tells with a place and no heading."""
    index = 0
    while index < len(lines):
        if not (_HEAD.match(lines[index]) or _PLACE.match(lines[index])):
            index += 1
            continue
        end = _end(lines, index + 1)
        problem = _thrown(lines[index:end], "")
        if problem.message != "failed":
            yield Found(index, end, problem)
        index = end


def _end(lines: Sequence[str], index: int) -> int:
    """Index after the exception's own line, which is the first that is not indented."""
    indent = len(lines[index - 1]) - len(lines[index - 1].lstrip())
    while index < len(lines) and (lines[index].startswith(" " * (indent + 1)) or _PLACE.match(lines[index])):
        index += 1
    return min(until(lines, index, _BLANK), index + 20)


def _thrown(body: Sequence[str], test: str) -> Problem:
    """Of several tracebacks that led to one another, the last: it is what came out."""
    places: list[Place] = []
    said: list[str] = []
    for index, line in enumerate(body):
        if _HEAD.match(line):
            places, said = [], []
        elif match := _PLACE.match(line):
            source = body[index + 1].strip() if index + 1 < len(body) else ""
            places.append(Place(plain(match["path"]), int(match["line"]), source))
            said = []
        elif said or (places and _EXCEPTION.match(line)):
            said.append(line)
    return thrown(said or [line for line in body if line.strip() and not _MARKS.match(line)][-1:], places, test)
