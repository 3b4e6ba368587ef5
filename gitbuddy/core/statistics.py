"""What finished jobs add up to, per kind and tier. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from gitbuddy.values import Run, Try


@dataclass(frozen=True, slots=True)
class Row:
    """One tier at tasks of one kind; `tier` is "" for all tiers together.

    `jobs` are those in which it was asked, `solved` those that ended with its answer. `seconds` and `tokens` are sums
    over all its `attempts`, also of those that came to nothing.
    """

    kind: str
    tier: str
    jobs: int = 0
    solved: int = 0
    attempts: int = 0
    seconds: float = 0.0
    tokens: int = 0

    @property
    def rate(self) -> float:
        """The part of the jobs that were solved, from 0 to 1."""
        return self.solved / self.jobs if self.jobs else 0.0

    @property
    def seconds_each(self) -> float | None:
        """Seconds per solved job; None when there is none."""
        return self.seconds / self.solved if self.solved else None

    @property
    def tokens_each(self) -> float | None:
        """Tokens per solved job; None when there is none."""
        return self.tokens / self.solved if self.solved else None


def rows(runs: Iterable[Run]) -> tuple[Row, ...]:
    """For each kind, in the order of names, the row of all tiers and then one for each in the order of first use."""
    kinds: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        kinds[run.task.kind.value].append(run)
    return tuple(row for kind in sorted(kinds) for row in _of_kind(kind, kinds[kind]))


def _of_kind(kind: str, runs: list[Run]) -> list[Row]:
    tiers = dict.fromkeys(tried.tier for run in runs for tried in run.tries)
    every = [tried for run in runs for tried in run.tries]
    whole = _row(kind, "", len(runs), sum(run.solved for run in runs), every)
    return [whole, *(_of_tier(kind, tier, runs) for tier in tiers)]


def _of_tier(kind: str, tier: str, runs: list[Run]) -> Row:
    asked = [run for run in runs if any(tried.tier == tier for tried in run.tries)]
    solved = sum(run.solved and run.tries[-1].tier == tier for run in asked)
    return _row(kind, tier, len(asked), solved, [tried for run in asked for tried in run.tries if tried.tier == tier])


def _row(kind: str, tier: str, jobs: int, solved: int, tries: list[Try]) -> Row:
    seconds, tokens = sum(tried.seconds for tried in tries), sum(tried.tokens for tried in tries)
    return Row(kind, tier, jobs, solved, len(tries), seconds, tokens)
