"""Which models `git buddy calibrate` measures, and in which bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from gitbuddy import tiering, wiring
from gitbuddy.calibration.choices import Subject
from gitbuddy.config import UserSettings
from gitbuddy.errors import ModelUnavailable, UsageError
from gitbuddy.proposers.catalogue import Settled, parameters_of, tier_of
from gitbuddy.proposers.embedded import Embedded
from gitbuddy.proposers.installed import is_remote
from gitbuddy.proposers.machine import read_machine
from gitbuddy.proposers.memory import WINDOWS, guessed_cache, window_for
from gitbuddy.proposers.prospects import Prospect, file_prospect, identity_of, is_here, prospects_at, told_of
from gitbuddy.proposers.settling import OWN_WINDOW, refuse_larger
from gitbuddy.proposers.told import Told
from gitbuddy.session import cache_folder
from gitbuddy.values import Tier


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model to be measured. `windows` are those that may be tried, ascending."""

    subject: Subject
    windows: tuple[int, ...]
    thinks: bool


def candidates(user: UserSettings, model: str | None, tier: str | None) -> tuple[Candidate, ...]:
    """One model, one tier, or every tier that asks a model, each model once.

    Raises `ModelUnavailable` and `UsageError` with the models or the tiers that there are.
    """
    if model:
        return (_of_model(user, model),)
    tiers = [each for each in _tiers(user) if each.proposer in wiring.MODELS]
    chosen = [each for each in tiers if tier in (None, each.name)]
    if not chosen:
        known = ", ".join(each.name for each in tiers) or "none"
        raise UsageError(f"no tier of this name asks a model: {tier or 'any'}", f"tiers that do: {known}")
    once = {(each.endpoint, each.model): each for each in reversed(chosen)}
    return tuple(_candidate(user, each) for each in chosen if once[each.endpoint, each.model] is each)


def _tiers(user: UserSettings) -> Sequence[Tier]:
    return tiering.configured_tiers(user) if user.tiers else tiering.automatic_tiers(user)


def _of_model(user: UserSettings, name: str) -> Candidate:
    if is_remote(name):
        hint = "choose a model that runs here: git buddy models"
        raise UsageError(f"this model runs on somebody else's computers: {name}", hint)
    prospects = _prospects(user.endpoint)
    found = _named(name, prospects)
    if found is None:
        names = ", ".join(each.model.name for each in prospects)[:200]
        hint = f"installed: {names}" if names else f"git buddy models pull {name}"
        raise ModelUnavailable(f"model not installed: {name}", hint)
    if not found.window:
        hint = "choose a smaller one: git buddy models"
        raise UsageError(f"the model does not fit this machine: {found.model.name} needs {found.fit.why}", hint)
    return _candidate(user, tier_of("fast", found.model, user.endpoint, Settled(found.window)))


def _candidate(user: UserSettings, tier: Tier) -> Candidate:
    return _file(user, tier) if tier.proposer == "embedded" else _served(user, tier)


def _file(user: UserSettings, tier: Tier) -> Candidate:
    """A GGUF file: it is loaded here to see what it can do."""
    found = file_prospect(tier, read_machine(), lambda identity: None)
    largest = _largest(found) or tier.window
    windows = _within(min(largest, tier.window) if "window" in _given(user, tier) else largest)
    cache = cache_folder(user)
    able = Embedded(cache / "calls", cache / "servers").capabilities(replace(tier, window=windows[:2][-1]))
    return Candidate(Subject(found.identity, _today(), tier, able.slots), windows, able.thinking)


def _served(user: UserSettings, tier: Tier) -> Candidate:
    told = told_of(tier, tiering.api_key())
    if told.remote and not tier.remote:
        hint = "set `remote` of the tier to allow it: your fixtures, and later your code, would be sent there"
        raise UsageError(f"this model runs on somebody else's computers: {tier.model}", hint)
    refuse_larger(tier, told.window)
    identity = identity_of(tier, tiering.api_key())
    subject = Subject(identity, _today(), tier, told.slots)
    return Candidate(subject, _within(_bound(user, tier, told)), told.thinking)


def _bound(user: UserSettings, tier: Tier, told: Told) -> int:
    """The largest window to try: the server's own where it sets one, else what fits; never more than somebody set."""
    if tier.proposer not in OWN_WINDOW:
        return told.window or tier.window
    found = _named(told.serves, _prospects(tier.endpoint))
    largest = (_largest(found) if found else 0) or tier.window
    return min(largest, tier.window) if "window" in _given(user, tier) else largest


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _given(user: UserSettings, tier: Tier) -> set[str]:
    return user.tier[tier.name].model_fields_set if tier.name in user.tier else set()


def _within(largest: int) -> tuple[int, ...]:
    """The windows up to this one; that one alone where it is smaller than all."""
    return tuple(window for window in WINDOWS if window <= largest) or (largest,)


def _largest(found: Prospect) -> int:
    """The largest window that may be tried: what fits, whether it was measured or not."""
    shape = found.details.shape
    cache = shape.per_token or guessed_cache(parameters_of(found.model))
    machine = read_machine() if is_here(found.identity.endpoint) else None
    return window_for(found.model.size, cache, shape.trained, machine, WINDOWS[-1])


def _prospects(endpoint: str) -> tuple[Prospect, ...]:
    return prospects_at(endpoint, read_machine(), lambda identity: None, tiering.api_key())


def _named(name: str, prospects: Sequence[Prospect]) -> Prospect | None:
    by_name = {each.model.name: each for each in prospects}
    return by_name.get(name) or by_name.get(f"{name}:latest")
