"""The search for a small repair as a proposer: the first tier of `fix`, and all there is of it without a model."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from gitbuddy.checks.folders import run_folders
from gitbuddy.config import GuardSettings
from gitbuddy.core.repair import PRIORS, Place, Source, Unreadable, by_line, candidates, places
from gitbuddy.core.rules.protected import is_test_path
from gitbuddy.core.rules.scope import may_change
from gitbuddy.errors import Rejected
from gitbuddy.mutate import choice, report
from gitbuddy.mutate.inside import Inside
from gitbuddy.mutate.screen import Screen, screening, workers
from gitbuddy.mutate.search import Hunt, Search
from gitbuddy.mutate.spectrum import Spectrum, Traced, traced
from gitbuddy.mutate.target import Target, nothing, target_of
from gitbuddy.protocols import Sandbox
from gitbuddy.values import (
    Brief,
    Emit,
    Event,
    Limits,
    Proposal,
    Refused,
    Suspect,
    Task,
    Tier,
    Usage,
    WriteFile,
)
from gitbuddy.values import Search as Learned

MOST_FILES = 20
"""Files that are searched, the most suspicious first."""
LARGEST = 1 << 20
"""Bytes of a file that is still read as a tree."""
MOST_PLACES = 200
TRACING = 0.3
"""Share of the time that the traced run may take."""
LONGEST = 2.0
"""Times the seconds of a search after which the sandbox ends its runner, whatever that says."""
MOST_SUSPECTS = 50
"""Suspicious lines that are kept on record."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to: the survivors in the order in which they are proposed, what was learned, why it ended."""

    offers: tuple[choice.Offer, ...]
    learned: Learned
    report: str
    ended: str


@dataclass
class Mutate:
    """Searches in the sandbox, in the brief's worktree. Asked again, it goes on with the next survivor.

    `read` gives files of the base, `guard` says which may be changed. `seconds` and `most` candidates bound the search,
    `limits` each of its processes. `runs` is where folders of single runs are made, `priors` tells how likely each
    template is.
    """

    sandbox: Sandbox
    read: Callable[[str], bytes | None]
    guard: GuardSettings
    limits: Limits
    seconds: float
    most: int
    runs: Path
    priors: Callable[[], Mapping[str, float]] = lambda: PRIORS
    _found: Found | None = None
    _proposed: int = 0

    @property
    def uses_worktree(self) -> bool:
        return True

    def tokens(self, text: str, tier: Tier) -> int:
        """It reads trees, and counts no tokens."""
        return 0

    def propose(self, brief: Brief, emit: Emit) -> Proposal:
        """The likeliest survivor; the one after it when asked again. Raises `Rejected` where there is none."""
        started = time.monotonic()
        if self._found is None:
            self._found = self._search(brief, emit)
        found, number = self._found, self._proposed
        self._proposed += 1
        usage = Usage(seconds=time.monotonic() - started)
        if number >= len(found.offers):
            words = report.none_left(found.learned) if number else report.none_found(found.learned, found.ended)
            raise Rejected(Refused("reply", "no-repair", words), found.report, usage, found.learned)
        offer = found.offers[number]
        learned = replace(found.learned, template=offer.template, doubts=offer.doubts)
        return Proposal(found.report, (WriteFile(offer.path, offer.data),), usage, learned)

    def _search(self, brief: Brief, emit: Emit) -> Found:
        until = time.monotonic() + self.seconds
        target = target_of(brief.task, brief.results)
        with run_folders(self.runs) as folders:
            inside = Inside(self.sandbox, target.check, brief.mounts, self.limits, folders)
            start = partial(screening, inside, workers(), LONGEST * self.seconds)
            with start() as screen:
                spectrum = self._traced(screen, target)
                suspects = spectrum.suspects()
                sources = self._sources(brief.task, suspects, spectrum.failing)
                where = _places(sources, suspects)
                emit(Event("search_start", brief.task.id, {"files": list(sources), "lines": len(suspects)}))
                search = Search(start, sources, spectrum, until, self.most, partial(_tell, emit, brief.task))
                hunt = search.run(screen, candidates(sources, where, self.priors()))
            emit(Event("search_complete", brief.task.id, _facts(hunt) | {"reason": hunt.ended}))
            offers = choice.offers(hunt, sources, inside, spectrum)
        learned = Learned(suspects[:MOST_SUSPECTS], dict(hunt.tried))
        return Found(offers, learned, report.report(hunt, suspects, sources, offers), hunt.ended)

    def _traced(self, screen: Screen, target: Target) -> Spectrum:
        seconds = max(2.0, self.seconds * TRACING)
        spectrum = traced(screen, target, seconds)
        if not spectrum.tests:
            said = screen.done.output.decode("utf-8", "replace").strip()[-200:] if screen.done else ""
            raise nothing(f"the tests could not be traced within {seconds:.0f} s: {said or 'nothing was said'}")
        if not spectrum.failing:
            raise nothing("the tests that failed on the base pass when they run by themselves")
        return spectrum

    def _sources(self, task: Task, suspects: Sequence[Suspect], failing: Sequence[Traced]) -> Mapping[str, Source]:
        """The files that may be mended, the most suspicious first. Raises `Rejected` where there is none.

        A fix leaves tests alone, whoever names them.
        """
        why: list[str] = []
        found: dict[str, Source] = {}
        for path in dict.fromkeys(suspect.path for suspect in suspects):
            if len(found) == MOST_FILES or is_test_path(path) or not may_change(path, task, self.guard):
                continue
            data = self.read(path)
            if data is None or len(data) > LARGEST:
                why += [f"{path} is larger than {LARGEST >> 20} MiB"] if data else []
                continue
            try:
                found[path] = Source(path, data)
            except Unreadable as error:
                why.append(str(error))
        if not found:
            raise nothing("; ".join(why) or report.nowhere(failing))
        return found


def _places(sources: Mapping[str, Source], suspects: Sequence[Suspect]) -> Sequence[Place]:
    found = [place for path in sources for place in places(sources[path], by_line(suspects, path), MOST_PLACES)]
    return sorted(found, key=lambda place: -place.suspicion)[:MOST_PLACES]


def _tell(emit: Emit, task: Task, hunt: Hunt) -> None:
    emit(Event("search_progress", task.id, _facts(hunt)))


def _facts(hunt: Hunt) -> dict[str, int]:
    return {"tried": hunt.tried.total(), "survivors": len(hunt.survivors)}
