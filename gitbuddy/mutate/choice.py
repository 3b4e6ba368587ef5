"""Which survivor is proposed first, and what a person should know of the others.

Several that pass the same tests are tried on more inputs: those of the tests, and others nearby. What does as the
base does on the inputs of passing tests goes before what does not, the smaller before the larger, the likelier before
the less likely.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gitbuddy.checks.reports import Unreadable
from gitbuddy.checks.reports.files import read_file
from gitbuddy.core.repair import Source
from gitbuddy.core.repair.apart import Behaviour, read, sentence
from gitbuddy.mutate.inside import Inside
from gitbuddy.mutate.search import Hunt, Survivor, as_lists, tests_for
from gitbuddy.mutate.spectrum import Spectrum

MODULE, VARIABLE = "gitbuddy_probe", "GITBUDDY_PROBE"
SECONDS, EACH, MOST = 10.0, 0.5, 300
"""Seconds of trying survivors on inputs, of one call; inputs."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A survivor as it is proposed: the new bytes of its file, what made it, and what a reviewer should know."""

    path: str
    line: int
    template: str
    data: bytes
    doubts: tuple[str, ...] = ()


def offers(hunt: Hunt, sources: Mapping[str, Source], inside: Inside, spectrum: Spectrum) -> tuple[Offer, ...]:
    """The survivors in the order in which they are proposed. Who interrupted the search waits for no comparison."""
    survivors = hunt.survivors
    if len(survivors) < 2:
        return tuple(_offer(one, sources, ()) for one in survivors)
    path = _file(survivors)
    compared = [] if hunt.interrupted else [one for one in survivors if one.path == path]
    behaviour = _tried(compared, sources, inside, spectrum) if compared else None

    def rank(survivor: Survivor) -> tuple[int, int, int]:
        kept = behaviour.kept(survivor.name) if behaviour and survivor.name in behaviour.outcomes else 0
        return -kept, len(survivor.candidate.edits), survivor.rank

    return tuple(_offer(one, sources, _doubts(behaviour, one)) for one in sorted(survivors, key=rank))


def _file(survivors: Sequence[Survivor]) -> str:
    """The file of most survivors; only those of one file are tried beside each other."""
    paths = [one.path for one in survivors]
    return max(paths, key=paths.count, default="")


def _doubts(behaviour: Behaviour | None, survivor: Survivor) -> tuple[str, ...]:
    if behaviour is None or survivor.name not in behaviour.outcomes or not behaviour.inputs:
        return ("other small edits pass your tests too, and could not be compared with this one; the record has them",)
    words = sentence(behaviour, survivor.name)
    return (words,) if words else ()


def _tried(
    survivors: Sequence[Survivor], sources: Mapping[str, Source], inside: Inside, spectrum: Spectrum
) -> Behaviour | None:
    """What the survivors do; None where it could not be seen."""
    order, answer = inside.folders.tools / "order.json", inside.folders.reports / "behaviour.json"
    order.write_text(json.dumps(_order(survivors, sources[survivors[0].path], spectrum)))
    facts = {"order": str(order), "answer": str(answer)}
    inside.run(MODULE, VARIABLE, facts, 2 * SECONDS + inside.check.timeout)
    try:
        return read(read_file(answer).decode("utf-8", "replace"))
    except (Unreadable, ValueError):
        return None


def _order(survivors: Sequence[Survivor], source: Source, spectrum: Spectrum) -> Mapping[str, Any]:
    tests = dict.fromkeys(test for one in survivors for test in tests_for(one.candidate, spectrum))
    functions = [one.candidate.place.function for one in survivors]
    return {
        "path": source.path,
        "functions": list(dict.fromkeys(source.qualified(function) for function in functions if function)),
        "tests": [test.name for test in tests],
        "failing": [test.name for test in spectrum.failing],
        "variants": [{"id": one.name, "edits": as_lists(one.candidate)} for one in survivors],
        "seconds": SECONDS,
        "each": EACH,
        "most": MOST,
    }


def _offer(survivor: Survivor, sources: Mapping[str, Source], doubts: tuple[str, ...]) -> Offer:
    candidate, source = survivor.candidate, sources[survivor.path]
    data = source.encoded(candidate.applied(source.text))
    return Offer(source.path, candidate.place.line, candidate.template, data, doubts)
