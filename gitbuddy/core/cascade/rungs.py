"""Which tiers may take a task, in order: the ladder that both policies move on."""

from __future__ import annotations

from collections.abc import Sequence

from gitbuddy.config import LimitSettings
from gitbuddy.errors import UsageError
from gitbuddy.values import Kind, Task, Tier

DEEP = "deep"
REVIEWER = "reviewer"
FIXERS = "fixers"


def ladder_of(task: Task, tiers: Sequence[Tier], limits: LimitSettings) -> tuple[Tier, ...]:
    """The tiers this task may climb, in order.

    Fixers mend lint and nothing else; `reviewer` reviews and proposes no edits; a big task skips the models below
    `deep`; a model on somebody else's computers comes last, and is never what a big task starts with while another is
    there; a task that names its tier starts there, whatever its size. Raises `UsageError` when it names a tier that is
    not here.
    """
    reviewers = [tier for tier in tiers if tier.name == REVIEWER]
    if task.kind is Kind.REVIEW and reviewers and not task.tier:
        return tuple(reviewers)
    usable = [tier for tier in tiers if tier.name != REVIEWER]
    fixers = tuple(tier for tier in usable if tier.proposer == FIXERS and task.kind is Kind.FIX_LINT)
    models = tuple(sorted((tier for tier in usable if tier.proposer != FIXERS), key=lambda tier: tier.remote))
    if task.tier:
        return _named(task.tier, fixers + models)
    return fixers + (_from_deep(models) if is_big(task, limits) else models)


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
