"""How likely each template is to be the one that mends a fault.

The numbers are judgement, checked on half of one benchmark, until there are records to learn from; only their ratios
count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from gitbuddy.values import Run

PRIORS: Mapping[str, float] = {
    "comparison": 1.0,
    "boolean": 1.0,
    "arithmetic": 0.9,
    "constants": 0.9,
    "names": 0.8,
    "offsets": 0.8,
    "siblings": 0.9,
    "dropped": 0.9,
    "arguments": 0.7,
    "conditions": 0.6,
    "strings": 0.6,
    "moved": 0.6,
    "inserted": 0.6,
    "statements": 0.4,
    "guards": 0.4,
    "borrowed": 0.3,
}
STRENGTH = 3.0
"""Repairs that landed which a prior weighs as much as."""

Tally = tuple[str, int, int]
"""A template, how many of its candidates were tried, how many of them landed."""


def tallies(runs: Iterable[Run]) -> Iterator[Tally]:
    """What the searches of these jobs tried, and what of it landed."""
    for run in runs:
        for attempt in run.tries:
            for name, tries in attempt.tried.items():
                landed = attempt.accepted and run.state == "landed" and attempt.template == name and tries > 0
                yield name, tries, int(landed)


def learned(tallies: Iterable[Tally], priors: Mapping[str, float] = PRIORS) -> Mapping[str, float]:
    """Priors after what was tried and what landed.

    A Gamma prior for each template's rate, with the mean that its prior says and the weight of `STRENGTH` repairs; the
    result is the mean after the tallies, in the old unit. A template that was never tried keeps its prior, one that is
    not known is left out. Raises `ValueError` for a tally that cannot be.
    """
    tried, landed = dict.fromkeys(priors, 0), dict.fromkeys(priors, 0)
    for name, tries, hits in tallies:
        if not 0 <= hits <= tries:
            raise ValueError(f"more landed than were tried, or less than none: {name}, {hits} of {tries}")
        if name in priors:
            tried[name] += tries
            landed[name] += hits
    expected = sum(priors[name] * tried[name] for name in priors)
    unit = sum(landed.values()) / expected if expected else 0.0
    if not unit:
        return dict(priors)
    return {
        name: (landed[name] + STRENGTH) / (tried[name] + STRENGTH / (prior * unit)) / unit
        for name, prior in priors.items()
    }
