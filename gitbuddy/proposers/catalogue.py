"""What is known of models, and which of the installed ones make a cascade. The knowledge is `models.toml`."""

from __future__ import annotations

import functools
import importlib.resources
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from gitbuddy.proposers.installed import InstalledModel as InstalledModel
from gitbuddy.proposers.installed import is_remote
from gitbuddy.proposers.machine import read_machine
from gitbuddy.proposers.memory import UNMEASURED
from gitbuddy.proposers.settling import calibrated, within_window
from gitbuddy.values import Calibration, Think, Tier

GIB = 1 << 30
NOTHING: Mapping[str, Settled] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Family:
    """What `models.toml` says of a family; its head explains the fields."""

    names: tuple[str, ...]
    coding: int = 0
    good_from: float = 0.0
    whole_file_to: float = 14.9
    licence: str = ""
    think: Think = "off"
    sizes: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pull:
    """What to install where `memory` GiB are common or `card` GiB are on a graphics card."""

    memory: int
    card: int
    models: tuple[str, ...]


UNKNOWN = Family(())
"""Nothing is known: such a model is taken when nothing else is there, and asked for whole files if it is small."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The data file. `tiers` are the settings of a chosen tier by its name, `pull` says what fits where."""

    families: tuple[Family, ...]
    limits: Mapping[str, float]
    tiers: Mapping[str, Mapping[str, Any]]
    ignored_words: tuple[str, ...]
    ignored_families: frozenset[str]
    pull: tuple[Pull, ...]


@functools.cache
def catalogue() -> Catalogue:
    """The shipped data file, read once."""
    raw = tomllib.loads(importlib.resources.files(__package__).joinpath("models.toml").read_text("utf-8"))
    return Catalogue(
        families=tuple(Family(**{**entry, "names": tuple(entry["names"])}) for entry in raw["family"]),
        limits=raw["limits"],
        tiers=raw["tiers"],
        ignored_words=tuple(raw["ignore"]["words"]),
        ignored_families=frozenset(raw["ignore"]["families"]),
        pull=tuple(Pull(entry["memory"], entry["card"], tuple(entry["models"])) for entry in raw["pull"]),
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """What is settled of a model before it becomes a tier: its window in tokens, and what was measured of it."""

    window: int = UNMEASURED
    calibration: Calibration | None = None


def tiers_for(
    models: Sequence[InstalledModel], endpoint: str = "", settled: Mapping[str, Settled] = NOTHING
) -> tuple[Tier, ...]:
    """The cascade for these models: the smallest good coder is `fast`, a clearly larger one `deep`; may be empty.

    Models that write no code, that run on somebody else's computers, or of which calibration could use no answer, are
    left out. The two tiers are two models, so each model has one window and its server never loads it anew.
    """
    usable = [model for model in models if writes_code(model) and _answers(settled.get(model.name))]
    if not usable:
        return ()
    good = [model for model in usable if is_good(model)]
    fast = min(good, key=_smallness) if good else max(usable, key=_worth)
    deep = _deep(good, parameters_of(fast))
    chosen = {"fast": fast} if deep is None else {"fast": fast, "deep": deep}
    return tuple(tier_of(name, model, endpoint, settled.get(model.name, Settled())) for name, model in chosen.items())


def writes_code(model: InstalledModel) -> bool:
    """Whether it is a local model that can be asked for code at all."""
    base = _base(model.name)
    words = any(word in base for word in catalogue().ignored_words)
    return not (model.remote or is_remote(model.name) or words or model.family in catalogue().ignored_families)


def family_of(name: str) -> Family:
    """The family whose name is the longest beginning of this one; `UNKNOWN` if there is none."""
    base = _base(name)
    by_name = {name: family for family in catalogue().families for name in family.names}
    longest = max((name for name in by_name if base.startswith(name)), key=len, default="")
    return by_name.get(longest, UNKNOWN)


def parameters_of(model: InstalledModel) -> float:
    """Billions of parameters: told by the server, else by the name, else guessed from the file's size."""
    if model.parameters:
        return model.parameters
    return _in_name(model.name) or model.size / 1e9 / catalogue().limits["bytes_per_parameter"]


def is_good(model: InstalledModel) -> bool:
    """Whether the family is known to write code well enough at this size to be chosen by itself."""
    family = family_of(model.name)
    # A nominal 4B model may count 3.9 billion.
    return family.coding >= catalogue().limits["good"] and parameters_of(model) >= family.good_from * 0.9


def format_for(model: InstalledModel) -> str:
    """The edit format that a model of this family and size gets right most often."""
    return "whole-file" if parameters_of(model) <= family_of(model.name).whole_file_to else "search-replace"


def pull_hint(memory: int = 0, video: int = 0) -> str:
    """What to install on a machine with so many bytes of memory and of video memory; nothing given: on this one."""
    if not memory and not video:
        machine = read_machine()
        memory, video = machine.memory, machine.video
    return "install one: " + " && ".join(f"ollama pull {name}" for name in to_pull(memory, video))


def to_pull(memory: int, video: int) -> tuple[str, ...]:
    """The models to install first, the smallest first."""
    pulls = catalogue().pull
    fits = [pull.models for pull in pulls if memory >= pull.memory * GIB or video >= pull.card * GIB]
    return fits[-1] if fits else pulls[0].models


def download_of(name: str) -> int:
    """Bytes that a model of this name will take, known or estimated from the parameters in it; 0: nothing is known."""
    base, _, tag = name.rpartition("/")[2].lower().partition(":")
    by_name = {known: size for family in catalogue().families for known, size in family.sizes.items()}
    if f"{base}:{tag}" in by_name:
        return int(by_name[f"{base}:{tag}"] * 1e9)
    billions = _in_name(name)
    return int(billions * catalogue().limits["bytes_per_parameter"] * 1e9)


def _in_name(name: str) -> float:
    """Billions of parameters as the name tells them: 30 of `qwen3-coder:30b-a3b`; 0 if it does not."""
    found = re.search(r"(?:^|[:_-])(\d+(?:\.\d+)?)b(?:$|[:_-])", name.lower())
    return float(found[1]) if found else 0.0


def _base(name: str) -> str:
    """The name in lower case without registry, owner and tag: `hf.co/x/Phi4-GGUF:Q4` is `phi4-gguf`."""
    return name.rpartition("/")[2].partition(":")[0].lower()


def _smallness(model: InstalledModel) -> tuple[float, int, str]:
    return parameters_of(model), -family_of(model.name).coding, model.name


def _worth(model: InstalledModel) -> tuple[int, float, str]:
    return family_of(model.name).coding, parameters_of(model), model.name


def _deep(good: Sequence[InstalledModel], above: float) -> InstalledModel | None:
    """The best coder of the middle range; the largest below it; the smallest beyond it."""
    limits = catalogue().limits
    larger = [model for model in good if parameters_of(model) >= above * limits["step"]]
    middle = [model for model in larger if limits["deep_from"] <= parameters_of(model) <= limits["deep_to"]]
    below = [model for model in larger if parameters_of(model) < limits["deep_from"]]
    if middle or below:
        return max(middle, key=_worth) if middle else max(below, key=parameters_of)
    return min(larger, key=_smallness) if larger else None


def _answers(settled: Settled | None) -> bool:
    return settled is None or settled.calibration is None or not settled.calibration.hopeless


def tier_of(name: str, model: InstalledModel, endpoint: str, settled: Settled) -> Tier:
    """The tier that this model makes, as measured where it was, else as its family and its size let expect."""
    think = family_of(model.name).think
    tier = Tier(
        name=name,
        proposer="ollama",
        model=model.name,
        endpoint=endpoint,
        format=format_for(model),
        think=think,
        max_thinking=int(catalogue().limits["max_thinking"]) if think != "off" else 0,
    )
    tier = replace(tier, **catalogue().tiers[name], window=settled.window)
    return within_window(calibrated(tier, settled.calibration) if settled.calibration else tier)
