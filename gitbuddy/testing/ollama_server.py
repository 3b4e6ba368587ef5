"""A real HTTP server that speaks Ollama's protocol and says what a script tells it.

    with OllamaServer(replies=["first reply", Reply("half", cut_after=1)]) as server:
        ... server.url ... server.requests

It keeps the rules that matter to a client: an unknown model is 404, a prompt beyond `num_ctx` is cut to half the window
unless `truncate` is off, a reply beyond `num_predict` ends with `length`, and a model stays loaded with its window.
As a program, `python -m gitbuddy.testing.ollama_server --replies FILE` prints its URL and serves until it is stopped.
FILE holds JSON lines: strings, or objects with fields of `Reply`. `--fault NAME` spoils them; `faults.py` has
the names.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from gitbuddy.testing import wire
from gitbuddy.testing.faults import FAULTS, Fault
from gitbuddy.testing.pulls import Download, serve
from gitbuddy.testing.replies import ChatRequest as ChatRequest
from gitbuddy.testing.replies import Reply as Reply
from gitbuddy.testing.replies import Script, in_order
from gitbuddy.testing.replies import ServedModel as ServedModel
from gitbuddy.testing.replies import read_replies as read_replies

MODEL = "qwen3.5:4b"
"""What is installed when nothing else is said."""
CHATS = ("/api/chat", "/api/generate", "/v1/chat/completions")


class OllamaServer:
    """Listens on a free port of 127.0.0.1 while the context is open. `requests` are the questions so far, in order.

    `script` answers each question, or `replies` do in their order; `reloads` counts how often a model had to be loaded,
    `turned_away` the questions for which there was no slot, `hang_ups` the clients that left in the middle. `fault`
    names what goes wrong, and `pace` stretches or shortens its times. `downloads` can be pulled, by name.
    """

    def __init__(
        self,
        replies: Iterable[Reply | str] = (),
        *,
        script: Script | None = None,
        models: Iterable[str | ServedModel] = (MODEL,),
        port: int = 0,
        fault: str = "",
        pace: float = 1.0,
    ) -> None:
        self.fault = FAULTS[fault] if fault else Fault("none")
        named = [ServedModel(model) if isinstance(model, str) else model for model in models]
        self.models = {model.name: model for model in named}
        self.requests: list[ChatRequest] = []
        self.loaded: dict[str, int] = {}
        self.downloads: dict[str, Download] = {}
        self.reloads = 0
        self.hang_ups = 0
        self.turned_away = 0
        self.stopped = threading.Event()
        self._script = script or in_order(replies)
        self._pace = pace
        self._pending = 0
        self._slots = threading.Semaphore(self.fault.slots or 1 << 16)
        self._lock = threading.Lock()
        self._http = _Http(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> OllamaServer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening and end the answers under way."""
        self.stopped.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def answer(self, request: ChatRequest) -> tuple[Reply, int]:
        """The script's reply as a server with limits would give it, and the prompt tokens it counted."""
        with self._lock:
            self.requests.append(request)
            loads = self.loaded.get(request.model) != request.window
            self.reloads += loads
            self.loaded[request.model] = request.window
        counted = wire.tokens(request.prompt)
        if request.path.startswith("/api/") and counted > request.window:
            if request.body.get("truncate") is False:
                words = f"request ({counted} tokens) exceeds the available context size ({request.window} tokens)"
                return Reply(status=400, error=words), counted
            counted = request.window // 2 + 2
        answer = self._script(request)
        spoiled = self.fault.spoil(request, Reply(answer) if isinstance(answer, str) else answer).at(self._pace)
        reply = wire.within(spoiled, request.max_output)
        if loads and self.fault.load:
            seconds = self.fault.load * self._pace
            reply = dataclasses.replace(reply, delay=reply.delay + seconds, loading=seconds)
        if self.fault.replaced:
            self._replace_model(request.model)
        return reply, counted if reply.prompt_tokens is None else reply.prompt_tokens

    @contextlib.contextmanager
    def slot(self) -> Iterator[bool]:
        """Wait for a slot; False when too many wait already."""
        most = (self.fault.slots or 1 << 16) + self.fault.queue
        with self._lock:
            full = self._pending >= most
            self.turned_away += full
            self._pending += not full
        if full:
            yield False
            return
        try:
            with self._slots:
                yield True
        finally:
            with self._lock:
                self._pending -= 1

    def _replace_model(self, name: str) -> None:
        with self._lock:
            model = self.models[name]
            self.models[name] = dataclasses.replace(model, revision=model.revision + "*")

    def hung_up(self) -> None:
        """Note that a client left in the middle of an answer."""
        with self._lock:
            self.hang_ups += 1


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], owner: OllamaServer) -> None:
        self.owner = owner
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves is not worth a traceback; a fault of the script is, and is printed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def do_GET(self) -> None:
        owner = self.server.owner
        models = list(owner.models.values())
        loaded = [(owner.models[name], window) for name, window in owner.loaded.items() if name in owner.models]
        bodies = {
            "/api/tags": wire.tags(models),
            "/api/ps": wire.ps(loaded),
            "/api/version": {"version": wire.VERSION},
            "/v1/models": wire.served(models),
        }
        if self.path in bodies:
            self._json(200, bodies[self.path])
        else:
            self._plain(404, b"404 page not found")

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            body = json.loads(data)
        except ValueError:
            return self._json(400, wire.error(self.path, "invalid JSON"))
        if self.path == "/api/pull":
            return serve(self.server.owner, str(body.get("model", "")), self._stream, self._json)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = ChatRequest(self.path, body, headers)
        model = self.server.owner.models.get(request.model or str(body.get("name", "")))
        if self.path not in (*CHATS, "/api/show"):
            return self._plain(404, b"404 page not found")
        if model is None:
            return self._json(404, wire.error(self.path, f"model '{request.model}' not found"))
        if self.path == "/api/show":
            return self._json(200, wire.show(model))
        with self.server.owner.slot() as free:
            if free:
                return self._chat(request)
            return self._json(503, wire.error(self.path, "server busy, please try again. maximum pending requests"))

    def _chat(self, request: ChatRequest) -> None:
        reply, counted = self.server.owner.answer(request)
        if reply.delay:
            self.server.owner.stopped.wait(reply.delay)
        if reply.raw is not None:
            return self._whole(reply.status, reply.body(), max(reply.size, len(reply.raw)), reply.headers)
        if reply.status != 200:
            return self._json(reply.status, wire.error(self.path, reply.error), reply.headers)
        openai = self.path.startswith("/v1/")
        if not request.stream:
            whole = wire.completion_whole if openai else wire.native_whole
            return self._json(200, whole(request, reply, counted), reply.headers)
        if openai:
            return self._stream("text/event-stream", wire.events(request, reply, counted), reply)
        ndjson = (json.dumps(line).encode() + b"\n" for line in wire.native(request, reply, counted))
        return self._stream("application/x-ndjson", ndjson, reply)

    def _stream(self, kind: str, frames: Iterator[bytes], reply: Reply) -> None:
        self._head(200, {"Content-Type": kind, "Transfer-Encoding": "chunked", **reply.headers})
        try:
            for frame in frames:
                if reply.pause:
                    self.server.owner.stopped.wait(reply.pause)
                self._frame(frame, reply.drip)
                if self.server.owner.stopped.is_set():
                    break
            if reply.cut_after is None or reply.cut_cleanly:
                self._frame(b"")
            else:
                self.close_connection = True
        except ConnectionError:
            self.server.owner.hung_up()
            self.close_connection = True

    def _frame(self, data: bytes, drip: float = 0.0) -> None:
        framed = b"%x\r\n%b\r\n" % (len(data), data)
        for part in [framed[at : at + 1] for at in range(len(framed))] if drip else [framed]:
            if drip and self.server.owner.stopped.wait(drip):
                return
            self.wfile.write(part)
            self.wfile.flush()

    def _json(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        self._plain(status, json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})})

    def _plain(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self._whole(status, [body], len(body), headers or {})

    def _whole(self, status: int, parts: Iterable[bytes], size: int, headers: Mapping[str, str]) -> None:
        self._head(status, {"Content-Type": "text/plain", "Content-Length": str(size), **headers})
        try:
            for part in parts:
                self.wfile.write(part)
        except ConnectionError:
            self.server.owner.hung_up()
            self.close_connection = True

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name of the base class
        """Say nothing: the requests are kept as values."""


def _the_same(_request: ChatRequest) -> str:
    return "I would change nothing."


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m gitbuddy.testing.ollama_server", description=__doc__)
    parser.add_argument(
        "--replies", type=Path, help="JSON lines: strings, or objects with fields of Reply (default: one, for ever)"
    )
    parser.add_argument("--model", action="append", help="name of an installed model (repeatable)")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--fault", choices=FAULTS, default="", metavar="NAME", help="what goes wrong, see below")
    parser.add_argument("--pace", type=float, default=1.0, help="how many times as long the times of the fault are")
    parser.epilog = "faults:\n" + "".join(f"  {name:18}{fault.words}\n" for name, fault in FAULTS.items())
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    options = parser.parse_args(arguments)
    models = options.model or [MODEL]
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # before the server's threads start, which inherit it
    script = in_order(read_replies(options.replies)) if options.replies else _the_same
    with OllamaServer(
        script=script, models=models, port=options.port, fault=options.fault, pace=options.pace
    ) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        signal.sigwait(ends)
    return 0


if __name__ == "__main__":
    sys.exit(main())
