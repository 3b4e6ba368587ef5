"""GoogleTest, and CTest around it or around any other program."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gitbuddy.core.problems import oneline
from gitbuddy.core.problems.problem import Found, Problem, plain, trimmed, until

_RUN = re.compile(r"\[ RUN      \] (?P<name>\S+)")
_FAILURE = re.compile(r"(?:(?P<path>[^\s:]+):(?P<line>\d+)|unknown file): Failure$")
_MARK = re.compile(r"\[(?: RUN      |       OK |  FAILED  |  SKIPPED |----------|==========|  PASSED  )\] ?")
_STOP = re.compile(rf"{_FAILURE.pattern}|{_MARK.pattern}")
_FAILED = re.compile(r"\[  FAILED  \] (?P<name>\w[\w./]*)(?:, where .*)?(?: \(\d+ ms\))?$")

_STEP = re.compile(r"[ \t]*(?:\d+/\d+ Test +#\d+: |Start +\d+: )|\d+% tests passed,")
_ENDED = re.compile(r"[ \t]*\d+/\d+ Test +#\d+: (?P<padded>[^*]*)\*\*\*(?P<how>[A-Z][\w ]*?):? +[\d.]+ sec$")
_LISTED = re.compile(r"[ \t]*\d+ - (?P<name>\S.*?) \((?P<how>[A-Z][\w ]*)\)[\w \t]*$")
_LIST = re.compile(r"The following tests FAILED:$")


def gtest(lines: Sequence[str]) -> Iterator[Found]:
    test, told = "", set[str]()
    for index, line in enumerate(lines):
        if match := _RUN.match(line):
            test = match["name"]
        elif match := _FAILURE.match(line):
            end = until(lines, index + 1, _STOP)
            words = trimmed(lines[index + 1 : end]) or ("failed",)
            place = int(match["line"]) if match["line"] else None
            told.add(test)
            yield Found(index, end, Problem(plain(match["path"] or ""), place, words[0], "", None, test, words[1:]))
        elif match := _FAILED.match(line):
            problem = Problem("", None, "failed", test=match["name"])
            yield Found(index, index + 1, None if match["name"] in told else problem)
            told.add(match["name"])


def ctest(lines: Sequence[str]) -> Iterator[Found]:
    """Failing tests with what they printed; those that print nothing are named by the list at the end."""
    told: set[str] = set()
    for index, line in enumerate(lines):
        if match := _ENDED.match(line):
            end = until(lines, index + 1, _STEP)
            padded, _, why = match["padded"].rpartition(".")
            test = padded.rstrip(".").rstrip()
            told.add(test)
            for problem in _of(test, why.strip() or match["how"], lines[index + 1 : end]):
                yield Found(index, end, problem)
    listed = until(lines, 0, _LIST)
    for index in range(listed + 1, len(lines)):
        if match := _LISTED.match(lines[index]):
            problem = Problem("", None, match["how"], test=match["name"])
            yield Found(index, index + 1, None if match["name"] in told else problem)


def _of(test: str, how: str, body: Sequence[str]) -> list[Problem]:
    """What one test of CTest says, under CTest's name for it: GoogleTest counts parameters from 0, and it does not."""
    said = [part.problem for part in gtest(body)] or [part.problem for part in oneline.read(body)]
    told = [replace(problem, test=test) for problem in said if problem]
    return told or [Problem("", None, how, test=test, detail=trimmed(body))]
