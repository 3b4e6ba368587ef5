"""What OpenAI-compatible servers differ in, as data: `quirks.toml`, whose head explains it."""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gitbuddy.proposers.answers import Asker
from gitbuddy.values import Think

Dialect = Literal["", "format", "json_schema", "json_object", "structured_outputs"]
"""How a server is asked for structured output; "" not at all, "format" in the words of Ollama's own protocol."""


@dataclass(frozen=True, slots=True)
class Quirks:
    """One kind of server; the head of the data file explains the fields."""

    name: str
    sign: tuple[str, ...] = ()
    version: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    window: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    thinking: tuple[str, ...] = ()
    tokenize: Mapping[str, str] = field(default_factory=dict)
    template: str = ""
    fill: str = ""
    schemas: tuple[Dialect, ...] = ()
    think: Literal["", "template", "effort"] = ""
    on_demand: bool = False
    fields: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    note: str = ""


@functools.cache
def kinds() -> tuple[Quirks, ...]:
    """The shipped data file, read once."""
    raw = tomllib.loads(importlib.resources.files(__package__).joinpath("quirks.toml").read_text("utf-8"))
    return tuple(Quirks(**{key: _frozen(value) for key, value in entry.items()}) for entry in raw["server"])


def kind_of(asker: Asker) -> Quirks:
    """The kind of this server, by what it answers and never by its name."""
    return next(kind for kind in kinds() if not kind.sign or told(asker, kind.sign) is not None)


def named(name: str) -> Quirks:
    """The kind of this name."""
    return next(kind for kind in kinds() if kind.name == name)


def told(asker: Asker, where: tuple[str, ...]) -> Any:
    """The value that a path of the data file leads to; None where it leads nowhere."""
    return asker.find(where[0], where[1:]) if where else None


def schema_fields(dialect: Dialect, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The request fields that ask for an answer to this JSON schema."""
    if dialect == "json_schema":
        named_schema = {"name": "answer", "strict": True, "schema": schema}
        return {"response_format": {"type": "json_schema", "json_schema": named_schema}}
    if dialect == "json_object":
        return {"response_format": {"type": "json_object", "schema": schema}}
    return {"structured_outputs": {"json": schema}} if dialect else {}


def think_fields(quirks: Quirks, think: Think) -> dict[str, Any]:
    """The request fields that switch a reasoning model's thinking on or off."""
    if quirks.think == "template":
        return {"chat_template_kwargs": {"enable_thinking": think != "off", **_effort(think)}}
    if quirks.think == "effort":
        return _effort("medium" if think == "on" else think) or {"reasoning_effort": "none"}
    return {}


def _effort(think: Think) -> dict[str, str]:
    return {"reasoning_effort": think} if think in ("low", "medium", "high") else {}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
