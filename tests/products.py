"""Model servers of other products, as far as their answers to a few questions go: real HTTP, scripted."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any]
"""A status, and JSON or bytes."""


@dataclass
class Product:
    """`pages` are answers to GET by path, `post` answers the rest; what was posted is kept in `posted`."""

    pages: Mapping[str, Any]
    post: Callable[[str, Any], Answer] = lambda _path, _body: (404, {"error": "not found"})
    posted: list[tuple[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""


@contextmanager
def serving(product: Product, tls: ssl.SSLContext | None = None) -> Iterator[Product]:
    """Serve it on a free port of 127.0.0.1, over TLS with the given certificate."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            product.asked.append(self.path)
            self._answer((200, product.pages[self.path]) if self.path in product.pages else (404, {"detail": "no"}))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))
            product.posted.append((self.path, body))
            self._answer(product.post(self.path, body))

        def _answer(self, answer: Answer) -> None:
            data = answer[1] if isinstance(answer[1], bytes) else json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name of the base class
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that does not trust the certificate is what some tests are about."""

    server = Quiet(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    product.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    try:
        yield product
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def completion(text: str, prompt_tokens: int = 20, **message: Any) -> Answer:
    """An answer of /v1/chat/completions in one piece."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text, **message}, "finish_reason": "stop"}
    return 200, {"choices": [choice], "usage": {"prompt_tokens": prompt_tokens, "completion_tokens": 5}}


def models(*names: str, **facts: Any) -> dict[str, Any]:
    """An answer of /v1/models."""
    return {"object": "list", "data": [{"id": name, "object": "model", **facts} for name in names]}
