"""Locks that end with the process: `flock` on a file, with a line of text that outlives it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LONGEST_NOTE = 4096


class Lease:
    """A held lock. The kernel frees it when the last process that has `fd` open is gone, however it went."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    @classmethod
    def take(cls, path: Path) -> Lease | None:
        """Take the lock now; None if somebody else has it."""
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return None
        return cls(fd)

    @property
    def note(self) -> str:
        """What the last holder left."""
        return os.pread(self.fd, LONGEST_NOTE, 0).decode("utf-8", "replace")

    @note.setter
    def note(self, text: str) -> None:
        os.ftruncate(self.fd, 0)
        os.pwrite(self.fd, text.encode(), 0)

    def close(self) -> None:
        os.close(self.fd)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait for a lock, and hold it; for short steps only."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)
