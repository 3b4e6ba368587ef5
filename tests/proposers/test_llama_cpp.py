"""The OpenAI-compatible proposer against the real llama.cpp server."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from briefs import a_brief, reason, silence
from llama import WINDOW

from gitbuddy.errors import ModelUnavailable, Rejected
from gitbuddy.proposers.openai_http import OpenAIHttp
from gitbuddy.proposers.probe import Capabilities, probe
from gitbuddy.testing.llama_server import LlamaServer
from gitbuddy.testing.replies import Reply
from gitbuddy.values import Brief, Event, Tier
from gitbuddy.values.attempt import TEMPLATE

PATIENT = 300.0
"""Seconds for a call that has to end on a busy machine."""
REPLY = 'calc.py\n```python\nprint("grüße")\r\n\t\n```\n'


def brief(prompt: str = "Make add add.", **tier: Any) -> Brief:
    return a_brief(prompt, proposer="openai", **{"model": "", "timeout": PATIENT, "window": WINDOW, **tier})


def ask(server: LlamaServer, asked: Brief, events: list[Event] | None = None) -> tuple[str, int, int]:
    proposal = OpenAIHttp(server.url).propose(asked, silence if events is None else events.append)
    return proposal.reply, proposal.usage.prompt_tokens, proposal.usage.output_tokens


def tokens(text: str) -> int:
    """Of the tiny model: one a byte, and three for a blank."""
    return len(text.encode()) + 2 * text.count(" ")


def exact(asked: Brief) -> int:
    """The tokens of this prompt: its template has five marks, and the beginning of the text is one more."""
    return tokens(f"system\n{asked.system}\nuser\n{asked.prompt}\nassistant") + 6


def talk(server: LlamaServer, asked: Brief) -> str:
    """What the model says by itself; it seldom comes to an end."""
    try:
        return ask(server, asked)[0]
    except Rejected as rejected:
        assert reason(rejected) == "truncated"  # noqa: PT017 -- either end is fine
        return rejected.reply


def test_a_scripted_reply_comes_back_byte_for_byte_with_the_servers_own_counts(tiny: Path) -> None:
    with LlamaServer(tiny, [REPLY]) as server:
        reply, prompt, output = ask(server, brief())

    assert (reply, prompt, output) == (REPLY, exact(brief()), len(REPLY.encode()) + 1)


def test_the_prompt_is_counted_exactly_before_the_call(llama: LlamaServer) -> None:
    proposer = OpenAIHttp(llama.url)

    assert proposer.tokens("0123 grüße\n", brief().tier) == tokens("0123 grüße\n") == 15


def test_an_overflow_is_refused_before_the_call(llama: LlamaServer) -> None:
    """One byte too many; the estimate without a tokenizer would let three times as much through."""
    events: list[Event] = []
    room = WINDOW - 512 - TEMPLATE - exact(brief(""))

    with pytest.raises(Rejected) as caught:
        ask(llama, brief("x" * (room + 1)), events)

    assert (reason(caught.value), events) == ("overflow", [])
    assert str(WINDOW) in caught.value.refused.words
    assert talk(llama, brief("x" * room))


def test_the_smaller_of_both_windows_binds(llama: LlamaServer) -> None:
    with pytest.raises(Rejected, match=f"window has {WINDOW}"):
        ask(llama, brief("x" * WINDOW, window=4 * WINDOW))


def test_an_overflow_that_only_the_server_sees_is_told_as_one(llama: LlamaServer) -> None:
    proposer = OpenAIHttp(llama.url)
    asked = brief("x" * 3 * (WINDOW - 1000))
    served = proposer._served(asked.tier)
    served.tokenizer.works = False
    proposer.served[""] = replace(served, told=replace(served.told, window=0))

    with pytest.raises(Rejected) as caught:
        proposer.propose(asked, silence)

    assert reason(caught.value) == "overflow"
    assert "exceed_context_size_error" in caught.value.refused.words


def test_the_model_that_really_answers_is_named(tiny: Path) -> None:
    events: list[Event] = []
    with LlamaServer(tiny, [REPLY]) as server:
        proposal = OpenAIHttp(server.url).propose(brief(model="qwen3.5:4b"), events.append)

    assert proposal.usage.model == "tiny"
    assert [event.data["words"] for event in events if event.name == "notice"] == [
        "the server has one model, whatever is asked for; it is tiny and not qwen3.5:4b"
    ]


def test_samples_differ_and_the_same_one_can_be_repeated(llama: LlamaServer) -> None:
    asked = [replace(brief(temperature=0.0), sample=sample) for sample in (0, 0, 1, 2)]
    first, again, second, third = (talk(llama, each) for each in asked)

    assert first == again
    assert len({first, second, third}) == 3


SCHEMA = {
    "type": "object",
    "properties": {"line": {"type": "integer", "minimum": 1, "maximum": 99}, "severity": {"enum": ["advice"]}},
    "required": ["line", "severity"],
    "additionalProperties": False,
}


def test_a_schema_is_obeyed(llama: LlamaServer) -> None:
    verdict = json.loads(ask(llama, replace(brief(), schema=SCHEMA))[0])

    assert verdict.keys() == {"line", "severity"}
    assert (1 <= verdict["line"] <= 99, verdict["severity"]) == (True, "advice")


def test_the_probe_sees_what_the_server_can_do(llama: LlamaServer) -> None:
    found = probe(Tier("fast", "openai", "", llama.url), seconds=PATIENT)

    assert found == Capabilities(
        server="llama.cpp b0-unknown",
        digest="",
        window=WINDOW,
        structured=True,
        thinking=False,
        fim=False,
        tokenizer=True,
        slots=2,
        remote=False,
    )


def test_a_call_that_is_given_up_stops_the_model(endless: Path) -> None:
    """The only slot is at work for minutes; the next call is served at once."""
    limit = 30_000
    asked = brief(window=32768, max_output=limit, timeout=PATIENT)
    with LlamaServer(endless, window=32768) as server:

        def give_up(event: Event) -> None:
            if event.name == "model_tokens":
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            OpenAIHttp(server.url).propose(asked, give_up)
        with pytest.raises(Rejected, match="truncated"):
            ask(server, brief(window=32768, max_output=64))

        assert server.busy() == 0


def test_time_is_up_while_the_model_still_talks(endless: Path) -> None:
    with LlamaServer(endless, window=32768) as server, pytest.raises(Rejected) as caught:
        ask(server, brief(window=32768, max_output=30_000, timeout=1.0))

    assert reason(caught.value) in ("timed-out", "stalled")  # a busy machine may fall silent before


def test_two_calls_are_served_at_once(endless: Path) -> None:
    """Each waits with its answer half read until the other has begun: with one slot neither would go on."""
    both = threading.Barrier(2, timeout=PATIENT)
    with LlamaServer(endless, window=8192, slots=2) as server:
        ended: list[str] = []

        def meet(event: Event) -> None:
            if event.name == "model_tokens":
                both.wait()
                raise KeyboardInterrupt

        def call() -> None:
            try:
                OpenAIHttp(server.url).propose(brief(window=8192, max_output=8000), meet)
            except KeyboardInterrupt:
                ended.append("met")

        threads = [threading.Thread(target=call) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert ended == ["met", "met"]


UNREADABLE = "The model produced output that does not match the expected peg-native format"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(status=500, error={"code": 500, "message": UNREADABLE, "type": "server_error"}), "unreadable"),
        (Reply(""), "empty"),
        (Reply("x" * 600), "truncated"),
    ],
    ids=["unreadable", "empty", "truncated"],
)
def test_what_llama_cpp_may_answer_wrongly_is_refused(tiny: Path, reply: Reply, code: str) -> None:
    with LlamaServer(tiny, [reply]) as server, pytest.raises(Rejected) as caught:
        ask(server, brief())

    assert reason(caught.value) == code


def test_a_wrong_key_is_said(tiny: Path) -> None:
    with LlamaServer(tiny, key="sesame") as server, pytest.raises(ModelUnavailable, match="wants a valid key"):
        ask(server, brief())


def test_the_right_key_opens(tiny: Path) -> None:
    with LlamaServer(tiny, key="sesame") as server:
        proposer = OpenAIHttp(server.url, "sesame")
        asked = replace(brief(), schema=SCHEMA)

        assert proposer.tokens("12345", asked.tier) == 5
        assert proposer.propose(asked, silence).reply
