"""Which models an Ollama server has."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from gitbuddy.errors import ModelUnavailable
from gitbuddy.proposers.endpoint import Endpoint
from gitbuddy.proposers.refusals import no_listing

PORT = 11434
"""Where Ollama listens unless told otherwise."""
BILLIONS = {"K": 1e-6, "M": 1e-3, "B": 1.0, "T": 1e3}


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model that a server has. `size` in bytes, `parameters` in billions (0: not told), `digest` in hex."""

    name: str
    size: int = 0
    parameters: float = 0.0
    quantization: str = ""
    digest: str = ""
    family: str = ""
    remote: bool = False


class Details(BaseModel):
    family: str | None = ""
    parameter_size: str | None = ""
    quantization_level: str | None = ""


class Listed(BaseModel):
    """One model of `/api/tags`."""

    name: str
    size: int = 0
    digest: str = ""
    remote_host: str | None = ""
    remote_model: str | None = ""
    details: Details | None = None


class Listing(BaseModel):
    models: list[Listed] | None


def list_models(server: Endpoint, seconds: float) -> tuple[InstalledModel, ...]:
    """The models of this server, in its order. Raises `ModelUnavailable`."""
    status, body = server.get("/api/tags", seconds)
    if refused := no_listing(status, body, server.url):
        raise refused
    try:
        if status != 200:
            raise ValueError(f"status {status}")  # noqa: TRY301 -- one sentence for all that is not a list of models
        listing = Listing.model_validate_json(body)
    except (ValueError, ValidationError) as error:
        hint = "is it Ollama that listens there? For other servers set `proposer = openai` for the tier"
        raise ModelUnavailable(f"the server there does not list models as Ollama does: {server.url}", hint) from error
    return tuple(_model(each) for each in listing.models or [])


def is_remote(name: str) -> bool:
    """Whether Ollama runs a model of this name on computers of its maker."""
    tag = name.rpartition(":")[2].lower()
    return tag == "cloud" or tag.endswith("-cloud")


def billions(text: str) -> float:
    """ "7.6B" or "873.44M" as billions of parameters; 0 when it says nothing."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMBT])\s*", text.upper())
    return float(match[1]) * BILLIONS[match[2]] if match else 0.0


def _model(each: Listed) -> InstalledModel:
    details = each.details or Details()
    return InstalledModel(
        name=each.name,
        size=each.size,
        parameters=billions(details.parameter_size or ""),
        quantization=details.quantization_level or "",
        digest=each.digest.removeprefix("sha256:"),
        family=details.family or "",
        remote=bool(each.remote_host or each.remote_model) or is_remote(each.name),
    )
