"""The index policy: the move with the best prospect of a change for its seconds, learned from what records tell.

Each tier is a box that costs c seconds to open and holds an accepted change with the chance p; the user's patience is
the prize. What is not known yet is drawn from what is possible, so that every tier gets its trial (Thompson sampling);
the draws come from the task's id, so a decision can be repeated and explained.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gitbuddy.config import LimitSettings
from gitbuddy.core.cascade.chances import chances
from gitbuddy.core.cascade.experience import Experience
from gitbuddy.core.cascade.outlook import Option, Outlook, Standing, outlook
from gitbuddy.core.cascade.rounds import Round, rounds_of
from gitbuddy.core.cascade.rungs import ladder_of
from gitbuddy.values import Attempt, Move, Task, Tier


def by_index(
    task: Task,
    tiers: Sequence[Tier],
    attempts: Sequence[Attempt],
    limits: LimitSettings,
    *,
    experience: Experience,
    patience: float,
) -> Move | None:
    """The next attempts to make, or None when the job is over: accepted, out of attempts, or not worth another.

    `patience` are the seconds that a landed change is worth. Raises `UsageError` as `ladder_of` does.
    """
    rounds = rounds_of(attempts)
    if rounds and rounds[-1].over:
        return None
    view = view_of(task, tiers, limits, experience, patience)
    best = view.best(standing_of(view, rounds, limits.attempts))
    return Move(best.tier, reason(best), best.action, best.samples) if best else None


def foreseen(
    task: Task, tiers: Sequence[Tier], limits: LimitSettings, experience: Experience, patience: float
) -> tuple[Option, ...]:
    """The moves that would be made if each of them failed with a lesson, up to the last."""
    view = view_of(task, tiers, limits, experience, patience)
    standing = view.start(limits.attempts)
    made: list[Option] = []
    while best := view.best(standing):
        made.append(best)
        standing = view.after(standing, best.tier, best.action, best.samples)
    return tuple(made)


def options(
    task: Task, tiers: Sequence[Tier], limits: LimitSettings, experience: Experience, patience: float
) -> tuple[Option, ...]:
    """All first moves at a task, in the order of the ladder."""
    view = view_of(task, tiers, limits, experience, patience)
    return view.options(view.start(limits.attempts))


def reason(option: Option) -> str:
    """Why this move is made, in figures."""
    return f"{100 * option.chance:.0f} % for {option.seconds:.0f} s, {option.index:.0f} s per change"


def view_of(
    task: Task, tiers: Sequence[Tier], limits: LimitSettings, experience: Experience, patience: float
) -> Outlook:
    """What is believed of the tiers that may take this task."""
    ladder = ladder_of(task, tiers, limits)
    return outlook(ladder, chances(experience, task, ladder), patience)


def standing_of(view: Outlook, rounds: Sequence[Round], attempts: int) -> Standing:
    """Where a job stands after these rounds; `attempts` is the limit of all."""
    standing = view.start(attempts)
    for made in rounds:
        standing = _after(view, standing, made)
    return standing


def _after(view: Outlook, standing: Standing, made: Round) -> Standing:
    names = [tier.name for tier in view.ladder]
    if made.tier.name not in names:  # it is not on this machine any more
        return replace(standing, left=standing.left - made.size, last=len(names))
    rung = names.index(made.tier.name)
    failed = view.after(standing, made.tier, made.action, made.size)
    here = replace(failed.spent[rung], futile=failed.spent[rung].futile or made.futile)
    spent = (*failed.spent[:rung], here, *failed.spent[rung + 1 :])
    return replace(failed, spent=spent, teaches=made.teaches)
