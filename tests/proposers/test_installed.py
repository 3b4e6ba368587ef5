from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from gitbuddy.errors import ModelUnavailable
from gitbuddy.proposers.endpoint import Endpoint
from gitbuddy.proposers.installed import InstalledModel, list_models
from gitbuddy.testing.ollama_server import OllamaServer, ServedModel


def test_the_models_of_a_server_are_listed_in_its_order() -> None:
    served = [
        ServedModel("a:7b", size=5, parameters="7.6B", quantization="Q4_0", family="qwen2"),
        ServedModel("b", remote=True),
    ]
    with OllamaServer(models=served) as server:
        models = list_models(Endpoint(server.url), 10)

    assert models[0] == InstalledModel("a:7b", 5, 7.6, "Q4_0", served[0].digest, "qwen2")
    assert [model.remote for model in models] == [False, True]


def test_an_empty_server_has_no_models() -> None:
    with OllamaServer(models=[]) as server:
        assert list_models(Endpoint(server.url), 10) == ()


def test_a_dead_endpoint_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ModelUnavailable, match=f"no model server answers at: http://127.0.0.1:{port}"):
        list_models(Endpoint(f"http://127.0.0.1:{port}"), 10)


@pytest.fixture(
    params=[b"{}", b'{"models": 3}', b'{"models":[{"nam":"x"}]}', b"\xff", b'{"models":[' + b" " * (9 << 20)]
)
def stranger(request: pytest.FixtureRequest) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(request.param)

        def log_message(self, *_: object) -> None: ...

        def handle(self) -> None:
            with contextlib.suppress(ConnectionError):
                super().handle()

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_server_that_is_not_ollama_is_named(stranger: str) -> None:
    with pytest.raises(ModelUnavailable, match="does not list models as Ollama does") as caught:
        list_models(Endpoint(stranger), 10)

    assert "openai" in caught.value.hint
