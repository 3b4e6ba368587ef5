"""What answers the first question to a server and is no list of models: said in the same words for every protocol."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from gitbuddy.errors import ModelUnavailable
from gitbuddy.proposers.endpoint import Endpoint
from gitbuddy.proposers.prospects import identity_of
from gitbuddy.values import Tier


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """A server that says this, whatever it is asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


STRANGE: list[tuple[int, bytes, str, str]] = [
    (200, b"\n<!doctype html><title>Please log in</title>", "is a web page and no model server", "a proxy"),
    (302, b"", "answers with a redirect", "the address it points to"),
    (401, b'{"error": "no"}', "wants a valid key (status 401)", "GITBUDDY_API_KEY"),
    (502, b"<html>bad gateway</html>", "is not ready (status 502)", "try again"),
    (503, b'{"error": {"message": "Loading model"}}', "is not ready (status 503)", "has loaded its model"),
]


@pytest.mark.parametrize("proposer", ["ollama", "openai"])
@pytest.mark.parametrize(("status", "body", "words", "step"), STRANGE)
def test_an_answer_that_is_no_list_is_said_with_the_next_step(
    proposer: str, status: int, body: bytes, words: str, step: str
) -> None:
    with answering(status, body) as url, pytest.raises(ModelUnavailable) as caught:
        identity_of(Tier("fast", proposer, "some:4b", endpoint=url))

    assert words in caught.value.message
    assert caught.value.message.endswith(url)
    assert step in caught.value.hint


@pytest.mark.parametrize("proposer", ["ollama", "openai"])
def test_where_nothing_listens_both_settings_are_named(proposer: str) -> None:
    with pytest.raises(ModelUnavailable, match="no model server answers") as caught:
        identity_of(Tier("fast", proposer, "some:4b", endpoint="http://127.0.0.1:9"))

    assert "buddy.endpoint, or `endpoint` of the tier" in caught.value.hint


def test_silence_where_no_model_has_to_work_is_no_matter_of_loading_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, pytest.raises(ModelUnavailable) as caught:
        Endpoint(f"http://127.0.0.1:{listening.getsockname()[1]}").get("/api/tags", 0.2)

    assert "did not answer in time" in caught.value.message
    assert caught.value.hint.startswith("another program may be using this port")
