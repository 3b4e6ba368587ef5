"""How often the first attempt of each tier is accepted, and what a failure says of the other tiers.

Hardness is shared between models: of what the weaker of two solves, the stronger solves most. So a failure lowers the
chance of all, by Bayes' rule; first attempts are counted apart by what had failed before; and a bucket that is hard
for one tier is believed to be hard for the others until they have shown something else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from gitbuddy.core.cascade import priors
from gitbuddy.core.cascade.experience import Before, Bucket, Seen
from gitbuddy.core.cascade.priors import LARGEST, LEAST, WEIGHT

Levels = tuple[float, ...]
"""For each rung of a ladder, the chance that its next fresh answer is accepted."""


@dataclass(frozen=True, slots=True)
class Tiers:
    """What was seen of the tiers of a ladder, rung by rung; `spreads` are their a + b."""

    names: tuple[str, ...]
    seen: tuple[Seen, ...]
    spreads: tuple[float, ...]


def spread(fresh: float, *, after: bool) -> float:
    """a + b of a tier, where other tiers have failed before it or not."""
    return fresh * priors.SPREAD_AFTER / priors.SPREAD if after else fresh


def failed(levels: Levels, rung: int, failures: int, spread: float) -> Levels:
    """The chances when the tier of this rung has failed once more, after so many failures."""
    missed = levels[rung]
    others = (min(LARGEST, (chance - priors.SHARED * min(chance, missed)) / (1 - missed)) for chance in levels)
    own = missed * (spread + failures) / (spread + failures + 1)
    return tuple(own if other == rung else chance for other, chance in enumerate(others))


def levels(tiers: Tiers, bucket: Bucket, parents: Levels) -> Levels:
    """The chances of first attempts in this bucket where nothing has failed; `parents` is what was believed before."""
    found = parents
    for _ in range(2):  # how much an attempt shows after failures of others depends on their chances, and on its own
        for rung, parent in enumerate(parents):
            found = _level(tiers, bucket, found, rung, parent)
    return found


def weights(tiers: Tiers, bucket: Bucket, found: Levels) -> tuple[float, ...]:
    """What each of these chances is worth in attempts."""
    return tuple(WEIGHT + _expected(tiers, bucket, found, rung) / found[rung] for rung in range(len(found)))


def eased(tiers: Tiers, bucket: Bucket, parents: Levels) -> Levels:
    """What is believed of a bucket from how all tiers fared in it against the bucket around it."""
    expected = sum(_expected(tiers, bucket, parents, rung) for rung in range(len(parents)))
    ease = (sum(_accepted(seen, bucket) for seen in tiers.seen) + 1) / (expected + 1)
    return tuple(min(LARGEST, parent * ease) for parent in parents)


def corrections(tiers: Tiers, found: Levels, rung: int) -> Mapping[frozenset[str], float]:
    """By what had failed: what first attempts of a tier have reached then, against what was to be expected of them."""
    reached: dict[frozenset[str], float] = defaultdict(lambda: 1.0)
    expected: dict[frozenset[str], float] = defaultdict(lambda: 1.0)
    for before, tally in tiers.seen[rung].first.get((), {}).items():
        others = frozenset(name for name, _ in before)
        reached[others] += tally.accepted
        expected[others] += tally.tries * _after(tiers, found, rung, before)
    return {others: reached[others] / expected[others] for others in reached if others}


def _level(tiers: Tiers, bucket: Bucket, found: Levels, rung: int, parent: float) -> Levels:
    """The same with the chance of this rung that lets expect what was seen; found by halving, for more expects more."""
    wanted = _accepted(tiers.seen[rung], bucket) + WEIGHT * parent
    low, high = LEAST, LARGEST
    for _ in range(20):
        middle = (low + high) / 2
        tried = (*found[:rung], middle, *found[rung + 1 :])
        expected = _expected(tiers, bucket, tried, rung) + WEIGHT * middle
        low, high = (middle, high) if expected < wanted else (low, middle)
    return (*found[:rung], high, *found[rung + 1 :])


def _expected(tiers: Tiers, bucket: Bucket, found: Levels, rung: int) -> float:
    """How many first attempts of a tier in this bucket should have been accepted."""
    tallies = tiers.seen[rung].first.get(bucket, {})
    return sum(tally.tries * _after(tiers, found, rung, before) for before, tally in tallies.items())


def _after(tiers: Tiers, found: Levels, rung: int, before: Before) -> float:
    """The chance of a tier after these failures, lower rungs first."""
    now, times, others = found, dict(before), False
    for other, name in enumerate(tiers.names):
        for failures in range(times.get(name, 0)):
            now = failed(now, other, failures, spread(tiers.spreads[other], after=others))
        others = others or name in times
    return now[rung]


def _accepted(seen: Seen, bucket: Bucket) -> float:
    return sum(tally.accepted for tally in seen.first.get(bucket, {}).values())
