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
    """Threads of all processes of a user: what RLIMIT_NPROC counts.

    Each is a folder in the process' `task`, and a folder has a link for each folder in it and two for itself.
    """
    total = 0
    for pid in _processes():
        with suppress(OSError):
            found = os.stat(f"{PROC}/{pid}/task")  # noqa: PTH116  made before every command: a Path takes longer
            total += found.st_nlink - 2 if found.st_uid == uid else 0
    return total


def count_all() -> int:
    """Tasks of the whole machine, from one small file; see proc(5), /proc/loadavg."""
    return int((PROC / "loadavg").read_text().split()[3].partition("/")[2])


def _processes() -> list[int]:
    return [int(name) for name in os.listdir(PROC) if name.isdigit()]  # noqa: PTH208  as above


def _parent(pid: int) -> int | None:
    try:
        text = (PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    # The name in parentheses may itself hold spaces and parentheses; the parent's id is the second field after it.
    return int(text[text.rindex(b")") + 2 :].split()[1])
