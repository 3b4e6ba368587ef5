"""The OpenAI-compatible protocol, over a real connection."""

from __future__ import annotations

import socket
import time
from contextlib import suppress

import pytest
from briefs import LOOP, a_brief, ask_openai, reason, silence

from gitbuddy.errors import ModelUnavailable, Rejected, UsageError
from gitbuddy.proposers.chat import seed
from gitbuddy.proposers.openai_http import OpenAIHttp, parse
from gitbuddy.proposers.stream import Piece
from gitbuddy.testing.llama_server import LlamaServer
from gitbuddy.testing.ollama_server import MODEL, ChatRequest, OllamaServer, Reply

OVERFLOW = {
    "code": 400,
    "message": "request (9412 tokens) exceeds the available context size (8192 tokens), try increasing it",
    "type": "exceed_context_size_error",
}


def test_the_reply_comes_back_byte_for_byte_with_what_it_cost() -> None:
    text = "calc.py\n```\nprint('grüße')\r\n\t\n```\n"
    with OllamaServer([Reply(text, thinking="let me think", prompt_tokens=77)]) as server:
        proposal = ask_openai(server)

    assert (proposal.reply, proposal.edits) == (text, None)
    assert (proposal.usage.model, proposal.usage.prompt_tokens, proposal.usage.output_tokens) == (MODEL, 77, 12)


def test_what_is_sent() -> None:
    brief = a_brief(max_output=300, temperature=0.3)
    with OllamaServer(["fine"]) as server:
        ask_openai(server, brief)
        request = server.requests[0]

    assert request.path == "/v1/chat/completions"
    assert request.body == {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": "You edit code."},
            {"role": "user", "content": "Make add add."},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 300,
        "temperature": 0.3,
        "seed": seed(brief),
    }


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
def test_the_endpoint_may_be_written_with_or_without_v1(suffix: str) -> None:
    with OllamaServer(["fine"]) as server:
        assert OpenAIHttp(server.url + suffix).propose(a_brief(), silence).reply == "fine"


def test_a_server_that_is_stuck_is_not_waited_for_again_with_every_text() -> None:
    with socket.create_server(("127.0.0.1", 0)) as stuck:
        proposer = OpenAIHttp(f"http://127.0.0.1:{stuck.getsockname()[1]}")
        began = time.monotonic()
        counted = [proposer.tokens("abcdef", a_brief(timeout=0.3).tier) for _ in range(20)]

    assert counted == [2] * 20
    assert time.monotonic() - began < 3


def test_a_server_that_could_not_be_asked_counts_as_soon_as_it_answers(llama: LlamaServer) -> None:
    proposer, tier = OpenAIHttp(llama.url), a_brief(model="").tier
    proposer.missed.add("")
    with suppress(Rejected):
        proposer.propose(a_brief(model="", max_output=64), silence)

    assert proposer.tokens("abcdef", tier) == 6


def test_with_no_model_set_the_first_one_served_is_asked() -> None:
    with OllamaServer(["fine"], models=["tiny", "other"]) as server:
        assert ask_openai(server, a_brief(model="")).usage.model == "tiny"


def test_with_no_model_set_and_none_served_people_are_told() -> None:
    with OllamaServer(models=[]) as server, pytest.raises(ModelUnavailable, match="the server has no model") as caught:
        ask_openai(server, a_brief(model=""))

    assert "/v1/models" in caught.value.hint


def test_a_server_that_does_not_know_stream_options_is_asked_without_them() -> None:
    def old(request: ChatRequest) -> Reply:
        known = "stream_options" not in request.body
        return Reply("fine") if known else Reply(status=400, error="unknown field: stream_options")

    with OllamaServer(script=old) as server:
        assert ask_openai(server).usage.output_tokens == 1


REFUSED: list[tuple[str, Reply, str]] = [
    ("length", Reply("def add(", done_reason="length"), "truncated"),
    ("tool call", Reply("x", done_reason="tool_calls"), "unfinished"),
    ("filtered", Reply("x", done_reason="content_filter"), "unfinished"),
    ("no finish reason, though done", Reply("def add(a, b):", done_reason=None), "cut-off"),
    ("cut", Reply("def add(a, b):", cut_after=2), "cut-off"),
    ("cut, and it looks complete", Reply("def add(a, b):", cut_after=2, cut_cleanly=True), "cut-off"),
    ("overflow of llama.cpp", Reply(status=400, error=OVERFLOW), "overflow"),
    ("overflow of tinygrad", Reply(status=400, error={"code": "context_length_exceeded", "message": "no"}), "overflow"),
    ("overflow in the stream", Reply("", error=OVERFLOW), "overflow"),
    ("error in the stream", Reply("def", error="worker died"), "server-error"),
    ("error line of old llama.cpp", Reply(raw=b'error: {"code":500,"message":"oh"}\n\n'), "server-error"),
    ("unreadable", Reply(status=500, error="does not match the expected peg-native format"), "unreadable"),
    ("loop", LOOP, "runaway"),
    ("garbage later", Reply(raw=b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n\xff\xfe\n'), "garbled"),
]


@pytest.mark.parametrize(("name", "reply", "code"), REFUSED, ids=[row[0] for row in REFUSED])
def test_an_unusable_reply_is_refused(name: str, reply: Reply, code: str) -> None:
    with OllamaServer([reply, reply]) as server, pytest.raises(Rejected) as caught:
        ask_openai(server)

    assert reason(caught.value) == code


UNAVAILABLE: list[tuple[str, Reply, str]] = [
    ("another product", Reply(raw=b"<html>\n"), "not the expected kind of model server"),
    ("not streamed", Reply(raw=b'{"object":"chat.completion"}\n'), "not the expected kind of model server"),
    ("redirect", Reply(status=307, headers={"Location": "http://127.0.0.1:1/"}), "redirect"),
    ("no key", Reply(status=401, error="unauthorized"), "wants a valid key"),
    ("rate limit", Reply(status=429, error="slow down"), "is busy"),
    ("unknown model", Reply(status=404, error="The model `x` does not exist."), "model not installed"),
]


@pytest.mark.parametrize(("name", "reply", "words"), UNAVAILABLE, ids=[row[0] for row in UNAVAILABLE])
def test_a_server_that_cannot_serve_is_named_with_a_hint(name: str, reply: Reply, words: str) -> None:
    with OllamaServer([reply] * 5) as server, pytest.raises(ModelUnavailable) as caught:
        ask_openai(server)

    assert words in caught.value.message
    assert caught.value.hint


def test_the_end_mark_is_not_needed_after_a_finish_reason() -> None:
    body = b'data: {"choices":[{"delta":{"content":"fine"},"finish_reason":"stop"}]}\n\n'
    with OllamaServer([Reply(raw=body)]) as server:
        assert ask_openai(server).reply == "fine"


def test_a_key_is_sent_and_never_shown() -> None:
    proposer = OpenAIHttp(key="sk-secret-1")
    with OllamaServer([Reply(status=400, error="Incorrect API key provided: sk-secret-1")]) as server:
        with pytest.raises(ModelUnavailable) as caught:
            ask_openai(server, key="sk-secret-1")

        assert server.requests[0].headers["authorization"] == "Bearer sk-secret-1"
    assert "sk-secret-1" not in f"{caught.value} {caught.value.hint} {proposer!r}"


def test_a_key_that_no_header_can_carry_is_a_usage_error() -> None:
    with pytest.raises(UsageError) as caught:
        OpenAIHttp(key="sk-se\ncret").propose(a_brief(), silence)

    assert "cret" not in caught.value.message


PARSED: list[tuple[bytes, Piece | None]] = [
    (b'data: {"choices":[{"delta":{"content":"a"},"finish_reason":null}]}\n', Piece("a")),
    (b'data:{"choices":[{"delta":{"content":"a"}}]}\r\n', Piece("a")),
    (b'data: {"choices":[{"delta":{"reasoning_content":"t"}}]}\n', Piece(thinking="t")),
    (b'data: {"choices":[{"delta":{"reasoning":"t","content":null}}]}\n', Piece(thinking="t")),
    (b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n', Piece(finish="stop")),
    (b'data: {"choices":[{"delta":null,"finish_reason":"stop"}]}\n', Piece(finish="stop")),
    (
        b'data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}}\n',
        Piece(prompt_tokens=5, output_tokens=2),
    ),
    (b'data: {"error":{"message":"boom","type":"server"}}\n', Piece(error="server boom")),
    (b"data: [DONE]\n", None),
    (b": keep-alive\n", None),
    (b"event: message\n", None),
    (b"\n", None),
]


@pytest.mark.parametrize(("line", "piece"), PARSED)
def test_a_line_is_read(line: bytes, piece: Piece | None) -> None:
    assert parse(line) == piece


@pytest.mark.parametrize("line", [b"<html>\n", b"data: <html>\n", b"data: {}\n", b'{"choices":[]}\n', b"data: \xff\n"])
def test_a_strange_line_is_an_error(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse(line)
