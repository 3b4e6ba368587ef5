"""What follows from what was asked. Pure: a list of answers in, a calibration out, whenever the asking ended.

The rule for formats and thinking: of each way to ask, the lower end of Wilson's interval for its chance (90 %, both
sides) counts, so that a lucky few prove little. Whatever comes within `TIE` of the best is as good as the best, and
among those the one that writes the fewest tokens is taken. Nothing that was not asked is claimed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gitbuddy.values import Calibration, Identity, Tally, Think, Tier, Usage

Z = 1.645
TIE = 0.05
WORTH = 0.05
"""Least share of all tasks that one more sample must be expected to solve."""
MOST_SAMPLES = 4
FASTEST = 1e6
"""Tokens a second that no model exceeds; what seems faster was too fast to be measured."""
LEAST_PAIRED = 4
"""Fixtures that must have been asked with both ways of thinking before one is preferred."""
FORMATS = ("search-replace", "udiff", "whole-file")
"""The cheapest for a large file first."""
Phase = Literal["format", "think", "window", "sample"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and what became of it. `why` is empty for a solved one, else a code; `tier` is how it was asked."""

    phase: Phase
    tier: Tier
    fixture: str
    why: str
    usage: Usage

    @property
    def solved(self) -> bool:
        return not self.why


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured: the tier that is asked first, and how many calls its server serves at once (0: not told)."""

    identity: Identity
    day: str
    tier: Tier
    slots: int = 0


def wilson(solved: int, asked: int) -> tuple[float, float]:
    """Both ends of the interval for a chance of which `solved` of `asked` were seen (Wilson, 1927)."""
    if not asked:
        return 0.0, 1.0
    share, square = solved / asked, Z * Z
    middle = share + square / (2 * asked)
    spread = Z * math.sqrt(share * (1 - share) / asked + square / (4 * asked * asked))
    low, high = ((middle + sign * spread) / (1 + square / asked) for sign in (-1, 1))
    return max(0.0, low), min(1.0, high)


def tally(name: str, answers: Iterable[Asked]) -> Tally:
    """These answers as one line of the table."""
    found = list(answers)
    tokens, seconds = sum(each.usage.output_tokens for each in found), sum(each.usage.seconds for each in found)
    return Tally(name, sum(each.solved for each in found), len(found), tokens, round(seconds, 1))


def best(tallies: Sequence[Tally]) -> Tally:
    """The best by the rule of this module; of equals in every respect the first."""
    top = max(wilson(each.solved, each.asked)[0] for each in tallies)
    good = [each for each in tallies if wilson(each.solved, each.asked)[0] >= top - TIE]
    return min(good, key=lambda each: each.tokens / max(1, each.asked))


def still_open(tallies: Sequence[Tally]) -> tuple[str, ...]:
    """The ways that may still turn out best: their chance may be as good as the best is at least."""
    top = max(wilson(each.solved, each.asked)[0] for each in tallies)
    return tuple(each.name for each in tallies if wilson(each.solved, each.asked)[1] > top)


def chosen_think(asked: Sequence[Asked], default: Think) -> Think:
    """The thinking whose best format does best on the fixtures that were asked either way; the default if few were."""
    ways = list(dict.fromkeys(each.tier.think for each in asked if each.phase in ("format", "think")))
    if len(ways) < 2:
        return default
    paired = set.intersection(*(_fixtures_of(asked, way) for way in ways))
    if len(paired) < LEAST_PAIRED:
        return default
    return best([_by_think(asked, way, paired) for way in ways]).name  # type: ignore[return-value]  # a way is a Think


def chosen_format(asked: Sequence[Asked], think: Think, default: str) -> str:
    """The best format with this thinking; the default where no answer could be used at all."""
    tallies = format_tallies(asked, think)
    if not any(each.solved for each in tallies):
        return default
    return best(tallies).name


def format_tallies(asked: Sequence[Asked], think: Think) -> list[Tally]:
    """A line for each format that was asked with this thinking."""
    relevant = [each for each in asked if each.phase in ("format", "think") and each.tier.think == think]
    names = [name for name in FORMATS if any(each.tier.format == name for each in relevant)]
    return [tally(name, (each for each in relevant if each.tier.format == name)) for name in names]


def useful_window(asked: Sequence[Asked]) -> int:
    """The largest window at which the fact was found at every depth; the smallest one where it was found nowhere.

    0: no window was tried to its end.
    """
    tried = sorted({each.tier.window for each in asked if each.phase == "window"})
    works = [window for window in tried if window_works(asked, window)]
    fails = [window for window in tried if window_fails(asked, window)]
    return max(works, default=0) or min(fails, default=0)


def window_works(asked: Sequence[Asked], window: int, depths: int = 3) -> bool:
    """Whether the fact was found at every depth of this window."""
    return len({each.fixture for each in _at_window(asked, window) if each.solved}) >= depths


def window_fails(asked: Sequence[Asked], window: int) -> bool:
    """Whether the fact was missed twice at one depth."""
    missed = Counter(each.fixture for each in _at_window(asked, window) if not each.solved)
    return any(count > 1 for count in missed.values())


def _at_window(asked: Sequence[Asked], window: int) -> list[Asked]:
    return [each for each in asked if each.phase == "window" and each.tier.window == window]


def worthwhile_samples(first: Tally, further: Tally, slots: int) -> int:
    """How many answers at once are worth it: as long as each further one solves `WORTH` of all tasks more.

    `first` is how single answers fared, `further` how livelier answers did to what those failed at. Its lower end
    counts. Never more than the server serves at once; a server that does not tell serves one. 0: not measured.
    """
    if not first.asked:
        return 0
    failing, chance = 1 - first.solved / first.asked, wilson(further.solved, further.asked)[0]
    samples = 1
    while samples < min(MOST_SAMPLES, max(1, slots)) and failing * chance >= WORTH:
        failing *= 1 - chance
        samples += 1
    return samples


def rates(usages: Sequence[Usage]) -> tuple[float, float]:
    """Prompt and output tokens a second, by least squares over seconds = prompt / p + output / o; 0: cannot be told."""
    rows = [(u.prompt_tokens, u.output_tokens, u.seconds - u.loading) for u in usages if u.prompt_tokens]
    pp, oo = sum(p * p for p, _, _ in rows), sum(o * o for _, o, _ in rows)
    po, ps, os = sum(p * o for p, o, _ in rows), sum(p * s for p, _, s in rows), sum(o * s for _, o, s in rows)
    determinant = pp * oo - po * po
    if not rows or determinant <= 1e-9 * pp * oo:
        return 0.0, 0.0
    per_prompt, per_output = (ps * oo - os * po) / determinant, (os * pp - ps * po) / determinant
    if per_output <= 0:
        return 0.0, 0.0
    seconds = sum(row[2] for row in rows)
    # Reading is often too fast to be told apart from writing; then it is called as fast as all of it was.
    fastest = sum(row[0] for row in rows) / max(seconds, 1e-9)
    reading = 1 / per_prompt if per_prompt > 0 else fastest
    return round(min(FASTEST, reading), 1), round(min(FASTEST, 1 / per_output), 1)


def settle(subject: Subject, asked: Sequence[Asked], notes: Sequence[str]) -> Calibration:
    """What follows from all that was asked so far."""
    think = chosen_think(asked, subject.tier.think)
    edit_format = chosen_format(asked, think, subject.tier.format)
    first = next((each for each in format_tallies(asked, think) if each.name == edit_format), Tally(edit_format, 0, 0))
    further = tally("sample", (each for each in asked if each.phase == "sample"))
    prompt_rate, output_rate = rates([each.usage for each in asked if each.phase != "window" or _first(each, asked)])
    known = Calibration(
        identity=subject.identity,
        at=subject.day,
        format=edit_format,
        think=think,
        max_thinking=next((each.tier.max_thinking for each in asked if each.tier.think == think), 0),
        window=useful_window(asked),
        samples=worthwhile_samples(first, further, subject.slots),
        prompt_rate=prompt_rate,
        output_rate=output_rate,
        loading=round(max((each.usage.loading for each in asked), default=0.0), 1),
        tallies=_table(asked),
    )
    return replace(known, notes=(*notes, *_doubts(known, asked)))


def _doubts(known: Calibration, asked: Sequence[Asked]) -> tuple[str, ...]:
    """What a person should know of these choices."""
    unusable = asked and not known.usable
    lost = known.window and not window_works(asked, known.window)
    return (
        *(("no answer could be used, in any format; the format is the default",) if unusable else ()),
        *((f"even in a window of {known.window} tokens something was overlooked",) if lost else ()),
    )


def _table(asked: Sequence[Asked]) -> tuple[Tally, ...]:
    """One line for each way of asking, in the order in which they were first asked."""
    lines: dict[str, list[Asked]] = {}
    for each in asked:
        lines.setdefault(_line_of(each), []).append(each)
    return tuple(tally(name, answers) for name, answers in lines.items())


def _line_of(each: Asked) -> str:
    if each.phase == "window":
        return f"window {each.tier.window}"
    if each.phase == "sample":
        return "another sample"
    return each.tier.format if each.tier.think == "off" else f"{each.tier.format}, thinking {each.tier.think}"


def _fixtures_of(asked: Sequence[Asked], think: Think) -> set[str]:
    return {each.fixture for each in asked if each.phase in ("format", "think") and each.tier.think == think}


def _by_think(asked: Sequence[Asked], think: Think, fixtures: set[str]) -> Tally:
    """The best format with this thinking, on these fixtures only, under the name of the thinking."""
    paired = [each for each in asked if each.fixture in fixtures]
    return replace(best(format_tallies(paired, think) or [Tally(think, 0, 0)]), name=think)


def _first(each: Asked, asked: Sequence[Asked]) -> bool:
    """Whether it is the first of its window: what follows finds most of its prompt in the server's cache."""
    return _at_window(asked, each.tier.window)[0] is each
