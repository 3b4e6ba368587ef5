"""What may still be tried at a task, what each move is worth, and which is the best of them.

With equal prizes the best order is by cost per chance (Weitzman, Econometrica 1979), and one stops where the chance
times the prize is not more than the cost. A job may only make so many attempts, though, and the cheapest ones would use
them all up; so the order is chosen together with what still fits, by going through all that could follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import ceil, inf

from gitbuddy.core.cascade import beliefs
from gitbuddy.core.cascade.chances import Chances
from gitbuddy.core.cascade.priors import FALSE_ACCEPTS, LARGEST
from gitbuddy.values import Action, Tier

MOST_ROUNDS = 5
"""Rounds at one tier: every further one is mostly a chance that the checks let a wrong change pass."""
MOST_REPAIRS = 2
"""Rounds of repair at one tier: of the tasks that small models mended at all, 38 of 40 were in the first two (LDB)."""
FORESIGHT = 5
"""Moves that are looked at together; what comes after so many failures is worth next to nothing."""


@dataclass(frozen=True, slots=True)
class Option:
    """A move that could be made: its chance to come to a change that holds, and the seconds it costs.

    `closed` says why it is not open; empty: it is.
    """

    tier: Tier
    action: Action
    samples: int
    chance: float
    seconds: float
    closed: str = ""

    @property
    def index(self) -> float:
        """Seconds per landed change."""
        return self.seconds / self.chance if self.chance > 0 else inf


@dataclass(frozen=True, slots=True)
class Spent:
    """What was tried at one tier. `futile` says why asking it again is pointless."""

    rounds: int = 0
    tries: int = 0
    repairs: int = 0
    after_others: bool = False
    futile: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a job stands, rung by rung: what was tried, and the chance of the next fresh answer.

    `left` are the attempts left, `last` the rung that was asked last, or -1.
    """

    spent: tuple[Spent, ...]
    chances: beliefs.Levels
    left: int
    last: int = -1
    teaches: bool = True


@dataclass(frozen=True, eq=False)
class Outlook:
    """What is believed of the tiers of one ladder at one task, and the worth of all that can follow from a standing."""

    ladder: tuple[Tier, ...]
    believed: Chances
    patience: float
    worths: dict[tuple[Standing, int], float] = field(default_factory=dict)

    def start(self, attempts: int) -> Standing:
        """Before anything was tried, with so many attempts to make."""
        return Standing((Spent(),) * len(self.ladder), self.believed.first, attempts)

    def options(self, standing: Standing) -> tuple[Option, ...]:
        """All moves from here, in the order of the ladder; none when no attempt is left."""
        if standing.left <= 0:
            return ()
        found = [
            self._option(rung, action, standing)
            for rung, _ in enumerate(self.ladder)
            for action in _actions(rung, standing)
        ]
        return self._in_order(found, standing)

    def best(self, standing: Standing) -> Option | None:
        """The open move that the most can follow from; None when none is worth its cost.

        A first attempt is made in any case, the cheapest: what is never tried teaches nothing.
        """
        found = self.options(standing)
        usable = [option for option in found if not option.closed]
        if usable:
            return max(usable, key=lambda option: self._worth(option, standing, FORESIGHT))
        if standing.last >= 0:
            return None
        here = [option for option in found if not option.tier.remote]
        return min(here or found, key=lambda option: option.seconds, default=None)

    def after(self, standing: Standing, tier: Tier, action: Action, size: int) -> Standing:
        """Where the job stands when such a round has failed, with a lesson."""
        rung = self.rung(tier)
        here = standing.spent[rung]
        others = any(spent.rounds for other, spent in enumerate(standing.spent) if other != rung)
        after_others = here.after_others if here.rounds else others
        chances = standing.chances
        spread = beliefs.spread(self.believed.spreads[rung], after=after_others)
        for failures in range(here.tries, here.tries + size):
            chances = beliefs.failed(chances, rung, failures, spread)
        repairs = here.repairs + (action == "repair")
        tried = Spent(here.rounds + 1, here.tries + size, repairs, after_others, here.futile)
        spent = (*standing.spent[:rung], tried, *standing.spent[rung + 1 :])
        return Standing(spent, chances, standing.left - size, rung)

    def rung(self, tier: Tier) -> int:
        return self.believed.names.index(tier.name)

    def _ahead(self, standing: Standing, foresight: int) -> float:
        """The seconds that are won from here, on average, with the best moves."""
        if not foresight:
            return 0.0
        key = (standing, foresight)
        if key not in self.worths:
            usable = [option for option in self.options(standing) if not option.closed]
            self.worths[key] = max((self._worth(option, standing, foresight) for option in usable), default=0.0)
        return self.worths[key]

    def _worth(self, option: Option, standing: Standing, foresight: int) -> float:
        ahead = self._ahead(self.after(standing, option.tier, option.action, option.samples), foresight - 1)
        return option.chance * self.patience - option.seconds + (1 - option.chance) * max(0.0, ahead)

    def _option(self, rung: int, action: Action, standing: Standing) -> Option:
        tier, here = self.ladder[rung], standing.spent[rung]
        samples = min(tier.samples, standing.left)
        chance = self._chance(rung, action, samples, standing) * (1 - FALSE_ACCEPTS)
        seconds = self.believed.seconds[rung] * ceil(samples / tier.calls)
        option = Option(tier, action, samples, chance, seconds, _closed(tier, action, here))
        if option.closed or chance * self.patience > seconds:
            return option
        return replace(option, closed=f"{option.index:.0f} s per change, and it is worth {self.patience:.0f} s")

    def _chance(self, rung: int, action: Action, samples: int, standing: Standing) -> float:
        here, believed = standing.spent[rung], self.believed
        factor = believed.told[rung] if here.rounds and action != "sample" else 1.0
        others = frozenset(name for name, spent in zip(believed.names, standing.spent, strict=True) if spent.rounds)
        if not here.rounds:
            factor = dict(believed.corrections[rung]).get(others, 1.0)
        spread = beliefs.spread(believed.spreads[rung], after=here.after_others if here.rounds else bool(others))
        missed, chance = 1.0, standing.chances[rung]
        for failures in range(here.tries, here.tries + samples):
            missed *= 1 - min(LARGEST, chance * factor)
            chance *= (spread + failures) / (spread + failures + 1)
        return 1 - missed

    def _in_order(self, found: Sequence[Option], standing: Standing) -> tuple[Option, ...]:
        """The same, with a tier that was never asked closed while a lower one is open that was not asked either, and
        with nobody else's computers asked while any move on this machine is open."""
        new = [option for option in found if not standing.spent[self.rung(option.tier)].rounds]
        lowest = next((option.tier for option in new if not option.closed), None)
        local = any(not option.closed and not option.tier.remote for option in found)
        waiting = {option.tier.name for option in new if lowest and option.tier.name != lowest.name}
        waiting |= {option.tier.name for option in found if option.tier.remote and local}
        return tuple(
            _waits(option) if option.tier.name in waiting and not option.closed else option for option in found
        )


@lru_cache(maxsize=256)
def outlook(ladder: tuple[Tier, ...], believed: Chances, patience: float) -> Outlook:
    """The outlook on a ladder; the same one for equal beliefs, so that nothing is reckoned twice."""
    return Outlook(ladder, believed, patience)


def _actions(rung: int, standing: Standing) -> tuple[Action, ...]:
    if standing.last < 0:
        return ("sample",)
    if standing.last != rung:
        return ("escalate",)
    return ("repair", "sample") if standing.teaches else ("sample",)


def _closed(tier: Tier, action: Action, here: Spent) -> str:
    """Why this move is not made, whatever it costs."""
    most = tier.attempts if tier.is_tool else MOST_ROUNDS
    if here.futile:
        return here.futile
    if here.rounds >= most:
        return f"{here.rounds} rounds failed there"
    if action == "repair" and here.repairs >= MOST_REPAIRS:
        return f"{here.repairs} repairs failed there"
    return ""


def _waits(option: Option) -> Option:
    return replace(option, closed="another tier comes first")
