"""Several jobs at once: one child process each, so that a crash or a kill takes nobody else along."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from gitbuddy.core.schedule import Standing
from gitbuddy.errors import ModelUnavailable
from gitbuddy.session import Session, standings_of
from gitbuddy.values import Event


@dataclass(frozen=True, slots=True)
class Result:
    """How one job of the crew ended: the exit code of `git buddy run` and its outcome as data."""

    standing: Standing
    exit_code: int
    outcome: Mapping[str, Any]


class Crew:
    """Runs ready tasks, at most `size` at a time, until none is left that has not been tried."""

    def __init__(self, session: Session, flags: Mapping[str, str], size: int) -> None:
        self._session = session
        self._flags = flags
        self._size = size
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._ended: queue.Queue[Result] = queue.Queue()

    def work(self) -> tuple[Result, ...]:
        """Run what is ready, and what becomes ready by it. Ctrl-C is passed on, and every child is waited for."""
        results: list[Result] = []
        tried: set[str] = set()
        try:
            while self._start_ready(tried, results) or self._running:
                result = self._ended.get()
                del self._running[result.standing.task.id]
                results.append(result)
        except BaseException:
            self._stop()
            raise
        return tuple(results)

    def _start_ready(self, tried: set[str], results: list[Result]) -> bool:
        """Start what there is room for. Once no model answers, nothing new is started."""
        if any(result.exit_code == ModelUnavailable.exit_code for result in results):
            return False
        standings, _ = standings_of(self._session)
        ready = [standing for standing in standings if standing.state == "ready" and standing.task.id not in tried]
        free = self._size - len(self._running)
        for standing in ready[:free]:
            tried.add(standing.task.id)
            self._start(standing)
        return bool(ready[:free])

    def _start(self, standing: Standing) -> None:
        flags = [word for name, value in self._flags.items() for word in (f"--{name}", value)]
        arguments = ["-C", str(self._session.repo.top), "run", "--job", standing.task.id, *flags]
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "gitbuddy", *arguments, "--json", "--log-format", "json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._running[standing.task.id] = child
        threading.Thread(target=self._follow, args=(standing, child), daemon=True).start()

    def _follow(self, standing: Standing, child: subprocess.Popen[bytes]) -> None:
        said = threading.Thread(target=self._relay, args=(standing, child.stderr), daemon=True)
        said.start()
        output = child.stdout.read() if child.stdout else b""
        said.join()
        self._ended.put(Result(standing, child.wait(), json.loads(output) if output else {}))

    def _relay(self, standing: Standing, stream: IO[bytes] | None) -> None:
        for line in stream or ():
            self._session.emit(_event_of(line, standing.task.id))

    def _stop(self) -> None:
        for child in self._running.values():
            child.send_signal(signal.SIGINT)
        for child in self._running.values():
            child.wait()


def _event_of(line: bytes, job: str) -> Event:
    """A child's JSON line as the event it was; any other line (its error) as a notice."""
    text = line.decode("utf-8", "replace").rstrip()
    try:
        data = json.loads(text)
        return Event(data.pop("event"), data.pop("job", job), data)
    except (ValueError, KeyError, AttributeError):
        return Event("notice", job, {"words": text})
