"""Candidates through the warm runner, the most likely first, until time or candidates run out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from gitbuddy.core.repair import Candidate, Source
from gitbuddy.mutate.screen import Answer, Screen
from gitbuddy.mutate.spectrum import PAUSE, Spectrum, Traced

AHEAD = 8
"""Requests that wait inside, so that no worker ever does."""
MORE_SHARE, MORE_LEAST = 0.5, 3.0
"""After the first survivor the search for others goes on for this share of the time it took, and this many seconds."""
ENOUGH = 12
"""Survivors after which no more are sought."""
MOST_TESTS = 40
"""Tests of one candidate: all that fail, then the quickest that run the place. The gate runs them all."""
LEAST_SECONDS, MOST_SECONDS, PATIENCE = 0.5, 30.0, 4.0
"""Time of one candidate: `PATIENCE` times what its tests took while traced, within these bounds."""
MOST_RESTARTS = 3
TELL_EACH = 1.0
"""Seconds between two words about the progress."""

Start = Callable[[], AbstractContextManager[Screen]]
"""Starts a warm runner."""


@dataclass(frozen=True, slots=True)
class Survivor:
    """A candidate that the tests let pass; `rank` counts the candidates that were tried before it."""

    candidate: Candidate
    rank: int

    @property
    def path(self) -> str:
        return self.candidate.place.path

    @property
    def name(self) -> str:
        return str(self.rank)


@dataclass
class Hunt:
    """What a search found so far. `tried` counts candidates by template; `ended` says why it stopped."""

    survivors: list[Survivor] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    ended: str = ""
    interrupted: bool = False


@dataclass
class Search:
    """One search. `until` (monotonic seconds) and `most` candidates bound it; `tell` hears of the progress.

    `start` is for a runner that takes the place of one that has ended.
    """

    start: Start
    sources: Mapping[str, Source]
    spectrum: Spectrum
    until: float
    most: int
    tell: Callable[[Hunt], None]
    hunt: Hunt = field(default_factory=Hunt)
    _flying: dict[int, Candidate] = field(default_factory=dict)
    _told: float = 0.0

    def run(self, screen: Screen, offers: Iterator[Candidate]) -> Hunt:
        """Try what is offered. Ctrl-C ends the search where something was found, and is passed on else."""
        began, restarts = time.monotonic(), 0
        try:
            over = self._drain(screen, offers, began)
            while not over and restarts < MOST_RESTARTS:
                restarts += 1
                with self.start() as another:
                    over = self._drain(another, offers, began)
            if not over:
                self.hunt.ended = "the test runner ended again and again"
        except KeyboardInterrupt:
            if not self.hunt.survivors:
                raise
            self.hunt.ended, self.hunt.interrupted = "interrupted", True
        self.hunt.seconds = time.monotonic() - began
        return self.hunt

    def _drain(self, screen: Screen, offers: Iterator[Candidate], began: float) -> bool:
        """Whether the search is over; else the runner has ended."""
        exhausted = False
        while True:
            has_ended = screen.done is not None  # asked before the last answers are read
            for answer in screen.answers():
                self._take(answer, began)
            if why := self._over():
                self.hunt.ended = why
                return True
            if has_ended:
                # What ran when the runner died may have killed it; it is given no second chance.
                self.hunt.endings["lost"] += len(self._flying)
                self._flying.clear()
                return False
            while not exhausted and len(self._flying) < AHEAD:
                exhausted = not self._offer(screen, offers)
            if exhausted and not self._flying:
                self.hunt.ended = "all candidates were tried"
                return True
            self._say()
            time.sleep(PAUSE)

    def _offer(self, screen: Screen, offers: Iterator[Candidate]) -> bool:
        candidate = next(offers, None)
        if candidate is None or self.hunt.tried.total() >= self.most:
            return False
        self.hunt.tried[candidate.template] += 1
        number = self.hunt.tried.total()
        self._flying[number] = candidate
        tests = tests_for(candidate, self.spectrum)
        edits = {candidate.place.path: as_lists(candidate)}
        screen.ask(number, edits=edits, tests=[test.name for test in tests], seconds=self._seconds(tests))
        return True

    def _seconds(self, tests: Sequence[Traced]) -> float:
        took = self.spectrum.seconds + sum(test.seconds for test in tests if test.ended != "timeout")
        return min(MOST_SECONDS, max(LEAST_SECONDS, PATIENCE * took))

    def _take(self, answer: Answer, began: float) -> None:
        candidate = self._flying.pop(answer.number, None)
        self.hunt.endings[answer.ended] += 1
        if candidate is None or answer.ended != "passed":
            return
        self.hunt.survivors.append(Survivor(candidate, answer.number))
        self.tell(self.hunt)
        if len(self.hunt.survivors) == 1:
            now = time.monotonic()
            self.until = min(self.until, now + max(MORE_LEAST, MORE_SHARE * (now - began)))

    def _over(self) -> str:
        if len(self.hunt.survivors) >= ENOUGH:
            return "enough was found"
        if time.monotonic() >= self.until:
            return "no other was found in time" if self.hunt.survivors else "its time was over"
        return ""

    def _say(self) -> None:
        if time.monotonic() >= self._told + TELL_EACH:
            self._told = time.monotonic()
            self.tell(self.hunt)


def as_lists(candidate: Candidate) -> list[list[int | str]]:
    """The edits as the modules inside take them."""
    return [[edit.start, edit.end, edit.text] for edit in candidate.edits]


def tests_for(candidate: Candidate, spectrum: Spectrum) -> tuple[Traced, ...]:
    """The tests that judge a candidate: the failing ones first, the one that comes out nearest to the place leading."""
    statement = candidate.place.statement
    lines = {(candidate.place.path, line) for line in range(statement.lineno, (statement.end_lineno or 0) + 1)}
    failing = sorted(spectrum.failing, key=lambda test: (not lines & test.lines, test.seconds))
    passing = sorted((test for test in spectrum.passing if lines & test.lines), key=lambda test: test.seconds)
    return (*failing, *passing)[:MOST_TESTS] if len(failing) < MOST_TESTS else tuple(failing)
