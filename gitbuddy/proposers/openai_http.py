"""Models behind an OpenAI-compatible server: llama.cpp, vLLM, LM Studio, LiteLLM, tinygrad.

What they differ in is data, `quirks.toml`. The context window is the server's own setting there: a prompt is counted
by the server where it can, and one that does not fit what it has allocated is refused before the call.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from gitbuddy.errors import GitbuddyError, ModelUnavailable
from gitbuddy.proposers import quirks
from gitbuddy.proposers.answers import Asker
from gitbuddy.proposers.calls import held
from gitbuddy.proposers.chat import messages, seed, temperature
from gitbuddy.proposers.deadline import Deadline
from gitbuddy.proposers.endpoint import Endpoint, parse_endpoint
from gitbuddy.proposers.exchange import Exchange
from gitbuddy.proposers.probe import examine
from gitbuddy.proposers.quirks import Quirks
from gitbuddy.proposers.stream import Piece
from gitbuddy.proposers.tokenizer import Tokenizer
from gitbuddy.proposers.tokens import Count, longest_answer, tokens_of
from gitbuddy.proposers.told import INSTALL, Told, by_openai
from gitbuddy.values import Brief, Emit, Event, Proposal, Tier, Usage

PORT = 8080
DEFAULT = f"http://127.0.0.1:{PORT}"
LISTING = 10.0
"""Seconds that it may take to learn what the server is."""
OPTIONAL = (
    "stream_options",
    "seed",
    "chat_template_kwargs",
    "reasoning_effort",
    "response_format",
    "structured_outputs",
)
"""Fields that are left out when a server refuses them by name."""


class Delta(BaseModel):
    content: str | None = ""
    reasoning_content: str | None = ""
    reasoning: str | None = ""


class Choice(BaseModel):
    delta: Delta | None = None
    finish_reason: str | None = ""


class Counts(BaseModel):
    prompt_tokens: int | None = 0
    completion_tokens: int | None = 0


class Chunk(BaseModel):
    """One event of a streamed `/v1/chat/completions`."""

    choices: list[Choice] | None = None
    usage: Counts | None = None
    error: Any = None


@dataclass(frozen=True)
class OpenAIHttp:
    """Proposes with `brief.tier.model` (or the server's first model) at `endpoint`, with or without its `/v1`.

    `key` is the API key, shown nowhere. `calls` is the folder where the calls of all processes are counted, `known` the
    one where it is kept what servers can do, under `place` where the address will be another one next time; None counts
    and keeps nothing. `connect` and `idle` are seconds.
    """

    endpoint: str = DEFAULT
    key: str = field(default="", repr=False)
    calls: Path | None = None
    known: Path | None = None
    connect: float = 5.0
    idle: float = 60.0
    backoff: float = 0.5
    place: str = ""
    served: dict[str, Served] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What was told of each model by the name that is asked for."""
    missed: set[str] = field(default_factory=set, init=False, repr=False, compare=False)
    """Models whose server could not be asked: counting does not wait for it again with every text."""

    @property
    def uses_worktree(self) -> bool:
        return False

    def tokens(self, text: str, tier: Tier) -> int:
        if tier.model in self.missed and tier.model not in self.served:
            return tokens_of(text)
        try:
            return self._served(tier).tokenizer.text(text).most
        except GitbuddyError:
            self.missed.add(tier.model)
            return tokens_of(text)

    def propose(self, brief: Brief, emit: Emit) -> Proposal:
        """The model's reply as it came; `Rejected` and `ModelUnavailable` as the protocol says.

        A prompt that does not fit what the server has allocated is refused before the call.
        """
        started, tier = time.monotonic(), brief.tier
        served = self._served(tier)
        _refuse_remote(served.told, tier)
        _tell(served.told, brief, emit)
        with held(self.calls, brief, emit, served.server.url if served.kind.on_demand else ""):
            window = min(tier.window, served.told.window or tier.window)
            fitting = replace(brief, tier=replace(tier, window=window))
            body = self._body(brief, served)
            exchange = Exchange(served.server, "/v1/chat/completions", parse, OPTIONAL, INSTALL, served.count(body))
            answer = exchange.ask(body, fitting, emit)
        usage = Usage(served.told.serves, answer.prompt_tokens, answer.output_tokens, time.monotonic() - started)
        return Proposal(answer.content, usage=usage)

    def _served(self, tier: Tier) -> Served:
        """What the server tells of the tier's model; it is asked once. Raises `ModelUnavailable`, `UsageError`."""
        if tier.model not in self.served:
            url = parse_endpoint(self.endpoint or DEFAULT, PORT).removesuffix("/v1")
            server = Endpoint(url, self.key, self.connect, self.idle, backoff=self.backoff)
            seconds = min(LISTING, tier.timeout)
            with Deadline(seconds, seconds) as deadline:
                told = by_openai(Asker(server, deadline, tier.model))
            kind = quirks.named(told.kind)
            self.served[tier.model] = Served(server, told, kind, Tokenizer(server, kind, tier.model or told.serves))
        return self.served[tier.model]

    def _body(self, brief: Brief, served: Served) -> dict[str, Any]:
        tier, kind = brief.tier, served.kind
        optional = {"stream_options": {"include_usage": True}, "seed": seed(brief)}
        body = {
            "model": tier.model or served.told.serves,
            "messages": messages(brief),
            "stream": True,
            "max_tokens": longest_answer(tier),
            "temperature": temperature(brief),
            **{name: value for name, value in optional.items() if name in kind.fields},
            **(quirks.think_fields(kind, tier.think) if served.asks_to_think(tier) else {}),
        }
        if brief.schema is None:
            return body
        asked = replace(tier, proposer="openai", endpoint=self.endpoint)
        seen = examine(asked, self.known, self.key, place=self.place).seen
        return {**body, **quirks.schema_fields(seen.dialect, brief.schema)}


@dataclass(frozen=True, slots=True)
class Served:
    """A model and the server that has it, as far as it was told."""

    server: Endpoint
    told: Told
    kind: Quirks
    tokenizer: Tokenizer

    def count(self, body: Mapping[str, Any]) -> Count:
        """How the prompt of this call is counted: as the chat that is sent."""
        extra = {name: body[name] for name in ("chat_template_kwargs",) if name in body}
        return lambda _text: self.tokenizer.chat(body["messages"], extra)

    def asks_to_think(self, tier: Tier) -> bool:
        """Whether thinking has to be mentioned: it can be switched, or nobody says that it cannot."""
        silent = self.kind.think == "template" and not self.kind.thinking and bool(self.kind.sign)
        return self.told.thinking or tier.think != "off" or silent


def _refuse_remote(told: Told, tier: Tier) -> None:
    if told.remote and not tier.remote:
        hint = "your code would be sent there; set another model for this tier, or `remote` of the tier to allow it"
        raise ModelUnavailable(f"this model runs on somebody else's computers: {tier.model or told.serves}", hint)


def _tell(told: Told, brief: Brief, emit: Emit) -> None:
    """Say it, once at a tier, when a server answers under any name with the one model it has."""
    asked = brief.tier.model
    if asked and asked != told.serves and brief.attempt == 1 and brief.sample == 0:
        words = f"the server has one model, whatever is asked for; it is {told.serves} and not {asked}"
        emit(Event("notice", brief.task.id, {"words": words}))


def parse(line: bytes) -> Piece | None:
    """One line of a server-sent event stream. Raises ValueError for anything else."""
    kind, _, rest = line.strip().partition(b":")
    if kind in (b"", b"event", b"id", b"retry"):
        return None  # between events, a comment, or a field that says nothing here
    if kind not in (b"data", b"error"):
        raise ValueError("not a server-sent event")
    if rest.strip() == b"[DONE]":
        return None  # says less than the finish reason, which must have come before it
    chunk = Chunk.model_validate_json(rest)
    if chunk.error or kind == b"error":
        return Piece(error=_error(chunk.error) or rest.decode("utf-8", "replace"))
    if chunk.choices is None:
        raise ValueError("no choices")
    return _piece(chunk)


def _piece(chunk: Chunk) -> Piece:
    choice = chunk.choices[0] if chunk.choices else Choice()
    delta = choice.delta or Delta()
    usage = chunk.usage or Counts()
    return Piece(
        content=delta.content or "",
        thinking=delta.reasoning_content or delta.reasoning or "",
        finish=choice.finish_reason or "",
        prompt_tokens=usage.prompt_tokens or 0,
        output_tokens=usage.completion_tokens or 0,
    )


def _error(error: Any) -> str:
    if isinstance(error, dict):
        return " ".join(str(error[name]) for name in ("type", "code", "message") if error.get(name))
    return str(error or "")
