"""What `git buddy models` shows: the machine, the models of each server, and the cascade that follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, TypeVar

from gitbuddy import tiering
from gitbuddy.config import UserSettings
from gitbuddy.errors import GitbuddyError
from gitbuddy.proposers import catalogue
from gitbuddy.proposers.inspection import ABILITIES
from gitbuddy.proposers.installed import is_remote
from gitbuddy.proposers.machine import Machine, read_machine
from gitbuddy.proposers.memory import gib, why_window
from gitbuddy.proposers.prospects import Prospect, can_code, file_prospect, is_here, prospects_at, told_of, why_left_out
from gitbuddy.proposers.told import Told
from gitbuddy.values import Calibration, Tier

T = TypeVar("T")
COLUMNS = ("model", "parameters", "quantization", "size", "fits", "window", "can", "calibrated", "licence")


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be learnt, in a sentence, and what to do about it."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """`prospects` are the models of all Ollama servers, `served` what other servers tell of configured tiers."""

    machine: Machine
    prospects: tuple[Prospect, ...]
    served: tuple[tuple[Tier, Told], ...]
    tiers: tuple[Tier, ...]
    problems: tuple[Problem, ...]
    calibrations: tuple[Calibration, ...]

    def machine_for(self, prospect: Prospect) -> Machine | None:
        """The machine the model would run on, if it is this one."""
        return self.machine if is_here(prospect.identity.endpoint) else None


def take(user: UserSettings) -> Inventory:
    """Ask every server of this user. What goes wrong is a problem in the inventory, never an exception."""
    machine, store = read_machine(), tiering.calibrations_of(user)
    problems: list[Problem] = []
    prospects: list[Prospect] = []
    configured = _tried(lambda: tiering.configured_tiers(user), problems) or ()
    for endpoint in _ollamas(user, configured):
        listed = _tried(partial(prospects_at, endpoint, machine, store.recall, tiering.api_key()), problems)
        prospects += listed or ()
        if listed is not None:
            problems += _missing([tier for tier in configured if tier.endpoint == endpoint], listed)
    files = [partial(file_prospect, tier, machine, store.recall) for tier in configured if tier.proposer == "embedded"]
    prospects += [found for file in files if (found := _tried(file, problems))]
    asked = [
        (tier, _tried(partial(told_of, tier, tiering.api_key()), problems))
        for tier in configured
        if tier.proposer == "openai"
    ]
    served = [(tier, told) for tier, told in asked if told]
    tiers = configured
    if not user.tiers and not problems:
        tiers = _tried(lambda: tiering.tiers_from(prospects, user.endpoint), problems) or ()
    return Inventory(machine, tuple(prospects), tuple(served), tiers, tuple(problems), store.listing())


def rows(found: Inventory) -> list[tuple[str, ...]]:
    """A line for each model; the columns are `COLUMNS`."""
    return [*(_row(each) for each in found.prospects), *(_served_row(tier, told) for tier, told in found.served)]


def notes(found: Inventory) -> list[str]:
    """What a person should know beside the table, a line each."""
    machine = found.machine
    cards = ", ".join(f"{card.name} with {gib(card.memory)}" for card in machine.cards) or "no graphics card of its own"
    limit = ", as a control group allows" if machine.limited else ""
    lines = [f"machine   {gib(machine.memory)} memory{limit}, {gib(machine.free)} free; {cards}"]
    lines += [f"note      {words}" for words in (*machine.notes, *_strange(found.prospects))]
    lines += [f"tier      {_tier_line(tier, found)}" for tier in found.tiers]
    lines += [f"left out  {each.model.name}: {why}" for each in found.prospects if (why := why_left_out(each))]
    return lines


def pull_hint(machine: Machine) -> str:
    """What would be right for this machine."""
    return catalogue.pull_hint(machine.memory, machine.video)


def facts(found: Inventory) -> dict[str, Any]:
    """The same as JSON; sizes in bytes, windows in tokens."""
    return {
        "machine": asdict(found.machine),
        "models": [_facts(each, found) for each in found.prospects],
        "served": [{"tier": tier.name, "endpoint": tier.endpoint, **asdict(told)} for tier, told in found.served],
        "tiers": [asdict(tier) for tier in found.tiers],
        "problems": [asdict(each) for each in found.problems],
        "pull": list(catalogue.to_pull(found.machine.memory, found.machine.video)),
    }


def _tried(ask: Callable[[], T], problems: list[Problem]) -> T | None:
    try:
        return ask()
    except GitbuddyError as error:
        problems.append(Problem(error.message, error.hint))
        return None


def _ollamas(user: UserSettings, configured: Sequence[Tier]) -> list[str]:
    """The Ollama servers of this user: those of their tiers, or the usual one."""
    if not user.tiers:
        return [user.endpoint]
    return list(dict.fromkeys(tier.endpoint for tier in configured if tier.proposer == "ollama"))


def _missing(tiers: Sequence[Tier], listed: Sequence[Prospect]) -> list[Problem]:
    """A problem for each model that a tier asks for and its Ollama does not have."""
    names = {each.model.name.removesuffix(":latest") for each in listed}
    asked = {tier.model: tier.name for tier in tiers if not is_remote(tier.model)}
    return [
        Problem(f"model not installed: {model}, for tier {tier}", f"git buddy models pull {model}")
        for model, tier in asked.items()
        if model.removesuffix(":latest") not in names
    ]


def _row(each: Prospect) -> tuple[str, ...]:
    model = each.model
    can = ["fill-in" if able == "insert" else able for able in each.details.abilities if able != "completion"]
    return (
        model.name,
        f"{catalogue.parameters_of(model):.1f} B" if model.size else "",
        model.quantization,
        gib(model.size) if model.size else "",
        _fits(each),
        str(each.window or "") if can_code(each) else "",
        " ".join(can),
        _calibrated(each.calibration) if can_code(each) else "",
        catalogue.family_of(model.name).licence,
    )


def _served_row(tier: Tier, told: Told) -> tuple[str, ...]:
    able = {"thinking": told.thinking, "fill-in": told.fim, "tokenizer": told.tokenizer}
    can = " ".join(name for name, is_able in able.items() if is_able)
    fits = "remote" if told.remote else "served"
    return told.serves, "", "", "", fits, str(told.window or ""), can, "", catalogue.family_of(told.serves).licence


def _fits(each: Prospect) -> str:
    if each.model.remote:
        return "remote"
    return each.fit.verdict if can_code(each) else "not for code"


def _calibrated(known: Calibration | None) -> str:
    return f"on {known.at}" if known else "no"


def _tier_line(tier: Tier, found: Inventory) -> str:
    thinking = "" if tier.think == "off" else f", thinking {tier.think}"
    samples = f", {tier.samples} samples" if tier.samples > 1 else ""
    what = f"{tier.name}: {tier.model or tier.proposer}, {tier.format}{thinking}{samples}, window {tier.window}"
    each = next((each for each in found.prospects if each.model.name == tier.model), None)
    if each is None or not each.window or each.window != tier.window:
        return what
    useful = each.calibration.window if each.calibration else 0
    why = why_window(each.window, each.details.shape.trained, found.machine_for(each), useful)
    return f"{what} ({why}); {each.fit.why}"


def _strange(prospects: Sequence[Prospect]) -> list[str]:
    told = {able for each in prospects for able in each.details.abilities}
    words = "the server names a capability that this version does not know, and makes no use of it"
    return [f"{words}: {able}" for able in sorted(told - ABILITIES)]


def _facts(each: Prospect, found: Inventory) -> dict[str, Any]:
    model, known = each.model, each.calibration
    return {
        **asdict(model),
        "endpoint": each.identity.endpoint,
        "server": each.identity.server,
        "licence": catalogue.family_of(model.name).licence,
        "forCode": can_code(each),
        "fits": each.fit.verdict,
        "needs": each.fit.need,
        "why": each.fit.why,
        "window": each.window,
        "trainedWindow": each.details.shape.trained,
        "capabilities": list(each.details.abilities),
        "calibration": asdict(known) if known else None,
    }
