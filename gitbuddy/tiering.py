"""Settings -> tiers: as this user set them, or as they follow from what is installed, fits and was measured."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from gitbuddy.calibration.store import Store
from gitbuddy.config import TierSettings, UserSettings
from gitbuddy.core.cascade import is_tool_for
from gitbuddy.errors import ModelUnavailable
from gitbuddy.proposers import catalogue
from gitbuddy.proposers.inspection import details_of
from gitbuddy.proposers.machine import read_machine
from gitbuddy.proposers.probe import server_of
from gitbuddy.proposers.prospects import Prospect, can_code, fitting, identity_of, prospects_at
from gitbuddy.proposers.settling import completed, one_window, refuse_larger
from gitbuddy.session import cache_folder
from gitbuddy.values import Kind, Task, Tier

FIXERS = Tier("fixers", "fixers", window=1 << 30, attempts=1)
"""Tools: asking twice changes nothing, and they read files, so the window is no limit."""

MUTATE = Tier("mutate", "mutate", window=1 << 30, attempts=2)
"""The search for a small repair: asked again, it goes on with the next one that it found."""

CALLS: Mapping[str, int] = {"fast": 4, "deep": 1, "reviewer": 2}
"""Calls at once for a tier of this name, where nothing is set. A GGUF file has one: each call would load it again."""


def api_key() -> str:
    """The key for model servers that want one."""
    return os.environ.get("GITBUDDY_API_KEY", "")


def cascade_of(user: UserSettings, task: Task, tell: Callable[[str], None] = lambda _: None) -> tuple[Tier, ...]:
    """The tiers for this task: configured, else what the local Ollama has installed; the tools before them.

    `tell` is given a sentence where no model is there and the tools are tried alone. Raises `ModelUnavailable` where
    there is none and no tool for this kind of task.
    """
    tools = tools_of(user)
    if user.tiers:
        tiers = configured_tiers(user)
        set_up = {tier.proposer for tier in tiers}
        return (*(tool for tool in tools if tool.proposer not in set_up), *tiers)
    try:
        return (*tools, *automatic_tiers(user))
    except ModelUnavailable as missing:
        if not any(is_tool_for(tool, task.kind) for tool in tools):
            raise
        if task.kind is Kind.FIX:
            tell(f"no model is there to ask, so only what needs none is tried: {missing.message}")
        return tools


def tools_of(user: UserSettings) -> tuple[Tier, ...]:
    """The tiers that need no model."""
    return (FIXERS, MUTATE) if user.mutate_seconds else (FIXERS,)


def configured_tiers(user: UserSettings) -> tuple[Tier, ...]:
    """The tiers as set, one window for each model. What nobody set is as it was measured, where it was.

    Raises `UsageError` where two windows are set for one model.
    """
    tiers = [_measured(_tier(name, user.tier[name], user), user) for name in user.tiers]
    return one_window(tiers, [name for name in user.tiers if "window" in user.tier[name].model_fields_set])


def _measured(tier: Tier, user: UserSettings) -> Tier:
    store = calibrations_of(user)
    if all(known.identity.model != tier.model for known in store.listing()):
        return tier  # so that no server is asked for nothing
    try:
        known = store.recall(identity_of(tier, api_key()))
    except ModelUnavailable:
        return tier  # who calls it will be told
    return completed(tier, known, user.tier[tier.name].model_fields_set) if known else tier


def automatic_tiers(user: UserSettings) -> tuple[Tier, ...]:
    """The tiers that follow from what is installed and fits. Raises `ModelUnavailable` where there is none."""
    return tiers_from(prospects_of(user), user.endpoint)


def prospects_of(user: UserSettings) -> tuple[Prospect, ...]:
    """All models of this user's Ollama, with what they would be here."""
    return prospects_at(user.endpoint, read_machine(), calibrations_of(user).recall, api_key())


def tiers_from(prospects: Sequence[Prospect], endpoint: str) -> tuple[Tier, ...]:
    """The cascade of those that fit. Raises `ModelUnavailable` where there is none."""
    usable = fitting(prospects)
    settled = {each.model.name: catalogue.Settled(each.window, each.calibration) for each in usable}
    tiers = catalogue.tiers_for([each.model for each in usable], endpoint, settled)
    if tiers:
        return tiers
    if large := [each for each in prospects if can_code(each) and not each.window]:
        least = min(large, key=lambda each: each.fit.need)
        words = f"no installed model fits this machine: {least.model.name} needs {least.fit.why}"
        raise ModelUnavailable(words, catalogue.pull_hint())
    if usable:
        name = usable[0].model.name
        words = f"no answer of an installed model could be used when it was measured: {name}"
        raise ModelUnavailable(words, f"measure it again (git buddy calibrate --model {name}), or take another model")
    raise ModelUnavailable(f"no usable model is installed at this Ollama: {endpoint}", catalogue.pull_hint())


def calibrations_of(user: UserSettings) -> Store:
    """What was measured of this user's models."""
    return Store(cache_folder(user) / "calibration")


def refuse_large_windows(tiers: Sequence[Tier]) -> None:
    """Raise `UsageError` for a tier whose window is larger than its model's; a server that cannot be asked says so
    when it is called.
    """
    for tier in tiers:
        if tier.proposer == "ollama":
            refuse_larger(tier, details_of(server_of(tier, api_key()), tier.model).shape.trained)


def _tier(name: str, settings: TierSettings, user: UserSettings) -> Tier:
    if tool := next((tool for tool in (FIXERS, MUTATE) if tool.proposer == settings.proposer), None):
        return replace(tool, name=name)
    values = settings.model_dump()
    if "calls" not in settings.model_fields_set:
        values["calls"] = 1 if settings.proposer == "embedded" else CALLS.get(name, 1)
    if settings.proposer == "ollama" and not settings.endpoint:
        values["endpoint"] = user.endpoint
    return Tier(name=name, **values)
