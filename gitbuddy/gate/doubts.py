"""Doubts, never refusals: what a reviewer should know of an accepted change, because no check can show it."""

from __future__ import annotations

from gitbuddy.core.cases import file_of
from gitbuddy.core.evidence import Checked
from gitbuddy.core.guard import opened
from gitbuddy.core.rules.dynamic import dynamic
from gitbuddy.core.rules.literals import hard_coded
from gitbuddy.gate.bench import Bench
from gitbuddy.values import Patch, Task

MOST = 20
"""Test files that are looked at."""


def doubts(patch: Patch, task: Task, bench: Bench, baseline: Checked) -> tuple[str, ...]:
    """Protected files that the task opened, values that the tests hold too, names made while the program runs."""
    paths = opened(patch, task, bench.settings.guard)
    said = (f"changes protected files, which the task names: {', '.join(paths)}",) if paths else ()
    return (*said, *hard_coded(patch, _tests(bench, baseline)), *dynamic(patch))


def _tests(bench: Bench, baseline: Checked) -> dict[str, bytes]:
    named = {file_of(case.id) for result in baseline.results for case in result.cases or ()}
    files = sorted(named & set(bench.slot.tracked))[:MOST]
    return {path: file.data for path in files if (file := bench.slot.read(path))}
