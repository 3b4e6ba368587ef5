"""What was tried, round by round: the samples that were asked for at once are one round.

A policy judges rounds and not attempts, so that three samples of a weak model are one failure and not three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gitbuddy.values import Action, Attempt, Refused, Tier, Unverified

NO_PROGRESS = frozenset({"no-change", "repeated", "no-fixer", "no-target", "no-repair", "overflow", "window-cut"})
"""Reason codes of attempts that asking the same tier again cannot improve."""
TEACHES_NOTHING = frozenset(
    {"cut-off", "stalled", "empty", "overflow", "window-cut", "garbled", "unreadable", "server-error"}
)
"""Reason codes that say something of the server or of chance, and nothing that a next answer could heed."""


@dataclass(frozen=True, slots=True)
class Round:
    """The attempts of one move, as a policy sees them.

    `futile` says why asking this tier again is pointless, `over` that the job has ended with this round.
    """

    tier: Tier
    action: Action = "sample"
    size: int = 1
    futile: str = ""
    teaches: bool = True
    over: bool = False


def rounds_of(attempts: Sequence[Attempt]) -> tuple[Round, ...]:
    """The rounds of these attempts; the last may be shorter than what was asked for."""
    made: list[Round] = []
    seen: set[tuple[str, str]] = set()
    for members in _grouped(attempts):
        prints = {(member.tier.name, member.fingerprint) for member in members if member.fingerprint}
        made.append(_round(members, repeats=bool(prints & seen)))
        seen |= prints
    return tuple(made)


def teaches(attempt: Attempt) -> bool:
    """Whether its refusal holds a lesson for the next attempt."""
    verdict = attempt.verdict
    return isinstance(verdict, Refused) and verdict.reason not in TEACHES_NOTHING


def _grouped(attempts: Sequence[Attempt]) -> list[list[Attempt]]:
    """The attempts of each round, in whatever order they came to an end; cancelled ones only leave gaps."""
    groups: list[list[Attempt]] = []
    for attempt in attempts:
        if groups and _together(groups[-1], attempt):
            groups[-1].append(attempt)
        else:
            groups.append([attempt])
    return groups


def _together(made: Sequence[Attempt], attempt: Attempt) -> bool:
    taken = {other.sample for other in made}
    same = (made[0].tier.name, made[0].round) == (attempt.tier.name, attempt.round)
    return same and attempt.sample not in taken


def _round(members: Sequence[Attempt], *, repeats: bool) -> Round:
    reasons = [member.verdict.reason if isinstance(member.verdict, Refused) else "" for member in members]
    stuck = f"no progress: {reasons[-1]}" if all(reason in NO_PROGRESS for reason in reasons) else ""
    return Round(
        tier=members[0].tier,
        action=members[0].action,
        size=len(members),
        futile=stuck or ("the same failure again" if repeats else ""),
        teaches=any(teaches(member) for member in members),
        # What cannot be checked here cannot be checked of another answer either.
        over=any(member.accepted or isinstance(member.verdict, Unverified) for member in members),
    )
