"""What an Ollama server tells of itself and of one model beyond the list of models.

Nothing is believed that is not a plain number in a sound range: a model's file says whatever its maker wrote into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
from pydantic import BaseModel, ValidationError

from gitbuddy.errors import ModelUnavailable
from gitbuddy.proposers.deadline import Deadline
from gitbuddy.proposers.endpoint import Endpoint, read_body
from gitbuddy.proposers.memory import Shape, cache_of

LONGEST = 16 << 20
MOST = 1 << 24
"""No layer count, head count, length or window is larger."""


class Shown(BaseModel):
    model_info: dict[str, Any] | None = None


class Version(BaseModel):
    version: str = ""


def shape_of(server: Endpoint, model: str, seconds: float = 10.0) -> Shape:
    """The shape of this model by `/api/show`; an empty one where the server does not tell.

    Raises `ModelUnavailable` when the server cannot be asked.
    """
    with Deadline(seconds, seconds) as deadline, server.stream("/api/show", {"model": model}, deadline) as response:
        try:
            body = read_body(response, LONGEST)
        except httpx.TransportError as error:
            raise server.silent() from error
    try:
        shown = Shown.model_validate_json(body) if response.status_code == 200 else Shown()
    except ValidationError:
        shown = Shown()
    return shape_in(shown.model_info or {})


def shape_in(info: Mapping[str, Any]) -> Shape:
    """The shape that `model_info` describes; its keys are those of GGUF (llama.cpp `gguf-py/gguf/constants.py`)."""
    family = info.get("general.architecture")

    def told(name: str) -> tuple[int, ...]:
        return _numbers(info.get(f"{family}.{name}"))

    trained = max(told("context_length"), default=0)
    layers, heads = max(told("block_count"), default=0), max(told("attention.head_count"), default=0)
    width = max(told("embedding_length"), default=0) // heads if heads else 0
    key, value = (max(told(f"attention.{side}_length"), default=width) for side in ("key", "value"))
    kv_heads = told("attention.head_count_kv") or ((heads,) if heads else ())
    if not (layers and kv_heads and key and value):
        return Shape(0, trained)
    interval = max(told("full_attention_interval"), default=1)
    return Shape(cache_of(layers, kv_heads, key, value, interval), trained)


def version_of(server: Endpoint, seconds: float = 5.0) -> str:
    """The server's version; empty where it does not tell one. Raises `ModelUnavailable` if it cannot be asked."""
    status, body = server.get("/api/version", seconds, 4096)
    try:
        version = Version.model_validate_json(body).version if status == 200 else ""
    except ValidationError:
        version = ""
    return "".join(char for char in version if char.isprintable())[:40]


def shape_or_none(server: Endpoint, model: str) -> Shape:
    """The shape, an empty one also where the server fails: the estimate is then a guess."""
    try:
        return shape_of(server, model)
    except ModelUnavailable:
        return Shape()


def _numbers(value: Any) -> tuple[int, ...]:
    values = value if isinstance(value, list) else [value]
    sound = all(isinstance(each, int) and not isinstance(each, bool) and 0 <= each <= MOST for each in values)
    return tuple(values) if sound and len(values) <= 4096 else ()
