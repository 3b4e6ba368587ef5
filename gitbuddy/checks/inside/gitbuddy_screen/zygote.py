"""Processes that have loaded much and fork a candidate for each request."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import signal
import socket
import sys
import tempfile
import warnings
from collections.abc import Callable
from typing import Any, Protocol

from .candidate import Candidate
from .files import Kept
from .lines import ROOT, inside, loaded

LONGEST_START, LONGEST_FORK = 30.0, 5.0


class Kind(Protocol):
    """How tests are run: by pytest or by unittest."""

    depths: int
    """How many points there are at which `become` can be called; 0 is before anything of the project was loaded."""

    def run(self, depth: int, become: Callable[[], Candidate]) -> None:
        """Run the tests that the candidate names; ends the process, where it comes to `become`."""
        ...


class Zygote:
    """One such process. `files` are those of the project that it has loaded, which no edit can reach any more."""

    def __init__(
        self, grow: Callable[[Callable[[], Candidate]], None], memory: int, kept: Kept, leave: Callable[[], None]
    ) -> None:
        self.socket, theirs = socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.setpgid(0, 0)
                self.socket.close()
                leave()
                grow(lambda: _wait(theirs, memory, kept))
            finally:
                os._exit(70)
        theirs.close()
        self.socket.settimeout(LONGEST_START)
        self.files = set(json.loads(self._receive() or b"[]"))
        self.is_alive = self.was_alive = bool(self.files)
        self.socket.settimeout(LONGEST_FORK)

    def _receive(self) -> bytes:
        try:
            return _received(self.socket, int.from_bytes(_received(self.socket, 8), "big"))
        except OSError:
            return b""

    def fork(self, request: dict[str, Any], pipe: int) -> int:
        """The candidate's process; 0 if there is none."""
        try:
            data = json.dumps(request).encode()
            socket.send_fds(self.socket, [len(data).to_bytes(8, "big")], [pipe])
            self.socket.sendall(data)
            pid = int(self._receive() or b"0")
        except OSError:
            pid = 0
        self.is_alive = pid > 0
        return pid

    def end(self) -> None:
        self.socket.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def _received(ours: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        more = ours.recv(size - len(data))
        if not more:
            raise OSError
        data += more
    return bytes(data)


def _send(ours: socket.socket, data: bytes) -> None:
    ours.sendall(len(data).to_bytes(8, "big") + data)


def import_all(names: list[str]) -> None:
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def forget_project() -> None:
    for name in [name for name, file in loaded().items() if inside(file)]:
        del sys.modules[name]


def _wait(ours: socket.socket, memory: int, kept: Kept) -> Candidate:
    """Fork for each request until there is none; what returns is the candidate, in a process of its own."""
    _send(ours, json.dumps([*filter(None, map(inside, loaded().values())), ""]).encode())
    gc.collect()
    gc.freeze()  # else each child would go through, and so copy, all that was there before it
    children: list[int] = []
    while True:
        head, pipes, _, _ = socket.recv_fds(ours, 8, 1)
        if not head:
            os._exit(0)
        request = json.loads(_received(ours, int.from_bytes(head, "big")))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of threads that a conftest has started
            pid = os.fork()
        if pid == 0:
            ours.close()
            return _become(request, pipes[0], memory, kept)
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)
        os.close(pipes[0])
        children = [child for child in [*children, pid] if not _is_gone(child)]
        _send(ours, str(pid).encode())


def _is_gone(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def _become(request: dict[str, Any], pipe: int, memory: int, kept: Kept) -> Candidate:
    candidate = Candidate(request, pipe)
    try:
        os.setpgid(0, 0)
        os.chdir(ROOT)
        os.environ["TMPDIR"] = tempfile.tempdir = request["folder"]
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        kept.lay_over(request["edits"])
        if request["trace"]:
            candidate.lines.watch()
    except Exception:
        candidate.finish("broken")
    return candidate
