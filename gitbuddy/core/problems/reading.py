"""Which readers there are, and how one output is read by all of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gitbuddy.core.problems import (
    blocks,
    cargo,
    go,
    googletest,
    javascript,
    listed,
    oneline,
    pytest,
    surefire,
    traceback,
)
from gitbuddy.core.problems.problem import Problem, Reader
from gitbuddy.values import Case, CaseStatus, CheckResult

LONGEST_LINE = 2000
"""Characters of a line that are looked at; more is a dump of data, and costs patterns their time."""
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")

RUNNERS: tuple[Reader, ...] = (
    pytest.read,
    traceback.unittest,
    googletest.ctest,
    googletest.gtest,
    cargo.read,
    go.read,
    javascript.jest,
    javascript.vitest,
    javascript.node,
    javascript.tap,
    surefire.read,
)
DIAGNOSTICS: tuple[Reader, ...] = (
    blocks.biome,
    blocks.arrows,
    blocks.shellcheck,
    blocks.stylish,
    listed.diffs,
    listed.rustfmt,
    listed.unreadable,
    listed.listed,
    oneline.read,
)
ALL: tuple[Reader, ...] = (*RUNNERS, traceback.tracebacks, *DIAGNOSTICS)
"""Those that know their output by the largest shape come first: what one has read, the next does not see."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The problems of one output in the order in which the readers found them, and the text that none of them knows."""

    problems: tuple[Problem, ...]
    rest: str


def read(output: str, readers: Sequence[Reader] = ALL) -> Reading:
    """Everything that is complained about in an output. What two readers would claim belongs to the first."""
    lines = [line[:LONGEST_LINE].rstrip() for line in _COLOUR.sub("", output).replace("\r\n", "\n").split("\n")]
    problems: list[Problem] = []
    for reader in readers:
        for found in list(reader(tuple(lines))):
            lines[found.start : found.end] = [""] * (found.end - found.start)
            if found.problem:
                problems.append(found.problem)
    return Reading(tuple(problems), "\n".join(line for line in lines if line))


def read_diagnostics(output: str) -> tuple[Problem, ...]:
    """What linters, type checkers and compilers complain of; a problem twice is told twice."""
    return read(output, DIAGNOSTICS).problems


def problems_of(result: CheckResult) -> tuple[Problem, ...]:
    """The problems of a check. None does not mean that nothing is wrong: then what it says is in a form of its own."""
    problems = read(result.output).problems
    return (*problems, *untold(result.cases or (), problems))


def untold(cases: Sequence[Case], problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Failing tests that a report names, and that are none of these problems of the output: what was cut out of it."""
    told: dict[str, list[list[str]]] = {}
    for words in (_words(problem.test) for problem in problems if problem.test):
        told.setdefault(words[-1], []).append(words)
    return tuple(
        Problem(_file(case.id), None, _first(case.words), test=case.id, detail=tuple(case.words.splitlines()[1:]))
        for case in cases
        if case.status is CaseStatus.FAILED and not _is_told(case.id, told)
    )


def _is_told(name: str, told: dict[str, list[list[str]]]) -> bool:
    """Whether the output names this test: runners leave out the file or the package there, or write it differently."""
    words = _words(name)
    return any(known[-len(words) :] == words[-len(known) :] for known in told.get(words[-1], ()))


def _words(name: str) -> list[str]:
    """The parts of a test's name, of its module or file first. unittest puts that in parentheses behind the name."""
    inside = re.match(r"\S+ \((?P<full>[^()]+)\)", name)
    return re.findall(r"\w+", inside["full"] if inside else re.sub(r"\.\w+(?=::)", "", name)) or [name]


def _file(name: str) -> str:
    match = re.match(r"[^\s:]+\.\w+(?=::| > |$)", name)
    return match[0] if match and ("/" in match[0] or "::" in name or " > " in name or match[0].endswith(".py")) else ""


def _first(words: str) -> str:
    return words.partition("\n")[0].strip() or "failed"
