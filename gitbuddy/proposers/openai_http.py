"""Models behind an OpenAI-compatible server: llama.cpp, vLLM, LM Studio, LiteLLM, tinygrad.

Only fields that all of them know are sent. The context window is the server's own setting there; ours is checked
before the call, and an overflow is the server's error.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from gitbuddy.errors import ModelUnavailable
from gitbuddy.proposers.calls import held
from gitbuddy.proposers.endpoint import Endpoint, parse_endpoint
from gitbuddy.proposers.exchange import Exchange
from gitbuddy.proposers.ollama import messages
from gitbuddy.proposers.stream import Piece
from gitbuddy.proposers.tokens import tokens_of
from gitbuddy.values import Brief, Emit, Proposal, Tier, Usage

PORT = 8080
DEFAULT = f"http://127.0.0.1:{PORT}"
LISTING = 10.0
"""Seconds the list of models may take."""
INSTALL = "start the server with this model, or set the tier's model to one that it lists under /v1/models"


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


class Served(BaseModel):
    id: str


class Listing(BaseModel):
    data: list[Served]


@dataclass(frozen=True)
class OpenAIHttp:
    """Proposes with `brief.tier.model` (or the server's first model) at `endpoint`, with or without its `/v1`.

    `key` is the API key, shown nowhere. `calls` is the folder where the calls of all processes are counted; None counts
    none. `connect` and `idle` are seconds of silence.
    """

    endpoint: str = DEFAULT
    key: str = field(default="", repr=False)
    calls: Path | None = None
    connect: float = 5.0
    idle: float = 60.0
    backoff: float = 0.5

    @property
    def uses_worktree(self) -> bool:
        return False

    def tokens(self, text: str, tier: Tier) -> int:
        return tokens_of(text)

    def propose(self, brief: Brief, emit: Emit) -> Proposal:
        """The model's reply as it came; `Rejected` and `ModelUnavailable` as the protocol says."""
        started = time.monotonic()
        url = parse_endpoint(self.endpoint or DEFAULT, PORT).removesuffix("/v1")
        server = Endpoint(url, self.key.strip(), self.connect, self.idle, backoff=self.backoff)
        model = brief.tier.model or first_model(server, min(LISTING, brief.tier.timeout))
        exchange = Exchange(server, "/v1/chat/completions", parse, ("stream_options",), INSTALL)
        with held(self.calls, brief, emit):
            answer = exchange.ask(_body(brief, model), brief, emit)
        usage = Usage(model, answer.prompt_tokens, answer.output_tokens, time.monotonic() - started)
        return Proposal(answer.content, usage=usage)


def first_model(server: Endpoint, seconds: float) -> str:
    """The name of the first model that `/v1/models` lists."""
    status, body = server.get("/v1/models", seconds)
    try:
        served = Listing.model_validate_json(body).data if status == 200 else []
    except ValidationError:
        served = []
    if not served:
        raise ModelUnavailable(f"no model is set and the server lists none: {server.url}", INSTALL)
    return served[0].id


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


def _body(brief: Brief, model: str) -> dict[str, Any]:
    return {
        "model": model,
        "messages": messages(brief),
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": brief.tier.max_output,
        "temperature": brief.tier.temperature,
    }
