"""Who descends from a process, read from /proc."""

from __future__ import annotations

import os
import signal
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def descendants(root: int) -> list[int]:
    """Children of `root`, their children, and so on; parents first. A snapshot: all may be gone when you look."""
    children = defaultdict(list)
    for pid in _processes():
        parent = _parent(pid)
        if parent is not None:
            children[parent].append(pid)
    found = list(children[root])
    for pid in found:  # grows while it is walked: breadth first
        found += children[pid]
    return found


def send(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def count_tasks(uid: int) -> int:
    """Threads of all processes of a user: what RLIMIT_NPROC counts."""
    total = 0
    for pid in _processes():
        with suppress(OSError):
            folder = PROC / str(pid)
            if folder.stat().st_uid == uid:
                total += sum(1 for _ in (folder / "task").iterdir())
    return total


def count_all() -> int:
    """Tasks of the whole machine, from one small file; see proc(5), /proc/loadavg."""
    return int((PROC / "loadavg").read_text().split()[3].partition("/")[2])


def _processes() -> list[int]:
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]


def _parent(pid: int) -> int | None:
    try:
        text = (PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    # The name in parentheses may itself hold spaces and parentheses; the parent's id is the second field after it.
    return int(text[text.rindex(b")") + 2 :].split()[1])
