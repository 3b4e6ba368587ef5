"""A doubt, never a refusal: values in a patch that also stand in the tests it has to pass."""

from __future__ import annotations

from gitbuddy.core.cases import file_of
from gitbuddy.core.evidence import Checked
from gitbuddy.core.rules.literals import hard_coded
from gitbuddy.git.worktree import Slot
from gitbuddy.values import Patch

MOST = 20
"""Test files that are looked at."""


def doubts(patch: Patch, slot: Slot, baseline: Checked) -> tuple[str, ...]:
    """What the tests of the base cannot show of this patch, since it holds their own values."""
    named = {file_of(case.id) for result in baseline.results for case in result.cases or ()}
    files = sorted(named & set(slot.tracked))[:MOST]
    tests = {path: file.data for path in files if (file := slot.read(path))}
    return hard_coded(patch, tests)
