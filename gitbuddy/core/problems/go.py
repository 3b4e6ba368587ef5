"""`go test`: failures with what the test logged, and panics."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitbuddy.core.problems.problem import Found, Place, Problem, plain, thrown, trimmed

_FAIL = re.compile(r"[ \t]*--- FAIL: (?P<name>\S+)")
_TEST = re.compile(r"[ \t]*(?:--- (?:FAIL|PASS|SKIP): |=== (?:RUN|CONT|NAME|PAUSE) +)(?P<name>\S+)")
_LOG = re.compile(r"(?P<indent>[ \t]+)(?P<path>[\w./+@-]+\.go):(?P<line>\d+): (?P<text>.*)$")
_PANIC = re.compile(r"(?:panic|fatal error): \S")
_PLACE = re.compile(r"\t(?P<path>\S+\.go):(?P<line>\d+)(?: \+0x[0-9a-f]+)?$")
_AFTER = re.compile(r"(?:FAIL|ok|\?)[ \t]|FAIL$|=== |--- ")


def read(lines: Sequence[str]) -> Iterator[Found]:
    failing = dict.fromkeys(match["name"] for match in map(_FAIL.match, lines) if match)
    if not failing:
        return
    told: set[str] = set()
    for found in _logged(lines):
        test = found.problem.test if found.problem else ""
        if test in failing:
            told.add(test)
            yield found
    for index, line in enumerate(lines):
        if match := _FAIL.match(line):
            # With -json the log of a test stands before its end, without it behind; either way it has been told of.
            silent = not any(name == match["name"] or name.startswith(f"{match['name']}/") for name in told)
            yield Found(index, index + 1, Problem("", None, "failed", test=match["name"]) if silent else None)


def _logged(lines: Sequence[str]) -> Iterator[Found]:
    test = ""
    index = 0
    while index < len(lines):
        end = index + 1
        if match := _TEST.match(lines[index]):
            test = match["name"]
        elif match := _LOG.match(lines[index]):
            while end < len(lines) and lines[end].startswith(match["indent"] + "    "):
                end += 1
            detail = trimmed(lines[index + 1 : end])
            message = match["text"].strip() or "failed"
            yield Found(index, end, Problem(plain(match["path"]), int(match["line"]), message, "", None, test, detail))
        elif _PANIC.match(lines[index]):
            while end < len(lines) and not _AFTER.match(lines[end]):
                end += 1
            yield Found(index, end, _panic(lines[index:end], test))
        index = end


def _panic(body: Sequence[str], test: str) -> Problem:
    """Go tells the innermost call first."""
    places = [Place(plain(match["path"]), int(match["line"])) for match in map(_PLACE.match, body) if match]
    return thrown([body[0].removesuffix(" [recovered]")], places[::-1], test)
