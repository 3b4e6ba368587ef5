"""What each installed model would be here: does it fit, with which window, and was it calibrated."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from urllib.parse import urlsplit

from gitbuddy.proposers.answers import Asker
from gitbuddy.proposers.catalogue import parameters_of, writes_code
from gitbuddy.proposers.deadline import Deadline
from gitbuddy.proposers.embedded import EXTRA, look_at
from gitbuddy.proposers.endpoint import Endpoint, parse_endpoint
from gitbuddy.proposers.inspection import Details, details_of, version_of
from gitbuddy.proposers.installed import PORT, InstalledModel, list_models
from gitbuddy.proposers.machine import Machine
from gitbuddy.proposers.memory import WINDOWS, Fit, Shape, fit, guessed_cache, need, window_for
from gitbuddy.proposers.probe import server_of
from gitbuddy.proposers.told import Told, by_ollama, by_openai
from gitbuddy.values import Calibration, Identity, Tier

SECONDS = 20.0
"""For all questions to a server that make no model work."""
Recall = Callable[[Identity], Calibration | None]
"""What was measured of exactly this model on exactly this server; None for nothing."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """One installed model. `window` is the one it would get, in tokens (0: it does not fit); `fit` is for that one."""

    model: InstalledModel
    identity: Identity
    details: Details
    window: int
    fit: Fit
    calibration: Calibration | None = None


def prospects_at(endpoint: str, machine: Machine, recall: Recall, key: str = "") -> tuple[Prospect, ...]:
    """All models that this Ollama has, in its order.

    `machine` is left out of account where the server is another machine. Raises `ModelUnavailable` and `UsageError`.
    """
    url = parse_endpoint(endpoint, PORT)
    server = Endpoint(url, key)
    models = list_models(server, SECONDS)
    version = f"ollama {version_of(server)}".strip() if models else ""
    here = machine if is_here(url) else None
    return tuple(_prospect(model, server, version, here, recall) for model in models)


def told_of(tier: Tier, key: str = "") -> Told:
    """What the server of this tier tells for nothing. Raises `ModelUnavailable` and `UsageError`."""
    with Deadline(SECONDS, SECONDS) as deadline:
        asker = Asker(server_of(tier, key), deadline, tier.model)
        return by_ollama(asker) if tier.proposer == "ollama" else by_openai(asker)


def identity_of(tier: Tier, key: str = "") -> Identity:
    """The model that this tier asks now. Raises `ModelUnavailable` and `UsageError`."""
    if tier.proposer == "embedded":
        return Identity(tier.model, "", look_at(tier).digest, "", f"{EXTRA} {metadata.version(EXTRA)}")
    told, url = told_of(tier, key), server_of(tier).url
    if tier.proposer != "ollama":
        return Identity(told.serves, url, told.digest, "", told.server)
    models = {each.name: each for each in list_models(server_of(tier, key), SECONDS)}
    found = models.get(told.serves, InstalledModel(told.serves))
    return Identity(found.name, url, found.digest, found.quantization, told.server)


def file_prospect(tier: Tier, machine: Machine, recall: Recall) -> Prospect:
    """The GGUF file of an embedded tier. Raises `ModelUnavailable` for what is none."""
    file, identity = look_at(tier), identity_of(tier)
    model = InstalledModel(tier.model, file.size, digest=file.digest, family=file.architecture)
    return prospect(model, identity, Details(Shape(file.per_token, file.trained)), machine, recall(identity))


def is_here(url: str) -> bool:
    """Whether a server at this address is this machine, so that its memory is ours; no address is this process."""
    if not url:
        return True
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def prospect(
    model: InstalledModel, identity: Identity, details: Details, machine: Machine | None, known: Calibration | None
) -> Prospect:
    """What follows for this model. Pure."""
    shape = details.shape
    cache = shape.per_token or guessed_cache(parameters_of(model))
    useful = known.window if known else 0
    window = window_for(model.size, cache, shape.trained, machine, useful)
    needed = need(model.size, cache, window or WINDOWS[0])
    if 0 < shape.trained < WINDOWS[0]:
        found = Fit("no", needed, f"its window of {shape.trained} tokens is too small to edit code in")
    elif machine is None:
        found = Fit("unknown", needed, "the server is another machine")
    else:
        found = fit(needed, machine)
    return Prospect(model, identity, details, window if found.verdict != "no" else 0, found, known)


def why_left_out(each: Prospect) -> str:
    """Why a model that could be asked for code is not chosen by itself; "" where it may be."""
    if not can_code(each):
        return ""
    if each.fit.verdict == "no":
        return each.fit.why
    return "no answer could be used when it was measured" if each.calibration and each.calibration.hopeless else ""


def fitting(prospects: Sequence[Prospect]) -> tuple[Prospect, ...]:
    """Those that may be chosen by themselves: local models for code that fit."""
    return tuple(each for each in prospects if can_code(each) and each.window)


def can_code(each: Prospect) -> bool:
    """Whether it is a local model that can be asked for code, as far as its name and its server tell."""
    able = each.details.abilities
    return writes_code(each.model) and (not able or "completion" in able)


def _prospect(
    model: InstalledModel, server: Endpoint, version: str, machine: Machine | None, recall: Recall
) -> Prospect:
    identity = Identity(model.name, server.url, model.digest, model.quantization, version)
    details = details_of(server, model.name) if writes_code(model) else Details()
    return prospect(model, identity, details, machine, recall(identity))
