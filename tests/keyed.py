"""A proxy in front of a model server that wants a key, as companies have one."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass
class Keyed:
    """`url` is the proxy's; `strangers` counts the questions that came without the key."""

    url: str = ""
    strangers: int = 0


@contextmanager
def keyed(upstream: str, key: str) -> Iterator[Keyed]:
    """Passes on to `upstream` what comes with this key."""
    found, where = Keyed(), urlsplit(upstream)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.headers["authorization"] != f"Bearer {key}":
                found.strangers += 1
                return self._answer(401, b'{"error": "unauthorized"}')
            with closing(http.client.HTTPConnection(where.hostname or "", where.port)) as server:
                server.request(self.command, self.path, data or None)
                response = server.getresponse()
                return self._answer(response.status, response.read())

        do_POST = do_GET  # noqa: N815 -- the name of the base class

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as proxy:
        found.url = f"http://127.0.0.1:{proxy.server_address[1]}"
        threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield found
        finally:
            proxy.shutdown()
