"""What a search says of itself: for the record, and for whoever is asked next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gitbuddy.core.diff import unified
from gitbuddy.core.repair import Source
from gitbuddy.mutate.choice import Offer
from gitbuddy.mutate.search import Hunt
from gitbuddy.mutate.spectrum import Traced
from gitbuddy.values import Change, Patch, Search, Suspect

SHOWN = 5
"""Suspicious lines that are named."""


def report(hunt: Hunt, suspects: Sequence[Suspect], sources: Mapping[str, Source], offers: Sequence[Offer]) -> str:
    """The record of a search: what was tried, where, and every survivor as a diff."""
    endings = ", ".join(f"{count} {name}" for name, count in hunt.endings.most_common())
    lines = [
        f"{hunt.tried.total()} candidates in {hunt.seconds:.1f} s ({endings or 'none'}); {hunt.ended}",
        "suspicious lines, the most suspicious first:",
        *(f"  {each.path}:{each.line} ({each.score:.2f})" for each in suspects[:SHOWN]),
    ]
    for number, offer in enumerate(offers, 1):
        lines.append(f"{number}. {offer.template} at {offer.path}:{offer.line}\n{_diff(offer, sources)}")
    return "\n".join(lines) + "\n"


def none_found(learned: Search, ended: str) -> str:
    """Why nothing is proposed; `ended` is why the search stopped."""
    tried = f"none of {sum(learned.tried.values())} small edits mends the tests ({ended})"
    return f"{tried}; the fault may be at {_where(learned)}"


def none_left(learned: Search) -> str:
    """Why nothing more is proposed."""
    return f"no other small edit was found that mends the tests; the fault may be at {_where(learned)}"


def nowhere(failing: Sequence[Traced]) -> str:
    """Why there is no line to search at."""
    errors = next((test.error for test in failing if test.error), "")
    why = f"; it fails with: {errors}" if errors else ""
    return f"the failing tests run no line of this project that may be changed{why}"


def _where(learned: Search) -> str:
    lines = [f"{each.path}:{each.line}" for each in learned.suspects[:SHOWN]]
    return ", ".join(lines) or "no line that is known"


def _diff(offer: Offer, sources: Mapping[str, Source]) -> str:
    return unified(Patch((Change(offer.path, sources[offer.path].data, offer.data, 0o100644),)))
