"""At most so many calls of a tier at once, counted over all processes of this user.

A place is a numbered file under an advisory lock. The kernel drops the lock when its holder ends, however it ends.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gitbuddy.errors import ModelUnavailable
from gitbuddy.values import Brief, Emit, Event

POLL = 0.05
"""Seconds before the first second look; they double up to `LONGEST_POLL`."""
LONGEST_POLL = 1.0


@dataclass(frozen=True, slots=True)
class CallLimit:
    """`calls` places for a tier in `directory`. `patience` is how many seconds to wait for one."""

    directory: Path
    tier_name: str
    calls: int
    patience: float = 3600.0

    @contextmanager
    def hold(self, job: str, emit: Emit) -> Iterator[None]:
        """Hold a place. Emits `model_call_wait` once when there is none free; raises `ModelUnavailable` at the end."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = self._take()
        if descriptor is None:
            emit(Event("model_call_wait", job, {"tier": self.tier_name, "calls": self.calls}))
            descriptor = self._wait()
        try:
            yield
        finally:
            os.close(descriptor)

    def _wait(self) -> int:
        end, pause = time.monotonic() + self.patience, POLL
        while time.monotonic() < end:
            time.sleep(min(pause, max(0.0, end - time.monotonic())))
            pause = min(LONGEST_POLL, pause * 2)
            descriptor = self._take()
            if descriptor is not None:
                return descriptor
        hint = "wait for the other jobs, or raise `calls` of the tier"
        raise ModelUnavailable(f"all {self.calls} places for calls stay taken, tier: {self.tier_name}", hint)

    def _take(self) -> int | None:
        for number in range(self.calls):
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            descriptor = os.open(self.directory / f"{_file_name(self.tier_name)}.{number}.lock", flags, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(descriptor)
            else:
                return descriptor
        return None


@contextmanager
def held(directory: Path | None, brief: Brief, emit: Emit) -> Iterator[None]:
    """Hold one of the places that the brief's tier has in `directory`; None counts nothing."""
    if directory is None:
        yield
        return
    with CallLimit(directory, brief.tier.name, brief.tier.calls).hold(brief.task.id, emit):
        yield


def _file_name(tier: str) -> str:
    if re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,40}", tier):
        return tier
    return hashlib.sha256(tier.encode("utf-8", "replace")).hexdigest()[:16]
