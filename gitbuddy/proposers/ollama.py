"""Models behind Ollama, through its native API: the only one of its two that honours `num_ctx`.

Read in Ollama's sources: a changed option reloads the model, so every call of a tier sends the same ones; `truncate`
and `shift` switched off turn a prompt that does not fit into an error instead of a silently shortened one.
"""

from __future__ import annotations

import functools
import json
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from gitbuddy.errors import GitbuddyError, ModelUnavailable
from gitbuddy.proposers.calls import held
from gitbuddy.proposers.catalogue import pull_hint
from gitbuddy.proposers.chat import messages as messages
from gitbuddy.proposers.chat import seed as seed
from gitbuddy.proposers.chat import temperature
from gitbuddy.proposers.counts import Counts, Memory, calibrated
from gitbuddy.proposers.endpoint import Endpoint, parse_endpoint
from gitbuddy.proposers.exchange import Exchange
from gitbuddy.proposers.installed import PORT, InstalledModel, is_remote, list_models
from gitbuddy.proposers.stream import Answer, Piece
from gitbuddy.proposers.tokens import longest_answer, sent
from gitbuddy.values import Brief, Emit, Event, Proposal, Tier, Usage

DEFAULT = f"http://127.0.0.1:{PORT}"
LISTING = 10.0
"""Seconds the list of models may take."""
THINK = {"off": False, "on": True}
"""Ollama's words for `Tier.think`; a level is sent as it is."""
NANOSECONDS = 1e9


class Message(BaseModel):
    content: str = ""
    thinking: str | None = ""
    tool_calls: list[Any] | None = None


class Chunk(BaseModel):
    """One line of a streamed `/api/chat`."""

    message: Message | None = None
    done: bool = False
    done_reason: str | None = ""
    prompt_eval_count: int = 0
    eval_count: int = 0
    load_duration: int = 0
    error: str = ""


@dataclass(frozen=True)
class Ollama:
    """Proposes with `brief.tier.model` at `endpoint`. `keep_alive` is how long the model stays loaded after a call.

    `calls` is the folder where the calls of all processes are counted, `counts` the one where it is kept how many
    tokens the server counted; None keeps none. `key` is for a proxy in front of Ollama and is shown nowhere. `connect`
    and `idle` are seconds.
    """

    endpoint: str = DEFAULT
    calls: Path | None = None
    counts: Path | None = None
    key: str = field(default="", repr=False)
    keep_alive: str = "10m"
    connect: float = 5.0
    idle: float = 60.0
    backoff: float = 0.5
    memories: dict[str, Memory] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What is known of each model by its name, so that counting asks neither disk nor server for every text."""

    @property
    def uses_worktree(self) -> bool:
        return False

    def tokens(self, text: str, tier: Tier) -> int:
        if tier.model not in self.memories:
            try:
                digest = self._known(self._server(), tier.model, min(LISTING, tier.timeout)).digest
            except GitbuddyError:
                digest = ""
            self.memories[tier.model] = Counts(self.counts).recall(digest)
        return calibrated(text, self.memories[tier.model]).most

    def propose(self, brief: Brief, emit: Emit) -> Proposal:
        """The model's reply as it came; `Rejected` and `ModelUnavailable` as the protocol says."""
        model, started, server = brief.tier.model, time.monotonic(), self._server()
        if not model:
            raise ModelUnavailable(f"no model is set for tier: {brief.tier.name}", pull_hint())
        with held(self.calls, brief, emit, server.url):
            known = self._known(server, model, min(LISTING, brief.tier.timeout))
            _refuse_remote(known, brief.tier)
            answer = self._ask(server, known, brief, emit)
            known = self._still(server, known, brief, emit)
        self.memories[model] = Counts(self.counts).remember(known.digest, sent(brief), answer.prompt_tokens)
        return Proposal(answer.content, usage=_usage(known, answer, time.monotonic() - started))

    def _ask(self, server: Endpoint, known: InstalledModel, brief: Brief, emit: Emit) -> Answer:
        count = functools.partial(calibrated, memory=Counts(self.counts).recall(known.digest))
        install = f"ollama pull {known.name}"
        return Exchange(server, "/api/chat", parse, ("think", "format"), install, count).ask(
            self._body(brief), brief, emit
        )

    def _server(self) -> Endpoint:
        url = parse_endpoint(self.endpoint or DEFAULT, PORT)
        return Endpoint(url, self.key, self.connect, self.idle, backoff=self.backoff)

    def _still(self, server: Endpoint, before: InstalledModel, brief: Brief, emit: Emit) -> InstalledModel:
        """The model that has answered: without a digest where it cannot be told which one of two it was."""
        try:
            after = self._known(server, brief.tier.model, min(LISTING, brief.tier.timeout))
        except ModelUnavailable:
            return replace(before, digest="")
        if after.digest != before.digest:
            words = f"the model was replaced while it answered, so the record names no digest: {before.name}"
            emit(Event("notice", brief.task.id, {"words": words}))
            return replace(before, digest="")
        return before

    def _known(self, server: Endpoint, model: str, seconds: float) -> InstalledModel:
        """What the server says of the model now. A model it does not list is its own affair to refuse."""
        if is_remote(model):
            return InstalledModel(model, remote=True)
        listed = {each.name: each for each in list_models(server, seconds)}
        return listed.get(model) or listed.get(f"{model}:latest") or InstalledModel(model)

    def _body(self, brief: Brief) -> dict[str, object]:
        tier = brief.tier
        options = {
            "num_ctx": tier.window,
            "num_predict": longest_answer(tier),
            "temperature": temperature(brief),
            "seed": seed(brief),
        }
        body: dict[str, object] = {
            "model": tier.model,
            "messages": messages(brief),
            "stream": True,
            "options": options,
            "truncate": False,
            "shift": False,
            "keep_alive": self.keep_alive,
            "think": THINK.get(tier.think, tier.think),
        }
        return body if brief.schema is None else {**body, "format": dict(brief.schema)}


def _refuse_remote(known: InstalledModel, tier: Tier) -> None:
    if known.remote and not tier.remote:
        hint = "your code would be sent there; set another model for this tier, or `remote` of the tier to allow it"
        raise ModelUnavailable(f"this model runs on somebody else's computers: {known.name}", hint)


def parse(line: bytes) -> Piece | None:
    """One NDJSON line of `/api/chat`. Raises ValueError for anything else."""
    if not line.strip():
        return None
    chunk = Chunk.model_validate_json(line)
    if chunk.error:
        return Piece(error=chunk.error)
    if chunk.message is None:
        raise ValueError("neither a message nor an error")
    return Piece(
        content=chunk.message.content + (json.dumps(calls) if (calls := chunk.message.tool_calls) else ""),
        thinking=chunk.message.thinking or "",
        finish=(chunk.done_reason or "stop") if chunk.done else "",
        prompt_tokens=chunk.prompt_eval_count,
        output_tokens=chunk.eval_count,
        loading=chunk.load_duration / NANOSECONDS,
    )


def _usage(known: InstalledModel, answer: Answer, seconds: float) -> Usage:
    name = f"{known.name}@{known.digest[:12]}" if known.digest else known.name
    return Usage(name, answer.prompt_tokens, answer.output_tokens, seconds, answer.loading)
