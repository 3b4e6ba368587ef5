"""One question to a model server and its whole answer, or the reason why there is none."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx

from gitbuddy.errors import ModelUnavailable, Rejected
from gitbuddy.proposers.deadline import Deadline
from gitbuddy.proposers.endpoint import Endpoint, read_body
from gitbuddy.proposers.refusals import refusal
from gitbuddy.proposers.stream import Answer, Gathering, Parse, lines, longest, overthought, pieces
from gitbuddy.proposers.tokens import (
    Count,
    Estimate,
    estimate,
    longest_answer,
    refuse_cut_prompt,
    refuse_overflow,
    sent,
)
from gitbuddy.values import Brief, Emit, Event, Refused, Tier, Usage

LONGEST_ERROR = 64 << 10
FIRST = 0.8
"""Part of a tier's timeout in which an answer must have begun: what begins later can hardly be finished."""
IDLE = 0.2
"""Part of a tier's timeout for which an answer that has begun may fall silent, if the endpoint allows no less."""
COMPLETE = frozenset({"stop", "eos", "eos_token", "stop_sequence", "end_turn"})
"""The words of servers for a reply that ended because the model had finished."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """How one protocol asks: where, how its lines are read, which fields an old server may refuse.

    `install` tells people how to get a model onto such a server. `count` counts the tokens of a prompt for the model
    that is asked; without a tokenizer it is an estimate.
    """

    endpoint: Endpoint
    path: str
    parse: Parse
    optional: tuple[str, ...]
    install: str
    count: Count = estimate

    def ask(self, body: Mapping[str, Any], brief: Brief, emit: Emit) -> Answer:
        """The complete answer. Raises `Rejected` or `ModelUnavailable`; total time is at most `brief.tier.timeout`."""
        expected = self.count(sent(brief))
        refuse_overflow(brief, expected)
        tier, started, answer, reason = brief.tier, time.monotonic(), Answer(), "interrupted"
        facts = {"tier": tier.name, "model": body["model"]}
        emit(Event("model_call_start", brief.task.id, {**facts, "window": tier.window}))
        try:
            answer = self._answer(body, brief, emit)
            judge(answer, brief, expected)
            reason = "stop"
        except Rejected as rejected:
            reason = rejected.refused.reason
            spent = rejected.usage or Usage("", answer.prompt_tokens, answer.output_tokens, loading=answer.loading)
            answer = replace(answer, prompt_tokens=spent.prompt_tokens, output_tokens=spent.output_tokens)
            rejected.usage = replace(spent, model=str(body["model"]), seconds=time.monotonic() - started)
            raise
        except ModelUnavailable:
            reason = "unavailable"
            raise
        finally:
            counts = {"promptTokens": answer.prompt_tokens, "tokens": answer.output_tokens, "reason": reason}
            duration = round((time.monotonic() - started) * 1000)
            emit(Event("model_call_complete", brief.task.id, {**facts, **counts, "durationMs": duration}))
        return answer

    def _answer(self, body: Mapping[str, Any], brief: Brief, emit: Emit) -> Answer:
        """A cut connection is tried once more: the server may just have been restarted."""
        timeout = brief.tier.timeout
        with Deadline(timeout, min(self.endpoint.idle, timeout * IDLE), timeout * FIRST) as deadline:
            answer = self._once(body, brief, emit, deadline)
            return answer if answer.finish else self._once(body, brief, emit, deadline)

    def _once(self, body: Mapping[str, Any], brief: Brief, emit: Emit, deadline: Deadline) -> Answer:
        facts = {"tier": brief.tier.name}

        def progress(tokens: int) -> None:
            emit(Event("model_tokens", brief.task.id, {**facts, "tokens": tokens}))

        gathering, said = Gathering(brief.tier.max_output, progress, brief.tier.max_thinking), ""
        with self.endpoint.stream(self.path, body, deadline) as response:
            if response.status_code == 200:
                try:
                    self._gather(response, gathering, brief.tier, deadline)
                    return self._ended(gathering, deadline)
                except Rejected as rejected:
                    rejected.usage = gathering.spent  # what is refused was computed all the same
                    raise
            with contextlib.suppress(httpx.TransportError):
                said = self.endpoint.said(read_body(response, LONGEST_ERROR))
        unknown = [name for name in self.optional if name in body and name in said]
        if response.status_code == 400 and unknown:
            return self._once({k: v for k, v in body.items() if k not in unknown}, brief, emit, deadline)
        raise refusal(response.status_code, said, self.endpoint.url, body["model"], self.install)

    def _gather(self, response: httpx.Response, gathering: Gathering, tier: Tier, deadline: Deadline) -> None:
        chunks = deadline.beats(response.iter_raw())
        # A broken connection shows in the answer: it has no finish.
        with contextlib.suppress(httpx.TransportError):
            for piece in pieces(lines(chunks, longest(longest_answer(tier))), self.parse, self.endpoint.url):
                if piece.error:
                    said = self.endpoint.said(piece.error.encode("utf-8", "replace"))
                    raise refusal(200, said, self.endpoint.url, tier.model, self.install)
                gathering.add(piece)

    def _ended(self, gathering: Gathering, deadline: Deadline) -> Answer:
        answer = gathering.whole()
        if answer.finish:
            return answer
        if deadline.stalled:
            words = f"the answer stopped after {answer.output_tokens} tokens"
            raise Rejected(Refused("reply", "stalled", words), answer.raw)
        if deadline.late or (deadline.passed and not gathering.count):
            raise self.endpoint.silent()
        if deadline.passed:
            words = f"time was up after {answer.output_tokens} tokens; answer with the edits only"
            raise Rejected(Refused("reply", "timed-out", words), answer.raw)
        return answer


def judge(answer: Answer, brief: Brief, expected: Estimate) -> None:
    """Raise `Rejected` unless the answer is whole: an edit from a reply that was cut must never be applied.

    `expected` are the tokens that the prompt should be.
    """
    refuse_cut_prompt(brief, expected, answer.prompt_tokens)
    if not answer.finish:
        words = "the connection to the model was lost in the middle of the answer"
        raise Rejected(Refused("reply", "cut-off", words), answer.raw)
    # Some servers say "stop" when the limit is reached.
    if answer.finish == "length" or answer.output_tokens >= longest_answer(brief.tier):
        only_thought = bool(answer.thinking) and not answer.content.strip()
        if only_thought and brief.tier.max_thinking:
            raise overthought(brief.tier.max_thinking, answer.thinking)
        what = "the thinking" if only_thought else "the answer"
        words = f"{what} was cut after {answer.output_tokens} tokens; answer with the necessary edits only"
        raise Rejected(Refused("reply", "truncated", words), answer.raw)
    if answer.finish not in COMPLETE:
        words = f"the answer ended with {answer.finish!r} instead of being completed; answer in plain text"
        raise Rejected(Refused("reply", "unfinished", words), answer.raw)
    if not answer.content.strip():
        words = "the answer was empty; write the edits in the format asked for"
        raise Rejected(Refused("reply", "empty", words), answer.raw)
