"""What test runners write down, read into cases. Untrusted input: model-written code ran where it was written.

May import `values`. A reader takes bytes and gives `Report`, or raises `Unreadable` with words for people.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gitbuddy.values import Case, CaseStatus

LARGEST = 64 << 20
"""Bytes of a report that are read."""
MOST_CASES = 200_000
LONGEST_ID = 1000
LONGEST_WORDS = 500


class Unreadable(Exception):
    """A report that shows nothing: missing, too large, cut off, not of its form."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one test run says of each test. `output` is text for people where the runner printed a machine format."""

    cases: tuple[Case, ...]
    output: str | None = None


def settled(cases: Iterable[Case]) -> tuple[Case, ...]:
    """Sorted, each id once and bounded; of several results under one id the worst counts. Raises `Unreadable`."""
    worst: dict[str, Case] = {}
    for case in cases:
        bounded = Case(case.id[:LONGEST_ID], case.status, case.words[:LONGEST_WORDS])
        known = worst.get(bounded.id)
        if known is None or _GRAVITY[bounded.status] > _GRAVITY[known.status]:
            worst[bounded.id] = bounded
        if len(worst) > MOST_CASES:
            raise Unreadable(f"the report names more than {MOST_CASES} tests")
    return tuple(sorted(worst.values(), key=lambda case: case.id))


_GRAVITY = {CaseStatus.PASSED: 0, CaseStatus.SKIPPED: 1, CaseStatus.FAILED: 2}
