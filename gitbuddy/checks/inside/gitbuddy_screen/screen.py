"""The requests, the candidates that run, and the answers."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .candidate import Candidate, Warming
from .files import Kept
from .zygote import LONGEST_START, Kind, Zygote, forget_project, import_all

VARIABLE = "GITBUDDY_SCREEN"
ENDINGS = ("passed", "failed", "broken", "timeout")
IDLE, PAUSE = 60.0, 0.003
MOST_READ, MOST_TOLD = 1 << 16, 32 << 20
LONGEST_RUN = 1.0
"""Seconds that the tests run to find out what they import late: one of them may have no end."""
MOST_BIRTHS = 100
"""Of zygotes: candidates may kill them."""


class Running:
    """A candidate on its way, and what it told."""

    def __init__(self, request: dict[str, Any], pid: int, pipe: int) -> None:
        self.request, self.pid, self.pipe = request, pid, pipe
        self.started = time.monotonic()
        self.deadline = self.started + request["seconds"]
        self.told, self.ended = bytearray(), ""

    def read(self) -> None:
        data = os.read(self.pipe, MOST_READ)
        self.told += data
        last = self.told.rfind(b"\n", 0, -1) + 1
        is_last = data.endswith(b"\n") and self.told.startswith(b'{"ended"', last)
        if is_last or not data or len(self.told) > MOST_TOLD:
            self.ended = "broken"

    def lines(self) -> Iterator[Any]:
        for line in self.told.split(b"\n"):
            with contextlib.suppress(ValueError, RecursionError):
                yield json.loads(line)

    def answer(self) -> dict[str, Any]:
        told = [value for value in self.lines() if isinstance(value, dict)]
        said = [value["ended"] for value in told if value.get("ended") in ENDINGS]
        ended = said[-1] if said and self.ended != "timeout" else self.ended
        seconds = round(time.monotonic() - self.started, 4)
        facts = {"id": self.request["id"], "ended": ended, "seconds": seconds}
        if not self.request["trace"]:
            return facts
        imported: object = next((value["imported"] for value in told if "imported" in value), {})
        return {**facts, "imported": imported, "tests": [value["test"] for value in told if "test" in value]}

    def kill(self) -> None:
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(self.pid, signal.SIGKILL)


class Screen:
    """All of it. Nothing of the project is loaded in this process."""

    def __init__(self, kind: Kind) -> None:
        settings = json.loads(os.environ.pop(VARIABLE))
        self.kind, self.workers, self.memory = kind, int(settings["workers"]), int(settings["memory"])
        self.source, self.requests = -1, settings["requests"]
        self.answers = os.open(settings["answers"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.waiting: list[dict[str, Any]] = []
        self.running: list[Running] = []
        self.zygotes: dict[int, Zygote] = {}
        self.names: list[str] | None = None
        self.unread, self.is_open, self.is_hurt, self.births, self.number = b"", True, False, 0, 0
        self.busy = time.monotonic()

    def run(self) -> None:
        """Until there is nothing more to do; ends the process."""
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in range(3):
            os.dup2(nothing, number)
        self.answer({"ready": True})
        self.folder = Path(tempfile.mkdtemp(prefix="s"))
        sys.pycache_prefix, sys.dont_write_bytecode = str(self.folder / "c"), True
        self.kept = Kept()
        while self.is_open or self.waiting or self.running:
            self.step()
        for zygote in self.zygotes.values():
            zygote.end()
        shutil.rmtree(self.folder, ignore_errors=True)
        os._exit(0)

    def step(self) -> None:
        self.read()
        if self.is_hurt and not self.running:
            self.kept.restore()
            self.is_hurt = False
        while self.waiting and len(self.running) < self.workers and not self.is_hurt:
            self.start(self.waiting.pop(0))
        now = time.monotonic()
        until = min([now + PAUSE, *(one.deadline for one in self.running)])
        ready = select.select([one.pipe for one in self.running], [], [], max(0.0, until - now))[0]
        for one in list(self.running):
            if one.pipe in ready:
                one.read()
            elif one.deadline <= time.monotonic():
                one.ended = "timeout"
            if one.ended:
                self.finish(one)
        if self.running or self.waiting:
            self.busy = time.monotonic()
        self.is_open = self.is_open and time.monotonic() - self.busy < IDLE

    def answer(self, value: dict[str, Any]) -> None:
        data = json.dumps(value).encode() + b"\n"
        while data:
            data = data[os.write(self.answers, data) :]

    def read(self) -> None:
        if self.is_open and self.source < 0:
            with contextlib.suppress(FileNotFoundError):
                self.source = os.open(self.requests, os.O_RDONLY)
        data = os.read(self.source, MOST_READ) if self.is_open and self.source >= 0 else b""
        *lines, self.unread = (self.unread + data).split(b"\n")
        for line in lines:
            try:
                value = json.loads(line)
                self.is_open = self.is_open and value.get("end") is not True
                self.waiting += [checked(value)] if "end" not in value else []
                if value.get("now") is True:
                    self.drop()
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                self.answer({"id": None, "ended": "refused"})

    def drop(self) -> None:
        """Nobody waits for an answer any more."""
        self.waiting.clear()
        for one in self.running:
            one.ended = "timeout"

    def start(self, request: dict[str, Any]) -> None:
        self.number += 1
        folder = self.folder / str(self.number)
        folder.mkdir(parents=True)
        request["folder"] = str(folder)
        if self.names is None:
            self.names = self.foreign(request)
        for zygote in self.fitting(request):
            reading, writing = os.pipe()
            pid = zygote.fork(request, writing)
            os.close(writing)
            if pid:
                self.running.append(Running(request, pid, reading))
                return
            os.close(reading)
        self.answer({"id": request["id"], "ended": "broken", "seconds": 0.0})

    def fitting(self, request: dict[str, Any]) -> Iterator[Zygote]:
        """Zygotes that have loaded nothing of what is edited, the deepest first."""
        for depth in range(self.kind.depths - 1, 0, -1):
            if not request["trace"] and self.zygote(depth).files.isdisjoint(request["edits"]):
                yield self.zygote(depth)
        yield self.zygote(0)
        yield self.zygote(0)

    def zygote(self, depth: int) -> Zygote:
        there = self.zygotes.get(depth)
        if there is None or (there.was_alive and not there.is_alive and self.births < MOST_BIRTHS):
            if there:
                there.end()
            self.births += 1
            self.zygotes[depth] = Zygote(lambda become: self.grow(depth, become), self.memory, self.kept, self.leave)
        return self.zygotes[depth]

    def grow(self, depth: int, become: Callable[[], Candidate]) -> None:
        import_all(self.names or [])
        if depth == 0:
            forget_project()
            candidate = become()
            self.kind.run(0, lambda: candidate)
        self.kind.run(depth, become)

    def leave(self) -> None:
        """What this process has open is not for a process forked from it."""
        for number in [self.answers, self.source, *(one.pipe for one in self.running)]:
            os.close(number)
        for zygote in self.zygotes.values():
            zygote.socket.close()

    def finish(self, one: Running) -> None:
        one.kill()
        os.close(one.pipe)
        self.running.remove(one)
        shutil.rmtree(one.request["folder"], ignore_errors=True)
        self.is_hurt = self.is_hurt or bool(self.kept.changed())
        self.answer(one.answer())

    def foreign(self, request: dict[str, Any]) -> list[str]:
        """Modules that the tests import and that are not the project's; a process of its own finds out."""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.setpgid(0, 0)
                self.leave()
                sys.dont_write_bytecode = False
                candidate = Warming({**request, "trace": False}, writing)
                self.kind.run(0, lambda: candidate)
            finally:
                os._exit(70)
        os.close(writing)
        one = Running({**request, "seconds": LONGEST_START}, pid, reading)
        while not one.ended and select.select([reading], [], [], max(0.0, one.deadline - time.monotonic()))[0]:
            one.read()
            one.deadline = min(one.deadline, time.monotonic() + LONGEST_RUN)
        one.kill()
        os.waitpid(pid, 0)
        os.close(reading)
        self.kept.restore()
        told = [value for value in one.lines() if isinstance(value, list)]
        return [str(name) for name in told[-1]] if told else []


def checked(value: dict[str, Any]) -> dict[str, Any]:
    """The request; raises ValueError and the like for what is none."""
    edits = {str(path): [(int(a), int(b), str(text)) for a, b, text in some] for path, some in value["edits"].items()}
    seconds, each = float(value["seconds"]), float(value.get("each", 5))
    strays = [path for path in edits if path.startswith("/") or ".." in path.split("/")]
    if strays or not (0 < seconds < 1e6 and 0 < each < 1e6):
        raise ValueError(strays)
    facts = {"id": value["id"], "edits": edits, "tests": [str(name) for name in value["tests"]]}
    return {**facts, "seconds": seconds, "each": each, "trace": bool(value.get("trace"))}
