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
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gitbuddy.errors import ModelUnavailable
from gitbuddy.proposers.turnstile import Place, Turnstile
from gitbuddy.values import Brief, Emit, Event

POLL = 0.05
"""Seconds before the first second look; they double up to `LONGEST_POLL`."""
LONGEST_POLL = 0.25
Why = Literal["places", "model"]
"""Why a call has to wait: all places of its tier are taken, or the server is in use with another model."""


@dataclass(frozen=True, slots=True)
class CallLimit:
    """`calls` places for a tier in `directory`. `patience` is how many seconds to wait for one.

    Where the server holds one model at a time, `line` says whose turn it is. A place is taken only together with the
    turn, so that nobody waits for one while it keeps the other.
    """

    directory: Path
    tier_name: str
    calls: int
    patience: float = 3600.0
    line: Turnstile | None = None

    @contextmanager
    def hold(self, job: str, emit: Emit) -> Iterator[None]:
        """Hold a place. Emits `model_call_wait` once when there is none free; raises `ModelUnavailable` at the end."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.line.join() if self.line else nullcontext() as queued:
            taken = self._take(queued)
            if isinstance(taken, str):
                emit(Event("model_call_wait", job, {"tier": self.tier_name, "calls": self.calls, "reason": taken}))
                taken = self._wait(queued, taken)
            try:
                yield
            finally:
                os.close(taken)

    def _wait(self, queued: Place | None, taken: int | Why) -> int:
        end, pause = time.monotonic() + self.patience, POLL
        while isinstance(taken, str) and time.monotonic() < end:
            time.sleep(min(pause, max(0.0, end - time.monotonic())))
            pause = min(LONGEST_POLL, pause * 2)
            taken = self._take(queued)
        if isinstance(taken, int):
            return taken
        if taken == "model":
            hint = "wait for the other jobs, or use one model for all tiers"
            raise ModelUnavailable(f"the model server stays in use with another model, tier: {self.tier_name}", hint)
        hint = "wait for the other jobs, or raise `calls` of the tier"
        raise ModelUnavailable(f"all {self.calls} places for calls stay taken, tier: {self.tier_name}", hint)

    def _take(self, queued: Place | None) -> int | Why:
        """A place as its open file, or why there is none now."""
        if queued is None:
            return self._place()
        with queued.turn() as mine:
            place = self._place() if mine else "model"
            if isinstance(place, int):
                queued.go()
            return place

    def _place(self) -> int | Why:
        for number in range(self.calls):
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            descriptor = os.open(self.directory / f"{_file_name(self.tier_name)}.{number}.lock", flags, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(descriptor)
            else:
                return descriptor
        return "places"


@contextmanager
def held(directory: Path | None, brief: Brief, emit: Emit, one_model_at: str = "") -> Iterator[None]:
    """Hold one of the places that the brief's tier has in `directory`; None counts nothing.

    `one_model_at` is the address of a server that loads models on demand: there, calls of one model with one window are
    made together. A server with a fixed model leaves it empty.
    """
    if directory is None:
        yield
        return
    tier, line = brief.tier, None
    if one_model_at:
        name = hashlib.sha256(one_model_at.encode("utf-8", "replace")).hexdigest()[:16]
        line = Turnstile(directory / f"line-{name}", f"{tier.model}\0{tier.window}")
    with CallLimit(directory, tier.name, tier.calls, line=line).hold(brief.task.id, emit):
        yield


def _file_name(tier: str) -> str:
    if re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,40}", tier):
        return tier
    return hashlib.sha256(tier.encode("utf-8", "replace")).hexdigest()[:16]
