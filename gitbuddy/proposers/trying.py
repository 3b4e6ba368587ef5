"""What a server's model shows when it is made to work: a few tiny calls."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gitbuddy.errors import ModelUnavailable
from gitbuddy.proposers import quirks
from gitbuddy.proposers.answers import Asker, decoded, find, number
from gitbuddy.proposers.quirks import Dialect
from gitbuddy.proposers.told import Told
from gitbuddy.values import Tier

PROOF = "violet-7264"
"""A word that no model says by itself: one that answers it was held to the schema."""
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {"answer": {"enum": [PROOF]}},
    "required": ["answer"],
    "additionalProperties": False,
}
QUESTION = [{"role": "user", "content": "Answer with one word, as JSON."}]
ROOM = 256
"""Tokens of a tiny answer: enough for one that thinks a little first."""
ACCEPTED = 200
LEAST = 1024
"""Tokens of the smallest window that a tier may have: a lower count is another way of counting."""
WINDOW = re.compile(r"(?:n_ctx\D{1,4}|context (?:length|size|window)(?: is| of)?\D{1,4})(\d{3,9})", re.IGNORECASE)
"""How servers name their window when a prompt does not fit."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What tiny calls showed. `dialect` is the way in which a schema was enforced, "" if none was ("format" is
    Ollama's own), `window` what an overlong call gave away. Not `complete`: a call did not come to its end.
    """

    dialect: Dialect = ""
    thinking: bool = False
    fim: bool = False
    window: int = 0
    complete: bool = True


def by_calls(asker: Asker, told: Told, tier: Tier) -> Seen:
    """Make the model work, a little. Never raises for what the server does."""
    if told.remote and not tier.remote:
        return Seen(complete=False)
    try:
        if tier.proposer == "ollama":
            return _ollama(asker, told, tier)
        dialect, thinking = _dialect(asker, told)
        window = 0 if told.window else _window(asker, told, tier)
        return Seen(dialect, thinking, told.fim is None and _fills(asker, told), window)
    except ModelUnavailable:
        return Seen(complete=False)


def _ollama(asker: Asker, told: Told, tier: Tier) -> Seen:
    # The options of the tier's own calls: others would make the server load the model anew.
    options = {"num_ctx": tier.window, "num_predict": ROOM, "temperature": 0}
    body = {"model": told.serves, "messages": QUESTION, "stream": False, "format": SCHEMA, "options": options}
    body |= {"truncate": False, "shift": False, "keep_alive": "10m"} | ({"think": False} if told.thinking else {})
    if told.structured is not None:
        return Seen()
    status, answer = asker.post("/api/chat", body)
    content = find(decoded(answer), "message.content") if status == ACCEPTED else None
    return Seen("format" if proven(content) else "", bool(find(decoded(answer), "message.thinking")))


def _dialect(asker: Asker, told: Told) -> tuple[Dialect, bool]:
    """The first way in which a schema is enforced, and whether the model was seen to think."""
    kind, thinking = quirks.named(told.kind), False
    for dialect in kind.schemas:
        message = _chat(asker, told, {"max_tokens": ROOM, **quirks.schema_fields(dialect, SCHEMA)})
        thinking = thinking or bool(find(message, "reasoning_content") or find(message, "reasoning"))
        if proven(find(message, "content")):
            return dialect, thinking
    return "", thinking


def _chat(asker: Asker, told: Told, fields: Mapping[str, Any]) -> Any:
    """The message of one small answer; None where it was refused."""
    think = quirks.think_fields(quirks.named(told.kind), "off") if told.thinking else {}
    body = {"model": told.serves, "messages": QUESTION, "temperature": 0, **think, **fields}
    status, answer = asker.post("/v1/chat/completions", body)
    return find(decoded(answer), "choices.0.message") if status == ACCEPTED else None


def _window(asker: Asker, told: Told, tier: Tier) -> int:
    """The window, from a call one token longer than ours; 0 when that is taken, so that the tier's own binds."""
    longer = [{"role": "user", "content": "a " * (tier.window + 1)}]
    body = {"model": told.serves, "messages": longer, "max_tokens": 1, "temperature": 0}
    status, answer = asker.post("/v1/chat/completions", body)
    if status == ACCEPTED:
        # A count far below what was sent is a prompt that was cut in silence.
        counted = number(find(decoded(answer), "usage.prompt_tokens"))
        return counted if LEAST <= counted <= tier.window else 0
    told_size = WINDOW.search(answer.decode("utf-8", "replace"))
    return number(int(told_size[1])) if told_size else 0


def _fills(asker: Asker, told: Told) -> bool:
    """Whether the model fills in the middle of a text."""
    body = {"input_prefix": "def add(a, b):\n    return ", "input_suffix": "\n", "n_predict": 1}
    return asker.post(quirks.named(told.kind).fill, body)[0] == ACCEPTED


def proven(content: Any) -> bool:
    """Whether this answer could only be given under the schema."""
    if not isinstance(content, str):
        return False
    try:
        return bool(json.loads(content) == {"answer": PROOF})
    except (ValueError, RecursionError):
        return False
