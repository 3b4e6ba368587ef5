"""The cascade: a pure function from what was tried to the next move.

Cheapest tier first, escalate on evidence (FrugalGPT, arXiv:2305.05176, is the origin of the word). A test gate
decides what failed; two failures at a tier, the same failure twice, or a proposal that changes nothing are reasons to
stop spending at this tier.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from gitbuddy.config import LimitSettings
from gitbuddy.core.rounds import last_round
from gitbuddy.errors import UsageError
from gitbuddy.values import Attempt, Kind, Move, Refused, Task, Tier, Unverified

Policy = Callable[[Task, Sequence[Tier], Sequence[Attempt], LimitSettings], Move | None]
"""Decides on the next move from what was tried; None ends the job."""

DEEP = "deep"
REVIEWER = "reviewer"
NO_PROGRESS = frozenset({"no-change", "repeated", "no-fixer"})
"""Reason codes of attempts that asking the same proposer again cannot improve."""


def next_move(task: Task, tiers: Sequence[Tier], attempts: Sequence[Attempt], limits: LimitSettings) -> Move | None:
    """The next attempts to make, or None when the job is over: accepted, out of attempts, or out of tiers.

    Raises `UsageError` as `ladder_of` does.
    """
    move = _next(task, tiers, attempts, limits)
    return move and replace(move, samples=min(move.tier.samples, limits.attempts - len(attempts)))


def _next(task: Task, tiers: Sequence[Tier], attempts: Sequence[Attempt], limits: LimitSettings) -> Move | None:
    ladder = ladder_of(task, tiers, limits)
    if not ladder or len(attempts) >= limits.attempts:
        return None
    if not attempts:
        return Move(ladder[0], _first_reason(task, ladder[0], limits))
    last = attempts[-1]
    if last.accepted or isinstance(last.verdict, Unverified):
        return None  # what cannot be checked here cannot be checked of another answer either
    why = _reason_to_escalate(last, attempts)
    if not why:
        return Move(last.tier, "repair", "repair")
    above = ladder[_rung(last.tier, ladder) + 1 :]
    return Move(above[0], why, "escalate") if above else None


def ladder_of(task: Task, tiers: Sequence[Tier], limits: LimitSettings) -> tuple[Tier, ...]:
    """The tiers this task may climb, in order.

    Fixers mend lint and nothing else; `reviewer` reviews and proposes no edits; a big task skips the models below
    `deep`; a task that names its tier starts there, whatever its size. Raises `UsageError` when it names a tier that is
    not here.
    """
    reviewers = [tier for tier in tiers if tier.name == REVIEWER]
    if task.kind is Kind.REVIEW and reviewers and not task.tier:
        return tuple(reviewers)
    usable = [tier for tier in tiers if tier.name != REVIEWER]
    fixers = tuple(tier for tier in usable if tier.proposer == "fixers" and task.kind is Kind.FIX_LINT)
    models = tuple(tier for tier in usable if tier.proposer != "fixers")
    if task.tier:
        return _named(task.tier, fixers + models)
    return fixers + (_from(DEEP, models) if is_big(task, limits) else models)


def is_big(task: Task, limits: LimitSettings) -> bool:
    """Whether the task should start at `deep`."""
    return len(task.files) > limits.deep_files or len(task.text) > limits.deep_characters


def _named(name: str, ladder: tuple[Tier, ...]) -> tuple[Tier, ...]:
    names = [tier.name for tier in ladder]
    if name not in names:
        known = ", ".join(names) or "none"
        raise UsageError(f"the task asks for a tier that cannot take it: {name}", f"tiers for this task: {known}")
    return _from(name, ladder)


def _from(name: str, ladder: tuple[Tier, ...]) -> tuple[Tier, ...]:
    start = next((index for index, tier in enumerate(ladder) if tier.name == name), 0)
    return ladder[start:]


def _rung(tier: Tier, ladder: Sequence[Tier]) -> int:
    return next((index for index, other in enumerate(ladder) if other.name == tier.name), len(ladder))


def _first_reason(task: Task, tier: Tier, limits: LimitSettings) -> str:
    if task.tier:
        return f"the task asks for {tier.name}"
    if is_big(task, limits) and tier.name == DEEP:
        return "a big task starts at deep"
    return "first tier"


def _reason_to_escalate(last: Attempt, attempts: Sequence[Attempt]) -> str:
    here = [attempt for attempt in attempts if attempt.tier.name == last.tier.name]
    if all(isinstance(it.verdict, Refused) and it.verdict.reason in NO_PROGRESS for it in last_round(attempts)):
        return f"no progress: {last.verdict.reason}" if isinstance(last.verdict, Refused) else ""
    earlier = {attempt.fingerprint for attempt in here if attempt.round != last.round}
    if any(attempt.fingerprint and attempt.fingerprint in earlier for attempt in last_round(attempts)):
        return "the same failure again"
    rounds = len({attempt.round for attempt in here})
    return f"{rounds} failed at {last.tier.name}" if rounds >= last.tier.attempts else ""
