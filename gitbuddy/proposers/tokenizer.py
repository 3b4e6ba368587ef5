"""A server's own tokenizer, asked how many tokens a text or a chat is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gitbuddy.errors import ModelUnavailable
from gitbuddy.proposers.answers import PATIENCE, Asker, decoded, find, number
from gitbuddy.proposers.deadline import Deadline
from gitbuddy.proposers.endpoint import Endpoint
from gitbuddy.proposers.quirks import Quirks
from gitbuddy.proposers.tokens import Estimate, estimate, exactly

MOST_KEPT = 4096
"""Texts whose count is kept."""


@dataclass(slots=True)
class Tokenizer:
    """Counts for one model at one server. After one failure it estimates: a server without a tokenizer stays so."""

    server: Endpoint
    kind: Quirks
    model: str
    works: bool = True
    kept: dict[str, int] = field(default_factory=dict)

    def text(self, text: str) -> Estimate:
        """The tokens of a text by itself."""
        if text in self.kept:
            return exactly(self.kept[text])
        name = self.kind.tokenize.get("text", "")
        counted = self._count({name: _clean(text), "add_special": False, "add_special_tokens": False}) if name else 0
        if counted and len(self.kept) < MOST_KEPT:
            self.kept[text] = counted
        return exactly(counted) if counted else estimate(text)

    def chat(self, messages: Sequence[Mapping[str, str]], extra: Mapping[str, Any]) -> Estimate:
        """The tokens of a whole chat, as its template makes a text of it; `extra` are fields the template reads."""
        whole = estimate("".join(message["content"] for message in messages))
        tokenize = self.kind.tokenize
        if "chat" in tokenize:
            counted = self._count({tokenize["chat"]: messages, **extra})
        elif self.kind.template:
            prompt = self._asked(self.kind.template, {"messages": messages, **extra}, "prompt")
            text = prompt if isinstance(prompt, str) else ""
            counted = self._count({tokenize["text"]: text, "add_special": True, "parse_special": True}) if text else 0
        else:
            return whole
        return exactly(counted) if counted else whole

    def _count(self, body: Mapping[str, Any]) -> int:
        value = self._asked(self.kind.tokenize["path"], {"model": self.model, **body}, self.kind.tokenize["count"])
        return len(value) if isinstance(value, list) else number(value)

    def _asked(self, path: str, body: Mapping[str, Any], name: str) -> Any:
        if not self.works or not self.kind.tokenize:
            return None
        try:
            with Deadline(PATIENCE, PATIENCE) as deadline:
                status, answer = Asker(self.server, deadline).post(path, body)
        except ModelUnavailable:
            status, answer = 0, b""
        self.works = status == 200
        return find(decoded(answer), name) if self.works else None


def _clean(text: str) -> str:
    """The text as JSON can carry it."""
    return text.encode("utf-8", "replace").decode("utf-8")
