"""Which tiers may take a task, in order: the ladder that both policies move on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gitbuddy.config import LimitSettings
from gitbuddy.errors import UsageError
from gitbuddy.values import Kind, Task, Tier

DEEP = "deep"
REVIEWER = "reviewer"
_FOR: Mapping[str, Kind] = {"fixers": Kind.FIX_LINT, "mutate": Kind.FIX}
"""Proposer of a tool's tier -> the kind of task that it is for."""


def ladder_of(task: Task, tiers: Sequence[Tier], limits: LimitSettings) -> tuple[Tier, ...]:
    """The tiers this task may climb, in order.

    Tools come first, each for its own kind of task; `reviewer` reviews and proposes no edits; a big task skips the
    models below `deep`; a model on somebody else's computers comes last, and is never what a big task starts with while
    another is there; a task that names its tier starts there, whatever its size. Raises `UsageError` when it names a
    tier that is not here.
    """
    reviewers = [tier for tier in tiers if tier.name == REVIEWER]
    if task.kind is Kind.REVIEW and reviewers and not task.tier:
        return tuple(reviewers)
    usable = [tier for tier in tiers if tier.name != REVIEWER]
    tools = tuple(tier for tier in usable if is_tool_for(tier, task.kind))
    models = tuple(sorted((tier for tier in usable if not tier.is_tool), key=lambda tier: tier.remote))
    if task.tier:
        return _named(task.tier, tools + models)
    return tools + (_from_deep(models) if is_big(task, limits) else models)


def is_tool_for(tier: Tier, kind: Kind) -> bool:
    """Whether the tier asks no model, and takes tasks of this kind."""
    return tier.is_tool and _FOR[tier.proposer] is kind


def is_big(task: Task, limits: LimitSettings) -> bool:
    """Whether the task should start at `deep`."""
    return len(task.files) > limits.deep_files or len(task.text) > limits.deep_characters


def _named(name: str, ladder: tuple[Tier, ...]) -> tuple[Tier, ...]:
    names = [tier.name for tier in ladder]
    if name not in names:
        known = ", ".join(names) or "none"
        raise UsageError(f"the task asks for a tier that cannot take it: {name}", f"tiers for this task: {known}")
    return ladder[names.index(name) :]


def _from_deep(models: tuple[Tier, ...]) -> tuple[Tier, ...]:
    start = next((index for index, tier in enumerate(models) if tier.name == DEEP and not tier.remote), 0)
    return models[start:]
