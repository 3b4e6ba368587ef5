"""Whose turn it is at a server that holds one model at a time: calls of one model are made together.

Loading a model costs more than most answers. So the model that is in use goes first, and another one waits until no
call of it is left, or until its first caller has waited long enough. Everything is files under advisory locks, which
the kernel drops when their holder ends, however it ends: a ticket that nobody holds is no ticket.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

FAIR = 30.0
"""Seconds that a caller of another model waits at most before the model in use stands back."""
FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


class Ticket(NamedTuple):
    """A caller. `since` is the machine's monotonic clock in nanoseconds; the oldest sorts first."""

    since: int
    token: str
    model: str
    using: bool

    @property
    def name(self) -> str:
        return f"{self.since:020d}-{self.token}-{self.model}.{'using' if self.using else 'waiting'}"


@dataclass(frozen=True, slots=True)
class Turnstile:
    """The callers of one server, in `folder`. `model` names what the server would have to load for this caller."""

    folder: Path
    model: str
    fair: float = FAIR

    @contextmanager
    def join(self) -> Iterator[Place]:
        """Stand in line, and be gone from it afterwards."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = hashlib.sha256(self.model.encode("utf-8", "replace")).hexdigest()[:16]
        with self.gate():
            ticket = Ticket(time.monotonic_ns(), secrets.token_hex(8), key, using=False)
            descriptor = os.open(self.folder / ticket.name, FLAGS | os.O_EXCL, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        place = Place(self, ticket)
        try:
            yield place
        finally:
            (self.folder / place.ticket.name).unlink(missing_ok=True)
            os.close(descriptor)

    @contextmanager
    def gate(self) -> Iterator[None]:
        """Nobody else looks or moves meanwhile; it is held for moments only."""
        descriptor = os.open(self.folder / "gate.lock", FLAGS, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def tickets(self) -> list[Ticket]:
        """Those that somebody holds; the others are taken away."""
        return [ticket for path in self.folder.iterdir() if (ticket := _read(path.name)) and _is_held(path)]

    @property
    def loaded(self) -> str:
        """The model that was let through last."""
        try:
            return (self.folder / "loaded").read_text("ascii", "replace")[:100]
        except OSError:
            return ""


class Place:
    """Where a caller stands in line."""

    def __init__(self, line: Turnstile, ticket: Ticket) -> None:
        self._line = line
        self.ticket = ticket

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Whether it is this caller's turn; nobody else moves while the context is open."""
        with self._line.gate():
            others = [other for other in self._line.tickets() if other.token != self.ticket.token]
            yield may_start(self.ticket, others, self._line.loaded, time.monotonic_ns(), self._line.fair)

    def go(self) -> None:
        """Use the server from now on; only while it is this caller's turn."""
        going, folder = self.ticket._replace(using=True), self._line.folder
        (folder / self.ticket.name).rename(folder / going.name)
        self.ticket = going
        with suppress(OSError):  # without it the next caller may be of another model
            (folder / "loaded").write_text(going.model)


def may_start(mine: Ticket, others: Sequence[Ticket], loaded: str, now: int, fair: float) -> bool:
    """Whether this caller may use the server now: never beside another model. Pure.

    The caller who has waited longest goes next as soon as it has waited `fair` seconds; until then the model in use
    goes first.
    """
    using = {other.model for other in others if other.using}
    waiting = [other for other in others if not other.using]
    first = min([mine, *waiting])
    if using - {mine.model}:
        return False
    if now - first.since > fair * 1e9:
        return first.model == mine.model
    return bool(using) or mine.model == loaded or not any(other.model == loaded for other in waiting)


def _read(name: str) -> Ticket | None:
    stem, _, state = name.rpartition(".")
    parts = stem.split("-")
    if state not in ("using", "waiting") or len(parts) != 3 or not parts[0].isdecimal():
        return None
    return Ticket(int(parts[0]), parts[1], parts[2], using=state == "using")


def _is_held(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(descriptor)
