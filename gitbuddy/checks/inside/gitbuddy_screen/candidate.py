"""A candidate's own process: what it tells of its tests."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from typing import Any

from .lines import Lines, inside, loaded, stack, traced

AGAIN = 1.0
"""Seconds after which a test that swallowed its timeout is given up."""


class Late(BaseException):
    """A test took longer than it may. No `Exception`, so that few programs swallow it."""


class Candidate:
    """This process, which was forked for one request. `pipe` is where it tells how the tests ended."""

    def __init__(self, request: dict[str, Any], pipe: int) -> None:
        self.names, self.traces, self.each = request["tests"], request["trace"], request["each"]
        self.pipe, self.lines, self.has_failed = pipe, Lines(), False
        self.begin("")

    def collected(self) -> None:
        """What ran until now was imported."""
        if self.traces:
            self.tell({"imported": self.lines.told()})
            self.lines.forget()

    def begin(self, name: str) -> None:
        self.name, self.ended, self.trace, self.error = name, "passed", [("", 0)][:0], ""
        self.started, self.is_told = time.monotonic(), False
        if self.traces and name:
            signal.signal(signal.SIGALRM, self.late)
            signal.setitimer(signal.ITIMER_REAL, self.each, AGAIN)

    def skip(self) -> None:
        self.ended = "skipped" if self.ended == "passed" else self.ended

    def fail(self, error: BaseException) -> None:
        self.has_failed = True
        if not self.traces:
            self.finish("failed")
        if self.ended in ("passed", "skipped"):
            self.ended, self.trace, self.error = "failed", traced(error), said(error)

    def late(self, _: int, frame: Any) -> None:
        self.has_failed = True
        if self.is_told:
            self.finish("failed")
        self.ended, self.trace, self.error = "timeout", stack(frame), ""
        self.report()
        raise Late

    def end(self) -> None:
        if self.traces:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.report()
            self.lines.forget()

    def report(self) -> None:
        if not self.is_told:
            self.is_told = True
            seconds = round(time.monotonic() - self.started, 4)
            facts = {"id": self.name, "ended": self.ended, "seconds": seconds, "lines": self.lines.told()}
            self.tell({"test": {**facts, "trace": self.trace, "error": self.error}})

    def uncollected(self, file: str, trace: list[tuple[str, int]], error: str) -> None:
        if self.traces:
            self.has_failed = True
            facts = {"id": file, "ended": "failed", "seconds": 0.0, "lines": {}}
            self.tell({"test": {**facts, "trace": trace, "error": error}})

    def tell(self, value: object) -> None:
        data = json.dumps(value).encode() + b"\n"
        while data:
            data = data[os.write(self.pipe, data) :]

    def finish(self, ended: str) -> None:
        with contextlib.suppress(OSError):
            self.tell({"ended": ended})
        os._exit(0)


class Warming(Candidate):
    """Runs the tests as they are, and tells of the modules that are not the project's."""

    def collected(self) -> None:
        self.tell([name for name, file in loaded().items() if not inside(file)])

    def fail(self, error: BaseException) -> None:
        pass

    def end(self) -> None:
        self.collected()


def said(error: BaseException) -> str:
    """The class of a failure and the first line of its message."""
    try:
        lines = str(error).strip().splitlines()
    except Exception:
        lines = []
    return ": ".join([type(error).__name__, *lines[:1]])[:300]
