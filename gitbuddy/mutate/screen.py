"""The warm runner from the outside: requests go into a file that it follows, its answers come from another.

What runs inside is `checks/inside/gitbuddy_screen.py`, whose docstring is the protocol. Its answers were written
beside the candidate's own code: they are read within bounds, and what does not look like an answer is passed over.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from threading import Thread
from typing import Any

from gitbuddy.mutate.inside import Inside
from gitbuddy.values import CompletedCommand

MODULE, VARIABLE = "gitbuddy_screen", "GITBUDDY_SCREEN"
ENDINGS = frozenset({"passed", "failed", "broken", "timeout"})
LONGEST_LINE = 64 << 20
"""Bytes of one answer: that of a traced run names every line that ran."""
MOST_READ = 1 << 30
MEMORY = 2 << 30
"""Bytes that one candidate may hold; a mutant that eats memory shall fail early."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a request ended. `raw` is all that was said, for who asked for more."""

    number: int
    ended: str
    seconds: float
    raw: Mapping[str, Any]


@dataclass
class Screen:
    """One warm runner. `done` is set once it has ended, by itself or not."""

    requests: Path
    said: FileIO
    done: CompletedCommand | None = None
    _asked: set[int] = field(default_factory=set)
    _unread: bytes = b""
    _read: int = 0
    ready: bool = False

    def ask(self, number: int, **request: Any) -> None:
        """Queue a request; the fields are those of the protocol."""
        self._asked.add(number)
        self._tell({"id": number, **request})

    def answers(self) -> Iterator[Answer]:
        """What was answered since the last time."""
        data = self.said.read(1 << 20)
        self._read += len(data)
        self._unread += data
        if len(self._unread) > LONGEST_LINE or self._read > MOST_READ:
            self._unread = b""
        *lines, self._unread = self._unread.split(b"\n")
        for line in lines:
            raw = _object(line)
            self.ready = self.ready or raw.get("ready") is True
            number, ended = raw.get("id"), raw.get("ended")
            if isinstance(number, int) and number in self._asked and ended in ENDINGS:
                self._asked.discard(number)
                yield Answer(number, str(ended), believable(raw.get("seconds")), raw)

    def end(self) -> None:
        """Tell it to end; what was not answered yet is not answered any more."""
        self._tell({"end": True, "now": True})

    def _tell(self, value: Mapping[str, Any]) -> None:
        with self.requests.open("ab") as file:
            file.write(json.dumps(value).encode() + b"\n")


@contextmanager
def screening(inside: Inside, workers: int, seconds: float) -> Iterator[Screen]:
    """A warm runner for the time of the block, and for `seconds` at most."""
    requests, answers = inside.folders.tools / "requests.jsonl", inside.folders.reports / "answers.jsonl"
    requests.write_bytes(b"")
    answers.write_bytes(b"")
    facts = {"requests": str(requests), "answers": str(answers), "workers": workers, "memory": MEMORY}
    with answers.open("rb", buffering=0) as said:
        screen = Screen(requests, said)

        def run() -> None:
            try:
                screen.done = inside.run(MODULE, VARIABLE, facts, seconds)
            except Exception as error:
                screen.done = CompletedCommand(None, str(error).encode(), 0.0)

        thread = Thread(target=run, name="screen", daemon=True)
        thread.start()
        try:
            yield screen
        finally:
            screen.end()
            thread.join()


def _object(line: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def believable(value: object) -> float:
    """A number of seconds that was said, 0 where none was."""
    fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6
    return float(value) if fits else 0.0  # type: ignore[arg-type]


def workers() -> int:
    """Candidates at once: as many as there are processors for us."""
    return len(os.sched_getaffinity(0))
