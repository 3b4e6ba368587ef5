"""Bounds for all processes of a command together, which no rlimit can hold: looked at often, so cheaply.

What a command has taken is dear to count. What the whole machine has left is cheap, and as soon as that has fallen by
more than the limit it is counted. Because others give back meanwhile, it is also counted now and then, the more rarely
the longer it takes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from gitbuddy.sandboxes import descent, usage
from gitbuddy.values import Limits

MEMORY_FOLDERS = ("/tmp", "/dev/shm")  # noqa: S108  inside a namespace wrapper, where both are memory
_PAUSE = 1.0
"""Seconds between two counts that nothing calls for, at least."""
_SPARING = 50
"""And at least so many times as long as the last one took: counting costs 2 %."""
_CLOCK_GRAIN = 0.02
"""Seconds by which the time in an inode may lag behind the clock."""


class Watch:
    """One bound. `left` is what the machine has left (cheap), `used` what the command has taken of it (dear)."""

    def __init__(self, words: str, limit: int, left: Callable[[], int], used: Callable[[], int]) -> None:
        self.words = words
        self._limit = limit
        self._left = left
        self._used = used
        self._before = left()
        self._due = time.monotonic() + _PAUSE

    def exceeded(self) -> bool:
        """Whether the command has taken more than the limit."""
        left = self._left()
        self._before = max(self._before, left)
        started = time.monotonic()
        if self._before - left <= self._limit and started < self._due:
            return False
        used = self._used()
        ended = time.monotonic()
        self._due = ended + max(_PAUSE, _SPARING * (ended - started))
        self._before = left + used  # somebody else took the rest: count again when as much more is gone as may be
        return used > self._limit


def watches(limits: Limits, folders: Sequence[Path], wrapped: bool) -> tuple[Watch, ...]:
    """The bounds of what descends from this process. `folders` are those that it can write to on a disk."""
    since = time.time() - _CLOCK_GRAIN
    places = _by_device(folders)
    inside = MEMORY_FOLDERS if wrapped else ()

    def pids() -> list[int]:
        return descent.descendants(os.getpid())

    return (
        Watch(
            f"more processes than {limits.processes}",
            limits.processes,
            lambda: -descent.count_all(),
            lambda: len(pids()),
        ),
        Watch(
            f"more memory than {limits.total_memory} bytes in all",
            limits.total_memory,
            usage.available_memory,
            lambda: usage.memory(pids(), places, inside),
        ),
        Watch(
            f"more disk than {limits.disk} bytes",
            limits.disk,
            lambda: sum(_free(place) for place in places.values()),
            lambda: usage.disk(folders, since, pids(), places),
        ),
    )


def _by_device(folders: Sequence[Path]) -> dict[int, int]:
    """One open folder for each device number; open, because a command may remove the folder itself."""
    by_device = {folder.stat().st_dev: folder for folder in folders if folder.is_dir()}
    return {device: os.open(folder, os.O_PATH | os.O_DIRECTORY) for device, folder in by_device.items()}


def _free(place: int) -> int:
    found = os.fstatvfs(place)
    return found.f_bfree * found.f_frsize
