"""A warm pytest: starts once, and runs chosen tests for each candidate in a process forked for it.

    python gitbuddy_screen.py [--workers N] [--memory BYTES] [option of pytest ...] < requests > answers

One JSON object a line. A request: `{"id": 7, "files": {"a.py": "<its text>"}, "tests": ["test_a.py::test_x"],
"seconds": 2}`; `files` are what the candidate changes, by their path from the current folder, and are laid over the
imports: nothing is written. The first answer is `{"ready": true}`; then one for each request, in the order in which
they end: `{"id": 7, "ended": "passed", "seconds": 0.1}`, where `ended` is `passed`, `failed` (a test did), `broken`
(pytest could not run them) or `timeout`. A line that is no request is answered `{"id": null, "ended": "refused"}`. It
ends with the requests.

Modules of the candidate's folder are imported afresh by each, all others once, from the first request on. What it
answers was said beside the candidate's own code, and so decides what is looked at closely, never what is right.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import json
import os
import resource
import select
import signal
import sys
import time
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ENDINGS = {0: "passed", 1: "failed"}
MOST_READ = 1 << 16
LONGEST_WARMING = 30.0


class Running(NamedTuple):
    """A candidate on its way. `pipe` is at its end when the process and all it started are gone."""

    number: object
    pid: int
    pipe: int
    started: float
    deadline: float


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--memory", type=int, default=0)
    options, words = parser.parse_known_args()
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    sys.path.insert(0, str(Path.cwd()))
    sys.dont_write_bytecode = True
    Screen(answers, options.workers, options.memory, words).run()


class Screen:
    """The requests that wait, and the candidates that run."""

    def __init__(self, answers: Any, workers: int, memory: int, words: list[str]) -> None:
        self.answers, self.workers, self.memory, self.words = answers, workers, memory, words
        self.waiting: list[dict[str, Any]] = []
        self.running: list[Running] = []
        self.unread, self.is_open, self.is_warm = b"", True, False

    def run(self) -> None:
        self.answer({"ready": True})
        while self.is_open or self.waiting or self.running:
            while self.waiting and len(self.running) < self.workers:
                self.start(self.waiting.pop(0))
            pipes = [one.pipe for one in self.running]
            until = min((one.deadline for one in self.running), default=time.monotonic() + 60)
            ready = select.select(pipes + [0] * self.is_open, [], [], max(0.0, until - time.monotonic()))[0]
            if 0 in ready:
                self.read()
            for one in list(self.running):
                if one.pipe in ready or one.deadline <= time.monotonic():
                    self.finish(one, one.pipe not in ready)

    def answer(self, value: dict[str, Any]) -> None:
        self.answers.write(json.dumps(value) + "\n")

    def read(self) -> None:
        data = os.read(0, MOST_READ)
        self.is_open = bool(data)
        *lines, self.unread = (self.unread + data).split(b"\n")
        for line in lines:
            try:
                value = json.loads(line)
                checked = {**value, "files": dict(value["files"]), "seconds": float(value["seconds"])}
                self.waiting.append({**checked, "tests": [str(name) for name in value["tests"]], "id": value["id"]})
            except (ValueError, TypeError, KeyError):
                self.answer({"id": None, "ended": "refused"})

    def start(self, request: dict[str, Any]) -> None:
        if not self.is_warm:
            self.is_warm = True
            self.warm(request)
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            code = 70
            try:
                self.become(request)
                code = self.test(request["tests"])
            finally:
                os._exit(code)
        os.close(writing)
        now = time.monotonic()
        self.running.append(Running(request["id"], pid, reading, now, now + request["seconds"]))

    def finish(self, one: Running, is_late: bool) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(one.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):  # before it had a group of its own
            os.kill(one.pid, signal.SIGKILL) if is_late else None
        status = os.waitpid(one.pid, 0)[1]
        os.close(one.pipe)
        self.running.remove(one)
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1
        ended = "timeout" if is_late else ENDINGS.get(code, "broken")
        self.answer({"id": one.number, "ended": ended, "seconds": round(time.monotonic() - one.started, 4)})

    def become(self, request: dict[str, Any]) -> None:
        """From here on this process is the candidate."""
        os.setpgid(0, 0)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        self.answers.detach()
        if self.memory:
            resource.setrlimit(resource.RLIMIT_AS, (self.memory, self.memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        lay_over({str(Path(path).resolve()): text.encode() for path, text in request["files"].items()})

    def test(self, names: list[str]) -> int:
        return int(pytest.main(["-x", "-q", "--no-header", "-p", "no:cacheprovider", *self.words, *names]))

    def warm(self, request: dict[str, Any]) -> None:
        """Import what the tests import that is not the project's; a process of its own finds out what that is."""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.setpgid(0, 0)
                self.answers.detach()
                signal.alarm(int(LONGEST_WARMING))
                self.test([*request["tests"], "--collect-only"])
                os.write(writing, "\n".join(foreign(Path.cwd())).encode()[: MOST_READ // 2])
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            names = pipe.read().decode().split("\n")
        os.waitpid(pid, 0)
        for name in names:
            with contextlib.suppress(Exception):
                importlib.import_module(name)
        gc.collect()
        gc.freeze()  # else each child would go through, and so copy, all that was there before it


def foreign(root: Path) -> list[str]:
    """Names of the modules that are loaded and lie outside a folder, or in an environment within it."""
    files = {name: getattr(module, "__file__", None) for name, module in list(sys.modules.items())}
    paths = {name: Path(file) for name, file in files.items() if file and name != "__main__"}
    return [name for name, path in paths.items() if not path.is_relative_to(root) or "site-packages" in path.parts]


def lay_over(files: dict[str, bytes]) -> None:
    """Imports of these paths read these bytes, and no compiled form of what is on the disk."""
    read, stat = SourceFileLoader.get_data, SourceFileLoader.path_stats

    def get_data(self: SourceFileLoader, path: str) -> bytes:
        return files[path] if path in files else read(self, path)

    def path_stats(self: SourceFileLoader, path: str) -> Any:
        if path in files:
            raise OSError
        return stat(self, path)

    SourceFileLoader.get_data, SourceFileLoader.path_stats = get_data, path_stats  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    main()
