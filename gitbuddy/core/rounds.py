"""Rounds: attempts that were made at once, told from the flat history of a job."""

from __future__ import annotations

from collections.abc import Sequence

from gitbuddy.values import Attempt


def next_number(attempts: Sequence[Attempt]) -> int:
    """The number of the next attempt. Those that were cancelled have used up theirs."""
    return 1 + max((attempt.number for attempt in attempts), default=0)


def last_round(attempts: Sequence[Attempt]) -> tuple[Attempt, ...]:
    """The attempts that were made at once with the last one; that one alone where none was."""
    return tuple(attempt for attempt in attempts if attempt.round == attempts[-1].round)
