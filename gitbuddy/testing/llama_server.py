"""The real llama.cpp server, without a model worth the name, and saying what a script tells it.

    with LlamaServer(write(folder / "tiny.gguf"), replies=["first reply", "second"]) as server:
        ... server.url ... server.requests

Everything is llama.cpp's own: tokens, slots, streaming, counts, schemas, errors. A script makes the model speak byte
for byte: a thin proxy adds to the question a grammar that allows this one answer. A `Reply` that carries a status or
`raw` bytes is the proxy's own answer. Without replies and script there is no proxy. Needs `xllamacpp`.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import select
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from gitbuddy.testing.replies import ChatRequest, Reply, Script, in_order

CHAT = "/v1/chat/completions"
PROGRAM = "gitbuddy.proposers.llama"
"""The one that the proposer `embedded` starts."""
START = 60.0
"""Seconds that the server may take to load: machines that run tests are busy."""
OWN = ("response_format", "grammar", "json_schema")
"""Fields of the question that a scripted answer takes the place of."""


class LlamaServer:
    """Serves this GGUF file on 127.0.0.1 while the context is open, each of the `slots` with the whole `window`.

    `direct` is the real server's address, `url` the one to use: the proxy's, where there is one.
    """

    def __init__(
        self,
        model: Path,
        replies: Iterable[Reply | str] | None = None,
        *,
        script: Script | None = None,
        window: int = 32768,
        slots: int = 1,
        key: str = "",
    ) -> None:
        self.requests: list[ChatRequest] = []
        self.direct = ""
        self._key = key
        # Threads wait for each other by turning round and round, which is slow where others want the processors.
        options = ["--model", str(model), "--window", str(window), "--slots", str(slots), "--threads", "1"]
        self._command = [sys.executable, "-P", "-m", PROGRAM, *options]
        self._script = script or (None if replies is None else in_order(replies))
        self._opened = contextlib.ExitStack()

    @property
    def url(self) -> str:
        return self.direct if self._script is None else self._proxy.url

    def __enter__(self) -> LlamaServer:
        with contextlib.ExitStack() as opened:
            self.direct = opened.enter_context(running(self._command, self._key))
            if self._script:
                self._proxy = opened.enter_context(_Proxy(self.direct, self._script, self.requests))
            self._opened = opened.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._opened.close()

    def busy(self) -> int:
        """How many slots are at work now, as the server says."""
        return sum(bool(slot["is_processing"]) for slot in self.ask("/slots"))

    def ask(self, path: str) -> Any:
        """The JSON that the real server has behind this path."""
        where = urlsplit(self.direct)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=START)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Authorization": f"Bearer {self._key}"} if self._key else {})
            return json.loads(connection.getresponse().read())


@contextlib.contextmanager
def running(command: Sequence[str], key: str) -> Iterator[str]:
    """The address of the server that this command starts; it ends with its input."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, start_new_session=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(f"{key}\n")
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], START)
            address = process.stdout.readline().strip() if ready else ""
            if not address:
                raise RuntimeError(f"the llama.cpp server did not start: {' '.join(command)}")
            yield address
        finally:
            process.kill()


def literal(text: str) -> str:
    """A grammar of llama.cpp that allows this text and nothing else. It cannot speak of the character NUL."""
    escaped = {'"': '\\"', "\\": "\\\\"} | {chr(code): f"\\x{code:02X}" for code in (*range(32), 127)}
    return 'root ::= "' + "".join(escaped.get(character, character) for character in text) + '"'


class _Proxy(ThreadingHTTPServer):
    """Passes everything on to the server at `upstream`; what the model is to say goes with the question."""

    daemon_threads = True

    def __init__(self, upstream: str, script: Script, requests: list[ChatRequest]) -> None:
        where = urlsplit(upstream)
        self.upstream = (where.hostname or "", where.port)
        self.script = script
        self.requests = requests
        super().__init__(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> _Proxy:
        self._thread.start()
        return self

    def __exit__(self, *_ignored: object) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves is not worth a traceback; a fault of the script is, and is printed."""
        if not isinstance(sys.exception(), ConnectionError | http.client.HTTPException):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Proxy

    def do_GET(self) -> None:
        self._pass_on(b"")

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path != CHAT:
            return self._pass_on(data)
        body = json.loads(data)
        request = ChatRequest(self.path, body, {name.lower(): value for name, value in self.headers.items()})
        self.server.requests.append(request)
        answer = self.server.script(request)
        reply = Reply(answer) if isinstance(answer, str) else answer
        if reply.raw is not None or reply.status != 200:
            return self._own(reply)
        kept = {name: value for name, value in body.items() if name not in OWN}
        return self._pass_on(json.dumps({**kept, "grammar": literal(reply.text)}).encode())

    def _pass_on(self, data: bytes) -> None:
        """Ask the real server and hand back its bytes as they come; whoever leaves is left by us too."""
        names = ("content-type", "authorization", "accept")
        headers = {name: self.headers[name] for name in names if name in self.headers}
        with contextlib.closing(http.client.HTTPConnection(*self.server.upstream)) as upstream:
            upstream.request(self.command, self.path, data or None, headers)
            response = upstream.getresponse()
            self.send_response(response.status)
            self.send_header("Content-Type", response.getheader("content-type", "application/json"))
            self.end_headers()
            while chunk := response.read1(1 << 16):
                self.wfile.write(chunk)
                self.wfile.flush()

    def _own(self, reply: Reply) -> None:
        told = {"error": {"message": reply.error}} if isinstance(reply.error, str) else {"error": reply.error}
        body = json.dumps(told).encode() if reply.raw is None else reply.raw
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name of the base class
        """Say nothing: the questions are kept as values."""
