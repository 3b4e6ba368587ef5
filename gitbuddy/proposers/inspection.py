"""What an Ollama server tells of itself and of one model beyond the list of models.

Nothing is believed that is not a plain number in a sound range: a model's file says whatever its maker wrote into it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gitbuddy.errors import ModelUnavailable
from gitbuddy.proposers.answers import Asker, decoded, find, words
from gitbuddy.proposers.deadline import Deadline
from gitbuddy.proposers.endpoint import Endpoint
from gitbuddy.proposers.memory import Shape, cache_of

SECONDS = 10.0
MOST = 1 << 24
"""No layer count, head count, length or window is larger."""
MOST_ABILITIES = 16
ABILITIES = frozenset({"completion", "tools", "thinking", "insert", "vision", "embedding", "image", "audio"})
"""Words of Ollama that mean something here or are known to mean nothing (ollama `types/model/capability.go`)."""


UNKNOWN = Shape()


@dataclass(frozen=True, slots=True)
class Details:
    """What `/api/show` tells of a model. `abilities` are the server's own words; none where it tells none."""

    shape: Shape = UNKNOWN
    abilities: tuple[str, ...] = ()


def details_of(server: Endpoint, model: str) -> Details:
    """The shape and the abilities of this model; empty ones where the server does not tell or cannot be asked."""
    with Deadline(SECONDS, SECONDS) as deadline:
        try:
            status, body = Asker(server, deadline, model).post("/api/show", {"model": model})
        except ModelUnavailable:
            return Details()
    shown = decoded(body) if status == 200 else None
    info, abilities = find(shown, "model_info"), find(shown, "capabilities")
    told = [words(each) for each in abilities[:MOST_ABILITIES]] if isinstance(abilities, list) else []
    return Details(shape_in(info if isinstance(info, dict) else {}), tuple(each for each in told if each))


def version_of(server: Endpoint) -> str:
    """The server's version; empty where it does not tell one."""
    with Deadline(SECONDS, SECONDS) as deadline:
        return words(find(Asker(server, deadline).get("/api/version"), "version"))


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


def _numbers(value: Any) -> tuple[int, ...]:
    values = value if isinstance(value, list) else [value]
    sound = all(isinstance(each, int) and not isinstance(each, bool) and 0 <= each <= MOST for each in values)
    return tuple(values) if sound and len(values) <= 4096 else ()
