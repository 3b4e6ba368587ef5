"""The asking: one phase after the other, each as long as its share of the time lasts.

formats   every fixture in every format, until one can no longer win
thinking  the same fixtures in the best format, where the model can think, unless everything is solved already
window    a fact at three depths of a brief that fills the window; twice the window as long as that works
samples   livelier answers to what single answers failed at

What is known stands in `asked` at any moment, so an interruption loses nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from gitbuddy.calibration import choices
from gitbuddy.calibration.briefs import brief_of, needles
from gitbuddy.calibration.choices import Asked, Phase, Subject
from gitbuddy.calibration.fixtures import Fixture, fixtures
from gitbuddy.calibration.judge import complaint
from gitbuddy.errors import ModelUnavailable, Rejected
from gitbuddy.protocols import Proposer
from gitbuddy.values import Calibration, Event, Tally, Think, Tier, Usage

OUTPUT = 1024
"""Tokens of a reply to a fixture: the longest right one, in the longest format, takes less than half of it."""
THINKING = 2048
LEAST = 3
"""Fixtures before a format may be found to have lost."""
NEARLY = 0.75
"""A call that took so much of the time we gave it was ended by us: a proposer keeps some of it back for the answer, and
the first byte has to come before."""
FURTHER_SAMPLES = (1, 2)
SHARES = {"format": 0.45, "think": 0.6, "window": 0.85, "sample": 1.0}
"""The part of the time after which a phase ends; what one leaves, the next may use."""

Tell = Callable[[str], None]
"""Shows a person where we are, in a few words."""
OTHER: dict[Think, Think] = {"off": "on", "on": "off", "low": "medium", "medium": "low", "high": "low"}
"""What else is tried: a model that cannot stop thinking is asked at a level from the first."""


class NoTime(Exception):
    """The share of a phase is used up."""


@dataclass(slots=True)
class Sitting:
    """Measures one model. `windows` are those that may be tried, ascending; the second serves for everything else.

    `thinks` says that the model can think. `seconds` bound all of it.
    """

    subject: Subject
    proposer: Proposer
    windows: tuple[int, ...]
    thinks: bool
    seconds: float
    tell: Tell
    clock: Callable[[], float] = time.monotonic
    asked: list[Asked] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    started: float = 0.0

    def measure(self) -> None:
        """All phases. Raises `ModelUnavailable` when the server cannot be asked at all; later it is a note."""
        self.started = self.clock()
        phases: tuple[tuple[Phase, Callable[[], None]], ...] = (
            ("format", self._formats),
            ("think", self._thinking),
            ("window", self._windows),
            ("sample", self._samples),
        )
        for phase, ask in phases:
            try:
                ask()
            except NoTime:
                self.notes.append(f"time was up while measuring: {phase}")
            except ModelUnavailable as error:
                if not self.asked:
                    raise
                self.notes.append(f"the server stopped answering: {error.message}")
                return

    def result(self) -> Calibration:
        """What follows from all that was asked so far."""
        return choices.settle(self.subject, self.asked, self.notes)

    def _formats(self) -> None:
        self._rounds("format", self._base(self.subject.tier.think))

    def _thinking(self) -> None:
        base = self.subject.tier.think
        if not self.thinks and base == "off":
            return
        known = choices.format_tallies(self.asked, base)
        if any(each.solved == each.asked > 0 for each in known):
            return  # nothing is left that thinking could add
        self._rounds("think", self._base(OTHER[base]), self._formats_for(known))

    def _formats_for(self, known: Sequence[Tally]) -> tuple[str, ...]:
        """The best format; all of them where none was of use without thinking."""
        return (choices.best(known).name,) if any(each.solved for each in known) else choices.FORMATS

    def _rounds(self, phase: Phase, tier: Tier, names: Iterable[str] = choices.FORMATS) -> None:
        """Every fixture in every format that may still win."""
        left = tuple(names)
        for number, fixture in enumerate(fixtures(), start=1):
            for name in left:
                self._ask(phase, replace(tier, format=name), fixture, f"{name}: {fixture.name}")
            if number >= LEAST:
                found = choices.format_tallies(self.asked, tier.think)
                left = tuple(each for each in choices.still_open(found) if each in left) or left

    def _windows(self) -> None:
        tier = self._settled()
        if not choices.settle(self.subject, self.asked, ()).usable:
            return
        first = self.windows.index(tier.window)
        for window in self.windows[first:]:
            if not self._affordable(window):
                self.notes.append(f"not tried for want of time: windows from {window} tokens")
                return
            if not self._window(replace(tier, window=window)):
                break
        if not choices.window_works(self.asked, tier.window):
            for window in reversed(self.windows[:first]):
                self._window(replace(tier, window=window))

    def _window(self, tier: Tier) -> bool:
        """Whether every depth is found; one that was missed is asked once more."""
        for fixture in needles(tier, lambda text: self.proposer.tokens(text, tier)):
            words = f"window {tier.window}: {fixture.name}"
            if self._ask("window", tier, fixture, words) and self._ask("window", tier, fixture, words, sample=1):
                return False
        return True

    def _affordable(self, window: int) -> bool:
        """Whether the time will do for reading so much, by what was seen so far; the first window is always tried."""
        if window == self._settled().window:
            return True
        known = self.result()
        reading = window / known.prompt_rate if known.prompt_rate else 0.0
        return known.loading + reading < self._left("window")

    def _samples(self) -> None:
        tier = self._settled()
        of_format = [each for each in self.asked if each.tier.format == tier.format and each.tier.think == tier.think]
        failed = {each.fixture for each in of_format if each.phase != "window" and not each.solved}
        if self.subject.slots < 2 or not any(each.solved for each in of_format):
            return  # a server that answers one call at a time gains nothing by several at once
        for sample in FURTHER_SAMPLES:
            for fixture in (each for each in fixtures() if each.name in failed):
                self._ask("sample", tier, fixture, f"sample {sample}: {fixture.name}", sample=sample)

    def _base(self, think: Think) -> Tier:
        """How fixtures are asked: in the smallest window, with room for what they need."""
        thinking = 0 if think == "off" else THINKING
        window = self.windows[:2][-1]
        tier = replace(self.subject.tier, window=window, think=think)
        return replace(tier, max_output=OUTPUT, max_thinking=min(thinking, window // 4))

    def _settled(self) -> Tier:
        known = self.result()
        return replace(self._base(known.think), format=known.format)

    def _ask(self, phase: Phase, tier: Tier, fixture: Fixture, words: str, sample: int = 0) -> str:
        """Why the answer is of no use; empty if it is the right one. Raises `NoTime`."""
        left = self._left(phase)
        if left <= 0:
            raise NoTime
        self.tell(words)
        began, usage = self.clock(), Usage()
        try:
            proposal = self.proposer.propose(brief_of(fixture, replace(tier, timeout=left), sample), _ignore)
            why, usage = complaint(proposal.reply, fixture), proposal.usage
        except Rejected as rejected:
            why, usage = rejected.refused.reason, Usage(seconds=self.clock() - began)
        except ModelUnavailable:
            if self.clock() - began < left * NEARLY:
                raise
            why = "timed-out"
        if why == "timed-out" and self.clock() - began >= left * NEARLY:
            raise NoTime  # our time was up, which says nothing of the model
        self.asked.append(Asked(phase, tier, fixture.name, why, usage))
        return why

    def _left(self, phase: Phase) -> float:
        return self.started + self.seconds * SHARES[phase] - self.clock()


def _ignore(_event: Event) -> None:
    """What a proposer tells of its calls is of no use here."""
