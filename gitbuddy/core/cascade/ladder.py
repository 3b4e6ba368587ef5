"""The fixed ladder: a pure function from what was tried to the next move.

Cheapest tier first, escalate on evidence (FrugalGPT, arXiv:2305.05176, is the origin of the word). A test gate
decides what failed; two failures at a tier, the same failure twice, or a proposal that changes nothing are reasons to
stop spending at this tier.
"""

from __future__ import annotations

from collections.abc import Sequence

from gitbuddy.config import LimitSettings
from gitbuddy.core.cascade.rounds import Round, rounds_of
from gitbuddy.core.cascade.rungs import DEEP, is_big, ladder_of
from gitbuddy.values import Attempt, Move, Task, Tier


def next_move(task: Task, tiers: Sequence[Tier], attempts: Sequence[Attempt], limits: LimitSettings) -> Move | None:
    """The next attempts to make, or None when the job is over: accepted, out of attempts, or out of tiers.

    Raises `UsageError` as `ladder_of` does.
    """
    ladder = ladder_of(task, tiers, limits)
    left = limits.attempts - len(attempts)
    if not ladder or left <= 0:
        return None
    rounds = rounds_of(attempts)
    if not rounds:
        return Move(ladder[0], _first_reason(task, ladder[0], limits), "sample", min(ladder[0].samples, left))
    if rounds[-1].over:
        return None
    if why := _reason_to_escalate(rounds):
        above = ladder[_rung(rounds[-1].tier, ladder) + 1 :]
        return Move(above[0], why, "escalate", min(above[0].samples, left)) if above else None
    return _again(rounds[-1], left)


def _again(last: Round, left: int) -> Move:
    samples = min(last.tier.samples, left)
    if last.teaches:
        return Move(last.tier, "repair", "repair", samples)
    return Move(last.tier, "the last reply teaches nothing", "sample", samples)


def _rung(tier: Tier, ladder: Sequence[Tier]) -> int:
    return next((index for index, other in enumerate(ladder) if other.name == tier.name), len(ladder))


def _first_reason(task: Task, tier: Tier, limits: LimitSettings) -> str:
    if task.tier:
        return f"the task asks for {tier.name}"
    if is_big(task, limits) and tier.name == DEEP:
        return "a big task starts at deep"
    return "first tier"


def _reason_to_escalate(rounds: Sequence[Round]) -> str:
    last = rounds[-1].tier
    here = [made for made in rounds if made.tier.name == last.name]
    if rounds[-1].futile:
        return rounds[-1].futile
    return f"{len(here)} failed at {last.name}" if len(here) >= last.attempts else ""
