"""`cargo test`: panics of the tests with their values, and tests that should have panicked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitbuddy.core.problems.problem import Found, Place, Problem, plain, thrown, until

_BLOCK = re.compile(r"---- (?P<name>\S+)(?: - .*?)? stdout ----$")
_STOP = re.compile(r"---- \S+.* stdout ----$|failures:$|test result: ")
_PANIC = re.compile(r"thread '.*' (?:\(\d+\) )?panicked at (?P<path>[^\s:']+):(?P<line>\d+):\d+:$")
_ASIDE = re.compile(r"stack backtrace:$|note: ")
_PLACE = re.compile(r"[ \t]+at (?P<path>\S+?):(?P<line>\d+)(?::\d+)?$")
_NOT_PANICKED = re.compile(
    r"note: (?P<text>test did not panic as expected)(?: at (?P<path>[^\s:]+):(?P<line>\d+):\d+)?$"
)
_FAILED = re.compile(r"test (?P<name>\S+)(?: - .*?)? \.\.\. FAILED$")


def read(lines: Sequence[str]) -> Iterator[Found]:
    told: set[str] = set()
    for index, line in enumerate(lines):
        if match := _BLOCK.match(line):
            end = until(lines, index + 1, _STOP)
            told.add(match["name"])
            yield Found(index, end, _problem(lines[index + 1 : end], match["name"]))
    for index, line in enumerate(lines):
        if match := _FAILED.match(line):
            problem = Problem("", None, "failed", test=match["name"])
            yield Found(index, index + 1, None if match["name"] in told else problem)


def _problem(body: Sequence[str], test: str) -> Problem:
    for index, line in enumerate(body):
        if match := _PANIC.match(line):
            said = body[index + 1 : until(body, index + 1, _ASIDE)]
            here = Place(plain(match["path"]), int(match["line"]))
            called = [Place(plain(at["path"]), int(at["line"])) for at in map(_PLACE.match, body[index:]) if at]
            return thrown(said, [*(place for place in called[::-1] if place != here), here], test)
        if match := _NOT_PANICKED.match(line):
            place = [Place(plain(match["path"]), int(match["line"]))] if match["path"] else []
            return thrown([match["text"]], place, test)
    return thrown(body, [], test)
