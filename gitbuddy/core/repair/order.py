"""What is tried first: the most suspicious place times the most likely template, and no template starves another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from itertools import combinations, islice

from gitbuddy.core.repair.candidate import Candidate, Replacement
from gitbuddy.core.repair.place import Place
from gitbuddy.core.repair.priors import PRIORS
from gitbuddy.core.repair.seen import Seen
from gitbuddy.core.repair.source import Source
from gitbuddy.core.repair.templates import TEMPLATES

MOST_EACH = 400
"""Edits of one template at one place."""
MOST_EDITS = 40_000
"""Edits of all templates at all places, which are made before the first is tried."""
MOST_PAIRED = 100
"""The best so many edits are tried two at a time."""
MOST_ALIKE = 20
"""Places of one function in which the same is changed at once."""
SHARE = 40.0
"""After so many edits of a template its next one counts half, so that a template of many starves no other."""
PAIRED = 0.15
"""What an edit at two places counts, beside the product of its parts. Judgement, as `ALIKE` is."""
ALIKE = 0.4
"""What the same edit wherever it can be made counts, beside the edit at one place."""


def candidates(
    sources: Mapping[str, Source],
    places: Sequence[Place],
    priors: Mapping[str, float] = PRIORS,
    most: int = MOST_EDITS,
) -> Iterator[Candidate]:
    """Repairs of one file each, the most likely first; all parse, all differ from the file and from each other.

    `places` are in falling order of suspicion; their paths are keys of `sources`. Templates without a prior are not
    used. At most `most` edits are made, of which some come two at a time or everywhere too. The same arguments give the
    same candidates in the same order.
    """
    singles = _singles(sources, places, priors, most)
    several = sorted([*_pairs(singles), *_alike(sources, singles)], key=_rank)
    seen = {path: Seen(source) for path, source in sources.items()}
    for candidate in merge(singles, several, key=_rank):
        if seen[candidate.place.path].is_new(candidate.edits):
            yield candidate


def _singles(
    sources: Mapping[str, Source], places: Sequence[Place], priors: Mapping[str, float], left: int
) -> Sequence[Candidate]:
    """All edits at one place, in order; places are exhausted in the order of their suspicion."""
    found: dict[str, list[Candidate]] = defaultdict(list)
    for place in places:
        for name in priors:
            edits = islice(TEMPLATES[name](sources[place.path], place), min(MOST_EACH, left))
            made = [Candidate((edit,), name, place, place.suspicion * edit.weight) for edit in edits]
            found[name] += made
            left -= len(made)
    ordered = [_discounted(sorted(made, key=_rank), priors[name]) for name, made in found.items()]
    return sorted((candidate for made in ordered for candidate in made), key=_rank)


def _discounted(ordered: Sequence[Candidate], prior: float) -> Iterator[Candidate]:
    for index, one in enumerate(ordered):
        yield Candidate(one.edits, one.template, one.place, prior * one.score / (1 + index / SHARE))


def _pairs(singles: Sequence[Candidate]) -> Iterator[Candidate]:
    """Two of the best edits at once, where they do not touch."""
    for one, other in combinations(singles[:MOST_PAIRED], 2):
        if one.place.path == other.place.path:
            first, second = sorted((one, other), key=_start)
            if first.edits[0].end < second.edits[0].start:
                score = PAIRED * one.score * other.score / singles[0].score
                yield Candidate(first.edits + second.edits, f"{first.template}+{second.template}", first.place, score)


def _alike(sources: Mapping[str, Source], singles: Sequence[Candidate]) -> Iterator[Candidate]:
    """The same edit wherever its template makes it in a function, such as one name for another."""
    groups: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for one in singles:
        edit = one.edits[0]
        if edit.end > edit.start:
            old = sources[one.place.path].text[edit.start : edit.end]
            groups[one.template, one.place.path, one.place.function, old, edit.text].append(one)
    for group in groups.values():
        ordered = sorted(group[:MOST_ALIKE], key=_start)
        apart = [one for before, one in zip([None, *ordered], ordered, strict=False) if _is_after(before, one)]
        if len(apart) > 1:
            edits = tuple(one.edits[0] for one in apart)
            yield Candidate(edits, f"{apart[0].template} everywhere", apart[0].place, ALIKE * group[0].score)


def _is_after(before: Candidate | None, one: Candidate) -> bool:
    return before is None or before.edits[0].end < one.edits[0].start


def _start(candidate: Candidate) -> Replacement:
    return candidate.edits[0]


def _rank(candidate: Candidate) -> tuple[float, str, tuple[Replacement, ...]]:
    return -candidate.score, candidate.place.path, candidate.edits
