"""The tests once with line coverage: which lines each of them runs, and where those that fail come out."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gitbuddy.core.cases import file_of
from gitbuddy.core.repair import ranked
from gitbuddy.core.repair.localise import Line
from gitbuddy.core.rules.protected import is_test_path
from gitbuddy.mutate.screen import Screen, believable
from gitbuddy.mutate.target import Target
from gitbuddy.values import Suspect

EACH = 5.0
"""Seconds of one traced test; one that does not end by then tells where it was."""
MOST_FAILING, MOST_PASSING = 40, 400
"""Tests that are traced: of those that pass, the ones beside the failing ones first."""
IMPORTED = 0.3
"""How suspicious a line is that runs at import and in no test, beside the most suspicious one. Judgement."""
PAUSE = 0.004
"""Seconds between two looks for an answer."""


@dataclass(frozen=True, slots=True)
class Traced:
    """One traced test: how it ended, in what time, the lines it ran, and those of its traceback, outermost first."""

    name: str
    ended: str
    seconds: float
    lines: frozenset[Line]
    trace: tuple[Line, ...] = ()
    error: str = ""

    @property
    def is_red(self) -> bool:
        return self.ended in ("failed", "timeout")


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Traced tests by name. `imported` are lines that only an import runs; `seconds` is a run's fixed cost."""

    tests: Mapping[str, Traced]
    imported: frozenset[Line] = frozenset()
    seconds: float = 0.0

    @property
    def failing(self) -> tuple[Traced, ...]:
        return tuple(test for test in self.tests.values() if test.is_red)

    @property
    def passing(self) -> tuple[Traced, ...]:
        return tuple(test for test in self.tests.values() if test.ended == "passed")

    def suspects(self) -> tuple[Suspect, ...]:
        """Lines where the fault may be, the most suspicious first; none of a test."""
        tests = (*self.failing, *self.passing)
        coverage = {test.name: {line for line in test.lines if not is_test_path(line[0])} for test in tests}
        names = [test.name for test in self.failing]
        traces = [[line for line in test.trace if not is_test_path(line[0])] for test in self.failing]
        found = ranked(coverage, names, [trace for trace in traces if trace])
        known = {(each.path, each.line) for each in found}
        touched = {each.path for each in found}
        score = IMPORTED * found[0].score if found else 0.0
        rest = sorted(line for line in self.imported - known if line[0] in touched)
        return (*found, *(Suspect(path, line, score) for path, line in rest))


def traced(screen: Screen, target: Target, seconds: float) -> Spectrum:
    """Trace the failing tests and those beside them, within `seconds`."""
    end = time.monotonic() + seconds
    each = min(EACH, seconds / 3)
    groups = [target.failing[:MOST_FAILING], _neighbours(target)] if target.failing else [()]
    for number, names in enumerate(groups, 1):
        if names or not target.failing:
            limits = {"seconds": max(0.5, end - time.monotonic()), "each": each}
            screen.ask(-number, edits={}, tests=list(names), trace=True, **limits)
    waiting = sum(bool(names) or not target.failing for names in groups)
    tests: dict[str, Traced] = {}
    imported: set[Line] = set()
    fixed = 0.0
    while waiting and screen.done is None and time.monotonic() < end + EACH:
        for answer in screen.answers():
            waiting -= 1
            found = tuple(_tests(answer.raw))
            tests |= {test.name: test for test in found}
            imported |= _lines(answer.raw.get("imported"))
            fixed = max(fixed, answer.seconds - sum(test.seconds for test in found))
        time.sleep(PAUSE)
    ran = frozenset().union(*(test.lines for test in tests.values()))
    return Spectrum(tests, frozenset(imported) - ran, max(0.0, fixed))


def _neighbours(target: Target) -> tuple[str, ...]:
    """Passing tests to trace: those of the failing tests' files first, then those of their folders."""
    files = {file_of(name) for name in target.failing}
    folders = {file.rpartition("/")[0] for file in files}

    def far(name: str) -> tuple[bool, bool]:
        file = file_of(name)
        return file not in files, file.rpartition("/")[0] not in folders

    return tuple(sorted(target.passing, key=far)[:MOST_PASSING])


def _tests(raw: Mapping[str, Any]) -> Iterator[Traced]:
    """The traced tests of an answer; what does not look like one is passed over."""
    for one in _list(raw.get("tests")):
        if isinstance(one, dict) and isinstance(one.get("id"), str):
            yield Traced(
                name=one["id"],
                ended=str(one.get("ended", "")),
                seconds=believable(one.get("seconds")),
                lines=frozenset(_lines(one.get("lines"))),
                trace=tuple(_line(each) for each in _list(one.get("trace")) if _is_line(each)),
                error=str(one.get("error", ""))[:300],
            )


def _lines(value: object) -> set[Line]:
    if not isinstance(value, dict):
        return set()
    return {(path, line) for path, lines in value.items() for line in _list(lines) if _is_line([path, line])}


def _line(value: Sequence[Any]) -> Line:
    return value[0], value[1]


def _is_line(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and type(value[1]) is int


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
