"""Each bound on the time of a call by itself: what ends it is that bound, and not the whole time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from gitbuddy.errors import ModelUnavailable
from gitbuddy.proposers.deadline import Deadline
from gitbuddy.proposers.endpoint import Endpoint
from gitbuddy.testing.ollama_server import MODEL, OllamaServer, Reply

WHOLE = 20.0
BODY = {"model": MODEL, "messages": []}


def chunks(endpoint: Endpoint, deadline: Deadline) -> int:
    with endpoint.stream("/api/chat", BODY, deadline) as response:
        return len(list(deadline.beats(response.iter_raw())))


@pytest.fixture
def deaf() -> Iterator[str]:
    """A port where connections are neither taken nor refused: its queue is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, socket.socket() as first, socket.socket() as more:
        for waiting in (first, more):
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_connection_that_is_not_taken_is_given_up(deaf: str) -> None:
    with Deadline(WHOLE, WHOLE) as deadline, pytest.raises(ModelUnavailable, match="no model server answers"):
        chunks(Endpoint(deaf, connect=0.2), deadline)

    assert not deadline.passed


def test_an_answer_must_begin_in_its_part_of_the_time() -> None:
    with (
        OllamaServer([Reply("late", delay=WHOLE)]) as server,
        Deadline(WHOLE, WHOLE, first=0.3) as deadline,
        pytest.raises(ModelUnavailable, match="did not answer in time"),
    ):
        chunks(Endpoint(server.url), deadline)

    assert deadline.late
    assert not deadline.passed


def test_headers_alone_are_no_beginning() -> None:
    empty = Reply(raw=b"", headers={"Content-Length": "100"})
    with OllamaServer([empty]) as server, Deadline(WHOLE, WHOLE, first=0.3) as deadline:
        with pytest.raises(Exception, match=r"\S"):
            chunks(Endpoint(server.url), deadline)

        assert deadline.late
        assert not deadline.passed


def test_the_time_for_the_first_byte_begins_with_each_question() -> None:
    """Else the second try after a broken connection would be measured by the silence allowed within an answer."""
    with OllamaServer(["one", Reply("two", delay=0.6)]) as server, Deadline(WHOLE, 0.2, first=WHOLE) as deadline:
        chunks(Endpoint(server.url), deadline)
        answered = chunks(Endpoint(server.url), deadline)

    assert answered > 0
    assert not deadline.stalled


def test_silence_within_an_answer_ends_it() -> None:
    stalling = Reply(raw=b'{"message":{"content":"a"}}\n', headers={"Content-Length": "1000"})
    with OllamaServer([stalling]) as server, Deadline(WHOLE, 0.3) as deadline:
        with pytest.raises(Exception, match=r"\S"):
            chunks(Endpoint(server.url), deadline)

        assert deadline.stalled
        assert not deadline.passed


def test_the_whole_time_ends_an_answer_that_is_never_silent() -> None:
    with OllamaServer([Reply("drop " * 1000, pause=0.02)]) as server, Deadline(0.4, WHOLE) as deadline:
        with pytest.raises(Exception, match=r"\S"):
            chunks(Endpoint(server.url), deadline)

        assert deadline.passed


def test_a_pause_ends_with_the_whole_time() -> None:
    with Deadline(0.1, WHOLE) as deadline:
        deadline.wait(WHOLE)

        assert deadline.passed


def test_no_thread_is_left() -> None:
    before = threading.active_count()
    with Deadline(WHOLE, WHOLE):
        pass

    assert threading.active_count() == before
