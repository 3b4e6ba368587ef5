"""The native Ollama protocol, over a real connection: what is sent, what comes back, and every way it can go wrong."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import ollama
import pytest
from briefs import LOOP, a_brief, ask_ollama, reason, silence

from gitbuddy.errors import ModelUnavailable, Rejected, UsageError
from gitbuddy.proposers.chat import temperature
from gitbuddy.proposers.ollama import Ollama, parse, seed
from gitbuddy.proposers.stream import Piece
from gitbuddy.testing.ollama_server import MODEL, ChatRequest, OllamaServer, Reply, ServedModel
from gitbuddy.values import Event


@pytest.fixture
def listener() -> Iterator[Callable[[bytes], str]]:
    """A server that drips these bytes one by one to whoever connects, then hangs up; gives its URL."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server, contextlib.ExitStack() as opened:

        def start(data: bytes) -> str:
            thread = threading.Thread(target=drip, args=(data,), daemon=True)
            thread.start()
            opened.callback(thread.join)
            return f"http://127.0.0.1:{server.getsockname()[1]}"

        def drip(data: bytes) -> None:
            with contextlib.suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    for byte in data:
                        connection.sendall(bytes([byte]))
                        if stop.wait(0.005):
                            return

        opened.callback(stop.set)
        opened.callback(lambda: server.shutdown(socket.SHUT_RDWR))
        yield start
        stop.set()


LONG = "x = compute(first, second)\n" * 400


def test_the_reply_comes_back_byte_for_byte_with_what_it_cost() -> None:
    text = "calc.py\n```\nprint('grüße')\r\n\t\n```\n"
    with OllamaServer([Reply(text, thinking="let me think", prompt_tokens=77)]) as server:
        proposal = ask_ollama(server)

    assert (proposal.reply, proposal.edits) == (text, None)
    assert proposal.usage.model == f"{MODEL}@{ServedModel(MODEL).digest[:12]}"
    assert (proposal.usage.prompt_tokens, proposal.usage.output_tokens) == (77, 12)
    assert proposal.usage.seconds > 0
    assert proposal.usage.loading == 0.01


def test_every_setting_that_matters_is_sent() -> None:
    brief = a_brief(window=4096, max_output=300, temperature=0.3)
    with OllamaServer(["fine"]) as server:
        ask_ollama(server, brief, keep_alive="3m")
        body, headers = server.requests[0].body, server.requests[0].headers

    assert body == {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": "You edit code."},
            {"role": "user", "content": "Make add add."},
        ],
        "stream": True,
        "options": {"num_ctx": 4096, "num_predict": 300, "temperature": 0.3, "seed": seed(brief)},
        "truncate": False,
        "shift": False,
        "keep_alive": "3m",
        "think": False,
    }
    assert headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("think", "sent"), [("off", False), ("on", True), ("low", "low"), ("medium", "medium"), ("high", "high")]
)
def test_thinking_is_asked_for_in_the_words_of_the_server(think: str, sent: bool | str) -> None:
    with OllamaServer(["fine"]) as server:
        ask_ollama(server, a_brief(think=think, max_thinking=1000))
        body = server.requests[0].body

    assert body["think"] == sent
    assert body["options"]["num_predict"] == 1512


def test_a_second_sample_has_another_seed_and_is_livelier() -> None:
    first, second = a_brief(temperature=0.1), replace(a_brief(temperature=0.1), sample=1)
    with OllamaServer(["one", "two"]) as server:
        ask_ollama(server, first)
        ask_ollama(server, second)
        options = [request.options for request in server.requests]

    assert [each["temperature"] for each in options] == [0.1, 0.6]
    assert options[0]["seed"] != options[1]["seed"]


def test_a_sample_never_cools_a_lively_tier() -> None:
    assert temperature(replace(a_brief(temperature=0.9), sample=3)) == 0.9


def test_a_schema_is_sent_for_the_server_to_enforce() -> None:
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}}
    with OllamaServer(['{"ok": true}']) as server:
        ask_ollama(server, replace(a_brief(), schema=schema))

        assert server.requests[0].body["format"] == schema


THOUGHTS = "".join(f"Step {number}: perhaps. " for number in range(100))


@pytest.mark.parametrize(
    "reply",
    [Reply("fine", thinking="let me think"), Reply("<think>let me think</think>fine")],
)
def test_thinking_is_kept_apart_from_the_reply(reply: Reply) -> None:
    with OllamaServer([reply]) as server:
        assert ask_ollama(server).reply == "fine"


@pytest.mark.parametrize(
    "reply",
    [Reply("fine", thinking=THOUGHTS), Reply(f"<think>{THOUGHTS}</think>fine"), Reply(f"<think>{THOUGHTS}")],
)
def test_thinking_beyond_its_budget_ends_the_call(reply: Reply) -> None:
    with OllamaServer([replace(reply, pause=0.01)]) as server:
        with pytest.raises(Rejected) as caught:
            ask_ollama(server, a_brief(think="on", max_thinking=20))
        wait_until(lambda: server.hang_ups == 1)

    assert reason(caught.value) == "overthought"
    assert caught.value.reply.startswith("Step 0")


def test_thinking_within_its_budget_does_not_shorten_the_reply() -> None:
    text = "word " * 300
    with OllamaServer([Reply(text, thinking=THOUGHTS)]) as server:
        assert ask_ollama(server, a_brief(think="on", max_thinking=1000)).reply == text


def test_thinking_that_the_server_ends_is_overthought_too() -> None:
    """It may send many tokens in one piece, so that only its own count shows the end of the budget."""
    with OllamaServer([Reply("fine", thinking=THOUGHTS * 2, chunk=3000)]) as server, pytest.raises(Rejected) as caught:
        ask_ollama(server, a_brief(think="on", max_thinking=20))

    assert reason(caught.value) == "overthought"


def test_a_tier_may_allow_a_model_that_runs_elsewhere() -> None:
    with OllamaServer(["fine"], models=[ServedModel("glm-5:cloud", remote=True)]) as server:
        assert ask_ollama(server, a_brief(model="glm-5:cloud", remote=True)).reply == "fine"


def test_a_tier_never_makes_the_server_reload_its_model() -> None:
    with OllamaServer(["one", "two"]) as server:
        ask_ollama(server, a_brief("short"))
        ask_ollama(server, a_brief(LONG))

        assert server.reloads == 1


def test_the_seed_follows_the_brief() -> None:
    assert seed(a_brief("one")) == seed(a_brief("one"))
    assert seed(a_brief("one")) != seed(a_brief("one, and a lesson"))


def test_progress_is_told_with_the_job_and_the_tier() -> None:
    events: list[Event] = []
    with OllamaServer(["four tokens, fine"]) as server:
        Ollama(server.url).propose(a_brief(), events.append)

    assert [event.name for event in events] == ["model_call_start", "model_tokens", "model_call_complete"]
    assert {event.job for event in events} == {a_brief().task.id}
    assert events[0].data == {"tier": "fast", "model": MODEL, "window": 8192}
    assert events[1].data == {"tier": "fast", "tokens": 1}
    assert events[2].data["tokens"] == 5
    assert events[2].data["reason"] == "stop"
    assert events[2].data["durationMs"] >= 0


def test_a_refused_call_is_completed_with_its_reason() -> None:
    events: list[Event] = []
    with OllamaServer([Reply("half", done_reason="length")]) as server, pytest.raises(Rejected):
        Ollama(server.url).propose(a_brief(), events.append)

    assert events[-1].name == "model_call_complete"
    assert events[-1].data["reason"] == "truncated"


@pytest.mark.parametrize(
    "reply", [Reply("half", done_reason="length", prompt_tokens=40, output_tokens=7), Reply("half of it", error="out")]
)
def test_what_a_refused_answer_cost_is_told(reply: Reply) -> None:
    with OllamaServer([reply]) as server, pytest.raises(Rejected) as caught:
        ask_ollama(server)

    usage = caught.value.usage
    assert usage is not None
    assert usage.model == MODEL
    assert usage.output_tokens >= 3
    assert usage.seconds > 0


def in_half(request: ChatRequest) -> Reply:
    return Reply("fine", prompt_tokens=request.window // 2 + 2)


REFUSED: list[tuple[str, Reply, str]] = [
    ("length", Reply("def add(", done_reason="length"), "truncated"),
    ("as many tokens as allowed, yet stop", Reply("def add(", output_tokens=512), "truncated"),
    ("thinking took all", Reply("", thinking="hmm", done_reason="length"), "truncated"),
    ("empty", Reply("  \n"), "empty"),
    ("only thinking", Reply("", thinking="hmm"), "empty"),
    ("load", Reply("x", done_reason="load"), "unfinished"),
    ("cut prompt by count", Reply("fine", prompt_tokens=12), "window-cut"),
    ("overflow", Reply(status=400, error="the input length exceeds the context length"), "overflow"),
    ("overflow forwarded", Reply(status=500, error="exceed_context_size_error: n_ctx"), "overflow"),
    ("error in the stream", Reply("def add", error="llama runner terminated"), "server-error"),
    ("error in the stream at once", Reply("", error="something odd"), "server-error"),
    ("unreadable tool call", Reply(status=500, error="error parsing tool call: raw='{'"), "unreadable"),
    ("loop", LOOP, "runaway"),
    ("loop in thinking", Reply(thinking="wait, no. ", forever=True, chunk=64), "runaway"),
    ("garbage after a good line", Reply(raw=b'{"message":{"content":"a"}}\n\xff\xfe\n'), "garbled"),
    ("half a line", Reply(raw=b'{"message":{"content":"a"}}\n{"message":{"con'), "cut-off"),
    ("no newline for ever", Reply(raw=b"{" + b"x" * (2 << 20)), "runaway"),
]


@pytest.mark.parametrize(("name", "reply", "code"), REFUSED, ids=[row[0] for row in REFUSED])
def test_an_unusable_reply_is_refused(name: str, reply: Reply, code: str) -> None:
    with OllamaServer([reply, reply]) as server, pytest.raises(Rejected) as caught:
        ask_ollama(server, a_brief(LONG))

    assert reason(caught.value) == code
    assert caught.value.refused.words


UNAVAILABLE: list[tuple[str, Reply, str]] = [
    ("another product", Reply(raw=b"<html>\n<body>router</body>\n"), "not the expected kind of model server"),
    ("JSON of a stranger", Reply(raw=b'{"hello": "world"}\n'), "not the expected kind of model server"),
    ("redirect", Reply(status=302, headers={"Location": "http://127.0.0.1:1/"}), "redirect"),
    ("no key", Reply(status=401, error="unauthorized"), "wants a valid key"),
    ("not there", Reply(status=404, raw=b"404 page not found"), "does not speak the expected protocol"),
    ("memory", Reply(status=500, error="model requires more system memory (9 GiB)"), "does not fit into memory"),
    ("crash", Reply(status=500, error="llama runner process has terminated"), "refused the call (status 500)"),
    ("always busy", Reply(status=503, error="server busy"), "is busy, asked 4 times"),
    ("not compressed by us", Reply(raw=b"\x1f\x8b\x08\n", headers={"Content-Encoding": "gzip"}), "not the expected"),
]


@pytest.mark.parametrize(("name", "reply", "words"), UNAVAILABLE, ids=[row[0] for row in UNAVAILABLE])
def test_a_server_that_cannot_serve_is_named_with_a_hint(name: str, reply: Reply, words: str) -> None:
    with OllamaServer([reply] * 5) as server, pytest.raises(ModelUnavailable) as caught:
        ask_ollama(server)

    assert words in caught.value.message
    assert caught.value.hint


def test_a_window_cut_in_half_is_noticed() -> None:
    with OllamaServer(script=in_half) as server, pytest.raises(Rejected) as caught:
        ask_ollama(server)

    assert reason(caught.value) == "window-cut"


def test_a_prompt_that_may_not_fit_is_not_even_sent() -> None:
    with OllamaServer(["fine"]) as server:
        with pytest.raises(Rejected) as caught:
            ask_ollama(server, a_brief("x" * 3 * 8192))

        assert server.requests == []
    assert reason(caught.value) == "overflow"


def test_the_server_refuses_what_our_estimate_let_through() -> None:
    """It is asked not to truncate, so a dense prompt is an error there and no silent cut."""

    def dense(request: ChatRequest) -> Reply:
        assert request.body["truncate"] is False
        return Reply(status=400, error="request (9412 tokens) exceeds the available context size (8192 tokens)")

    with OllamaServer(script=dense) as server, pytest.raises(Rejected) as caught:
        ask_ollama(server)

    assert reason(caught.value) == "overflow"


def test_a_cut_connection_is_tried_once_more() -> None:
    with OllamaServer([Reply("def add(a, b)", cut_after=2), "whole"]) as server:
        proposal = ask_ollama(server)

        assert (proposal.reply, len(server.requests)) == ("whole", 2)


@pytest.mark.parametrize("cleanly", [False, True])
def test_a_reply_cut_twice_is_never_taken_for_a_whole_one(cleanly: bool) -> None:
    cut = Reply("def add(a, b)", cut_after=2, cut_cleanly=cleanly)
    with OllamaServer([cut, cut]) as server, pytest.raises(Rejected) as caught:
        ask_ollama(server)

    assert reason(caught.value) == "cut-off"


def test_a_busy_server_is_asked_again() -> None:
    busy = Reply(status=503, error="server busy", headers={"Retry-After": "0"})
    with OllamaServer([busy, busy, "at last"]) as server:
        assert ask_ollama(server, backoff=30.0).reply == "at last"


@pytest.mark.parametrize("nonsense", ["-5", "soon", "86400", "Wed, 21 Oct 2026 07:28:00 GMT", "9" * 400])
def test_nonsense_in_retry_after_does_not_hold_us_up(nonsense: str) -> None:
    busy = Reply(status=503, error="server busy", headers={"Retry-After": nonsense})
    with OllamaServer([busy, "at last"]) as server:
        assert ask_ollama(server).reply == "at last"


def test_a_runaway_reply_is_hung_up_on() -> None:
    with OllamaServer([LOOP]) as server:
        with pytest.raises(Rejected):
            ask_ollama(server)
        wait_until(lambda: server.hang_ups == 1)


def test_a_server_that_ignores_the_token_limit_is_stopped_at_it() -> None:
    endless = "".join(f"line {number} is new\n" for number in range(5000))
    with OllamaServer([Reply(endless, output_tokens=1)]) as server, pytest.raises(Rejected) as caught:
        ask_ollama(server)

    assert reason(caught.value) == "runaway"


def wait_until(done: Callable[[], bool]) -> None:
    for _ in range(200):
        if done():
            return
        threading.Event().wait(0.02)
    raise AssertionError("it did not come to pass")


def test_no_answer_within_the_time_of_the_tier_makes_the_model_unavailable() -> None:
    with (
        OllamaServer([Reply("late", delay=30)]) as server,
        pytest.raises(ModelUnavailable, match="did not answer in time"),
    ):
        ask_ollama(server, a_brief(timeout=0.4))


def test_a_dripping_server_meets_the_total_deadline() -> None:
    dripping = Reply("many small drops", pause=0.04, chunk=1)
    with OllamaServer([dripping]) as server, pytest.raises(Rejected) as caught:
        ask_ollama(server, a_brief(timeout=0.5))

    assert reason(caught.value) == "timed-out"


def test_a_server_that_falls_silent_is_left() -> None:
    stalling = Reply(raw=b'{"message":{"content":"a"}}\n', headers={"Content-Length": "1000"})
    with OllamaServer([stalling]) as server, pytest.raises(Rejected) as caught:
        ask_ollama(server, idle=0.3)

    assert reason(caught.value) == "stalled"


def test_an_answer_that_begins_too_late_is_not_waited_for() -> None:
    """It would come within the whole time, and could hardly be finished in it."""
    with (
        OllamaServer([Reply("late", delay=2.9)]) as server,
        pytest.raises(ModelUnavailable, match="did not answer in time"),
    ):
        ask_ollama(server, a_brief(timeout=3.0))


def test_the_silence_allowed_within_an_answer_follows_from_the_whole_time() -> None:
    stalling = Reply(raw=b'{"message":{"content":"a"}}\n', headers={"Content-Length": "1000"})
    with OllamaServer([stalling]) as server, pytest.raises(Rejected) as caught:
        ask_ollama(server, a_brief(timeout=2.0))

    assert reason(caught.value) == "stalled"


def test_an_endless_error_is_read_as_far_as_it_can_be_told() -> None:
    endless = Reply(status=500, raw=b"boom " * 1000, size=5 << 30)
    with (
        OllamaServer([endless]) as server,
        pytest.raises(ModelUnavailable, match=r"refused the call \(status 500\): boom boom"),
    ):
        ask_ollama(server, a_brief(timeout=2.0))


def test_headers_that_drip_meet_the_deadline_too(listener: Callable[[bytes], str]) -> None:
    url = listener(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 10_000)
    with pytest.raises(ModelUnavailable, match="did not answer in time"):
        Ollama(url).propose(a_brief(model="x", timeout=0.5), silence)


def test_a_program_that_speaks_no_http_is_named(listener: Callable[[bytes], str]) -> None:
    url = listener(b"SSH-2.0-OpenSSH_9.2\r\n")
    with pytest.raises(ModelUnavailable, match="closed the connection without an answer"):
        Ollama(url).propose(a_brief(model="x"), silence)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ModelUnavailable, match=f"no model server answers at: http://127.0.0.1:{port}") as caught:
        Ollama(f"http://127.0.0.1:{port}").propose(a_brief(), silence)

    assert "ollama serve" in caught.value.hint


def test_an_unknown_model_comes_with_the_command_that_installs_it() -> None:
    with OllamaServer(["fine"]) as server, pytest.raises(ModelUnavailable) as caught:
        ask_ollama(server, a_brief(model="nothing:1b"))

    assert caught.value.message == "model not installed: nothing:1b"
    assert caught.value.hint == "ollama pull nothing:1b"


def test_no_model_set_comes_with_a_model_to_install() -> None:
    with OllamaServer() as server, pytest.raises(ModelUnavailable) as caught:
        ask_ollama(server, a_brief(model=""))

    assert "ollama pull" in caught.value.hint


@pytest.mark.parametrize(
    "model", [ServedModel("glm-5:cloud"), ServedModel("gpt-oss:120b-cloud"), ServedModel("innocent", remote=True)]
)
def test_a_model_that_runs_elsewhere_is_refused_before_anything_is_sent(model: ServedModel) -> None:
    with OllamaServer(["fine"], models=[model]) as server:
        with pytest.raises(ModelUnavailable, match="somebody else's computers"):
            ask_ollama(server, a_brief(model=model.name))

        assert server.requests == []


def test_a_cloud_name_is_refused_even_if_the_server_does_not_list_it() -> None:
    with OllamaServer() as server, pytest.raises(ModelUnavailable, match="somebody else's computers"):
        ask_ollama(server, a_brief(model="glm-5:cloud"))


def test_a_name_without_a_tag_finds_its_digest() -> None:
    with OllamaServer(["fine"], models=["tiny", ServedModel("tiny:latest")]) as server:
        usage = ask_ollama(server, a_brief(model="tiny")).usage

    assert usage.model.startswith("tiny@")


def test_a_server_that_does_not_know_think_is_asked_without_it() -> None:
    def old(request: ChatRequest) -> Reply:
        return Reply(status=400, error='"tiny" does not support think') if "think" in request.body else Reply("fine")

    with OllamaServer(script=old) as server:
        assert ask_ollama(server).reply == "fine"


def test_neither_proxy_nor_redirect_leads_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with OllamaServer(["fine"]) as server:
        assert ask_ollama(server).reply == "fine"


def test_a_key_is_sent_and_never_shown() -> None:
    echo = Reply(status=401, error="bad key sk-secret-1")
    with OllamaServer([echo]) as server:
        with pytest.raises(ModelUnavailable) as caught:
            ask_ollama(server, key="sk-secret-1")

        assert server.requests[0].headers["authorization"] == "Bearer sk-secret-1"
    assert "sk-secret-1" not in f"{caught.value} {caught.value.hint} {Ollama(key='sk-secret-1')!r}"


def test_bytes_that_are_no_text_do_not_stop_a_call() -> None:
    with OllamaServer(["fine"]) as server:
        ask_ollama(server, a_brief("caf\udce9"))

        assert server.requests[0].prompt.endswith("caf?")


def test_one_connection_at_a_time_for_one_call() -> None:
    """Two calls from two threads do not disturb one another."""
    replies: list[str] = []
    with OllamaServer(script=lambda request: f"to {request.prompt[-1]}") as server:
        threads = [
            threading.Thread(target=lambda n=number: replies.append(ask_ollama(server, a_brief(f"call {n}")).reply))
            for number in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sorted(replies) == ["to 0", "to 1", "to 2", "to 3"]


PARSED: list[tuple[bytes, Piece | None]] = [
    (b'{"message":{"role":"assistant","content":"a"},"done":false}\n', Piece("a")),
    (b'{"message":{"content":"","thinking":"t"},"done":false}\n', Piece(thinking="t")),
    (
        b'{"message":{"content":""},"done":true,"done_reason":"stop","eval_count":3}',
        Piece(finish="stop", output_tokens=3),
    ),
    (b'{"message":{"content":""},"done":true}', Piece(finish="stop")),
    (b'{"error":"boom"}\n', Piece(error="boom")),
    (b"\n", None),
]


@pytest.mark.parametrize(("line", "piece"), PARSED)
def test_a_line_is_read(line: bytes, piece: Piece | None) -> None:
    assert parse(line) == piece


@pytest.mark.parametrize("line", [b"<html>\n", b"{}\n", b"[]\n", b"null\n", b'{"message":{"content":3}}\n', b"\xff\n"])
def test_a_strange_line_is_an_error(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse(line)


@pytest.mark.parametrize("endpoint", ["ftp://host", "http://", "http://host:port", "http://me:secret@host"])
def test_a_bad_endpoint_is_a_usage_error_without_credentials_in_it(endpoint: str) -> None:
    with pytest.raises(UsageError) as caught:
        Ollama(endpoint).propose(a_brief(), silence)

    assert "secret" not in str(caught.value)


def test_the_official_client_agrees_with_our_server() -> None:
    """So that what is tested against the server holds against Ollama."""
    with OllamaServer([Reply("one two", thinking="hm"), Reply("whole")]) as server:
        client = ollama.Client(server.url)
        streamed = list(client.chat(MODEL, [{"role": "user", "content": "hi"}], stream=True))
        whole = client.chat(MODEL, [{"role": "user", "content": "hi"}])
        listed, shown, running = client.list(), client.show(MODEL), client.ps()
        client._client.close()

    assert "".join(part.message.content or "" for part in streamed) == "one two"
    assert streamed[-1].done_reason == "stop"
    assert whole.message.content == "whole"
    assert [model.model for model in listed.models] == [MODEL] == [model.model for model in running.models]
    assert shown.capabilities == ["completion"]


def test_a_model_that_is_replaced_while_it_answers_is_recorded_without_a_digest() -> None:
    events: list[Event] = []

    def replaced(request: ChatRequest) -> str:
        server.models[MODEL] = ServedModel(MODEL, revision="2")
        return "fine"

    with OllamaServer(script=replaced) as server:
        usage = Ollama(server.url).propose(a_brief(), events.append).usage

    assert usage.model == MODEL
    assert [event.data["words"] for event in events if event.name == "notice"] == [
        f"the model was replaced while it answered, so the record names no digest: {MODEL}"
    ]


def test_a_model_that_is_replaced_between_two_calls_is_recorded_with_each_digest() -> None:
    with OllamaServer(["one", "two"]) as server:
        first = ask_ollama(server).usage.model
        server.models[MODEL] = ServedModel(MODEL, revision="2")
        second = ask_ollama(server).usage.model

    assert first == f"{MODEL}@{ServedModel(MODEL).digest[:12]}"
    assert second == f"{MODEL}@{ServedModel(MODEL, revision='2').digest[:12]}"
