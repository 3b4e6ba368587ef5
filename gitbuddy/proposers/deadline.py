"""The end of a call to a server, however slowly its bytes drip.

A read time-out starts anew with every byte, so it bounds silence and not the call. Here the connection is shut down
at the deadline instead, and whoever reads it sees its end.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any

OPENED = ("connection.connect_tcp.complete", "connection.start_tls.complete")
"""Events of httpcore's `trace` extension that hand out a connection (its documentation, "Request extensions")."""


class Deadline:
    """`seconds` from now, or after `idle` seconds of silence once the answer has begun, the call's connections end.

    A context manager. `watch` is the trace hook that learns of connections, `beats` passes the answer's chunks on.
    `first` are the seconds for the first chunk after `asked`; as long as the whole unless given.
    """

    def __init__(self, seconds: float, idle: float, first: float | None = None) -> None:
        self._end = time.monotonic() + seconds
        self._idle = idle
        self._first = seconds if first is None else first
        self._asked = time.monotonic()
        self._heard = 0.0
        self._stalled = False
        self._late = False
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._guard = threading.Thread(target=self._keep, name="gitbuddy-deadline", daemon=True)

    def __enter__(self) -> Deadline:
        self._guard.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        self._guard.join()

    @property
    def left(self) -> float:
        """Seconds until the end, never below zero."""
        return max(0.0, self._end - time.monotonic())

    @property
    def passed(self) -> bool:
        return self.left == 0.0

    @property
    def stalled(self) -> bool:
        """Whether the answer had begun and then fell silent for too long."""
        return self._stalled

    @property
    def late(self) -> bool:
        """Whether no answer began in time."""
        return self._late or (self.passed and not self._heard)

    def asked(self) -> None:
        """A question goes out: the time for its first byte begins."""
        self._asked, self._heard = time.monotonic(), 0.0

    def wait(self, seconds: float) -> None:
        """Sleep, but not beyond the end."""
        self._stop.wait(min(seconds, self.left))

    def beats(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The same chunks; each is a sign of life."""
        for chunk in chunks:
            self._heard = time.monotonic()
            yield chunk

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a connection that was opened for this call."""
        if event not in OPENED:
            return
        with self._lock:
            self._sockets.append(info["return_value"].get_extra_info("socket"))
        if self.passed:
            self._shut()

    def _keep(self) -> None:
        # No sleep is longer than `idle`, so silence that begins meanwhile is noticed in time.
        while not self._stop.wait(min(self._until(), self._idle)):
            if self._until() <= 0:
                self._stalled = not self.passed and bool(self._heard)
                self._late = not self._heard
                self._shut()
                return

    def _until(self) -> float:
        silent = self._heard + self._idle if self._heard else self._asked + self._first
        return max(0.0, min(self.left, silent - time.monotonic()))

    def _shut(self) -> None:
        with self._lock:
            for opened in self._sockets:
                with contextlib.suppress(OSError):  # closed already
                    # Not the method of a TLS socket: it would drop the TLS layer under the reading thread.
                    socket.socket.shutdown(opened, socket.SHUT_RDWR)
