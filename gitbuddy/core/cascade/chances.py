"""What is believed of the tiers of a ladder at one task: chances, costs, and what another answer may still reach.

The chances of single tasks at one tier follow a Beta(a, b) with mean m and a + b = s, fitted by moments: m from first
attempts, s from what further ones still reached. After k failures on this task the chance is a / (a + b + k), which is
m s / (s + k).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from gitbuddy.core.cascade import priors
from gitbuddy.core.cascade.beliefs import Levels, Tiers, corrections, eased, levels, weights
from gitbuddy.core.cascade.draws import beta, gamma, uniforms
from gitbuddy.core.cascade.experience import Bucket, Experience, Seen, Tally, prefixes
from gitbuddy.core.cascade.priors import WEIGHT
from gitbuddy.values import Task, Tier

EXPLORED = 20
"""Jobs in a bucket after which means take the place of draws."""


Corrections = tuple[tuple[frozenset[str], float], ...]
"""Tiers that have failed -> what a first attempt reaches after them, against what their failure alone lets expect."""


@dataclass(frozen=True, slots=True)
class Chances:
    """What is believed at one task, rung by rung.

    `first` are the chances where nothing has failed, `spreads` are a + b, `told` what telling a tier of its failure is
    worth against a fresh sample, `seconds` what an attempt takes.
    """

    names: tuple[str, ...]
    first: Levels
    spreads: tuple[float, ...]
    told: tuple[float, ...]
    corrections: tuple[Corrections, ...]
    seconds: tuple[float, ...]


def chances(experience: Experience, task: Task, ladder: tuple[Tier, ...]) -> Chances:
    """What is believed of the tiers of a ladder at this task: means, or draws while its bucket has seen few tasks."""
    bucket = experience.bucket(task)
    fitted = _fitted(experience, bucket, ladder)
    if experience.tasks.get(bucket, 0) >= EXPLORED:
        return fitted.means
    return replace(fitted.means, first=_levels_drawn(fitted, task.id), told=_told_drawn(fitted, task.id))


@dataclass(frozen=True, slots=True)
class _Fitted:
    """The means, and what they are worth: attempts for each chance, accepted attempts for what telling is worth."""

    means: Chances
    weights: tuple[float, ...]
    reached: tuple[float, ...]


@lru_cache(maxsize=64)
def _fitted(experience: Experience, bucket: Bucket, ladder: tuple[Tier, ...]) -> _Fitted:
    seen = tuple(experience.of(tier) for tier in ladder)
    guesses = [priors.guess(tier, rung) for rung, tier in enumerate(ladder)]
    means = [_mean(one, guess.chance) for one, guess in zip(seen, guesses, strict=True)]
    spreads = tuple(_spread(one, mean) for one, mean in zip(seen, means, strict=True))
    tiers = Tiers(tuple(tier.name for tier in ladder), seen, spreads)
    general = levels(tiers, (), tuple(guess.chance for guess in guesses))
    first = general
    for part in prefixes(bucket)[1:]:
        first = levels(tiers, part, eased(tiers, part, first))
    reached = tuple(_reached_by_telling(one) for one in seen)
    told = tuple(_told(*fit) for fit in zip(reached, seen, means, spreads, strict=True))
    corrected = tuple(tuple(corrections(tiers, general, rung).items()) for rung, _ in enumerate(ladder))
    seconds = tuple(_seconds(one, guess.seconds) for one, guess in zip(seen, guesses, strict=True))
    believed = Chances(tiers.names, first, spreads, told, corrected, seconds)
    return _Fitted(believed, weights(tiers, bucket, first), reached)


def _levels_drawn(fitted: _Fitted, seed: str) -> Levels:
    means = fitted.means
    return tuple(
        min(priors.LARGEST, beta(level * weight, (1 - level) * weight, uniforms(f"{seed} first {name}")))
        for name, level, weight in zip(means.names, means.first, fitted.weights, strict=True)
    )


def _told_drawn(fitted: _Fitted, seed: str) -> tuple[float, ...]:
    means = fitted.means
    return tuple(
        told * gamma(reached, uniforms(f"{seed} told {name}")) / reached
        for name, told, reached in zip(means.names, means.told, fitted.reached, strict=True)
    )


def _seconds(seen: Seen, before: float) -> float:
    """Seconds of an attempt; what was believed before is worth two of them."""
    return (seen.seconds + 2 * before) / (seen.tries + 2)


def _mean(seen: Seen, chance: float) -> float:
    """The share of first attempts that were accepted, as they came."""
    tallies = seen.first.get((), {}).values()
    tries, accepted = sum(tally.tries for tally in tallies), sum(tally.accepted for tally in tallies)
    return (accepted + WEIGHT * chance) / (tries + WEIGHT)


def _spread(seen: Seen, mean: float) -> float:
    """a + b with which further samples would have reached what they did; found by halving, for more reach more."""
    tallies = _further(seen, told=False)
    pseudo = 5 * WEIGHT
    reached = sum(tally.accepted for tally in tallies.values()) + pseudo * _kept(priors.SPREAD, 1) * mean
    low, high = 0.01, 100.0
    for _ in range(40):
        middle = (low * high) ** 0.5
        expected = pseudo * _kept(middle, 1) * mean + _reachable(tallies, middle, mean)
        low, high = (middle, high) if expected < reached else (low, middle)
    return low


def _reached_by_telling(seen: Seen) -> float:
    return sum(tally.accepted for tally in _further(seen, told=True).values()) + 2 * priors.TOLD


def _told(reached: float, seen: Seen, mean: float, spread: float) -> float:
    """What attempts that were told of a failure have reached, against as many fresh samples."""
    return reached / (_reachable(_further(seen, told=True), spread, mean) + 2)


def _further(seen: Seen, *, told: bool) -> Mapping[int, Tally]:
    return {failures: tally for (was_told, failures), tally in seen.again.items() if was_told is told}


def _reachable(tallies: Mapping[int, Tally], spread: float, mean: float) -> float:
    return sum(tally.tries * _kept(spread, failures) * mean for failures, tally in tallies.items())


def _kept(spread: float, failures: int) -> float:
    """How much of its first chance is left after so many failures."""
    return spread / (spread + failures)
