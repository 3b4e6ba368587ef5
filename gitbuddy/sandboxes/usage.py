"""What processes have taken of the machine's memory and disk, in bytes, read from /proc and the folders they write to.

Who keeps us from looking counts as having taken everything: it is looked at only when much is missing.
"""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from gitbuddy.sandboxes.descent import PROC

ALL = 1 << 62
_HIDDEN = -1  # no device's number
_KIB = 1 << 10
_BLOCK = 512  # st_blocks counts in these, whatever the filesystem; see inode(7)


def available_memory() -> int:
    """What the kernel thinks can still be used without swapping; see proc(5), /proc/meminfo."""
    return _fields(PROC / "meminfo", (b"MemAvailable:",))


def memory(pids: Iterable[int], disks: Iterable[int] = (), inside: tuple[str, ...] = ()) -> int:
    """What the processes hold: their share of every page, files without a name outside of `disks`, and what lies in
    the folders in memory that they have at `inside`. `disks` are device numbers. Shared memory may count twice.
    """
    pids = tuple(pids)
    total = sum(_share(pid) for pid in pids)
    total += sum(size for device, size in _nameless(pids) if device not in disks)
    return total + (_in_memory(pids[-1], inside) if pids else 0)


def disk(folders: Iterable[Path], since: float, pids: Iterable[int], disks: Iterable[int]) -> int:
    """What was written since a time (seconds of the clock): files in the folders, and open ones without a name."""
    where = (*disks, _HIDDEN)
    return _written(folders, since) + sum(size for device, size in _nameless(tuple(pids)) if device in where)


def _share(pid: int) -> int:
    """Resident and swapped, shared pages divided among those who share them."""
    try:
        return _fields(PROC / str(pid) / "smaps_rollup", (b"Pss:", b"SwapPss:"))
    except PermissionError:
        return _resident(pid)
    except OSError:
        return 0  # gone since


def _resident(pid: int) -> int:
    """Undivided, so more than it is, but readable of a process that lets nobody look at it; 0 for a dead one."""
    with suppress(OSError):
        return int((PROC / str(pid) / "statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _fields(path: Path, names: tuple[bytes, ...]) -> int:
    found = [line.split() for line in path.read_bytes().splitlines() if line.startswith(names)]
    return sum(int(words[1]) for words in found) * _KIB


def _in_memory(pid: int, inside: tuple[str, ...]) -> int:
    total = 0
    for place in inside:
        with suppress(OSError):
            found = os.statvfs(f"{PROC}/{pid}/root{place}")
            total += (found.f_blocks - found.f_bfree) * found.f_frsize
    return total


def _nameless(pids: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Device and size of each open file without a name: deleted, never named, or made by memfd_create(2)."""
    seen = set()
    for pid in pids:
        try:
            entries = os.listdir(f"{PROC}/{pid}/fd")  # noqa: PTH208  as text: there may be very many
        except PermissionError:
            if _resident(pid):
                yield _HIDDEN, ALL
            continue
        except OSError:
            continue
        for entry in entries:
            with suppress(OSError):
                found = os.stat(f"{PROC}/{pid}/fd/{entry}")  # noqa: PTH116  as above
                if found.st_nlink == 0 and stat.S_ISREG(found.st_mode) and (found.st_dev, found.st_ino) not in seen:
                    seen.add((found.st_dev, found.st_ino))
                    yield found.st_dev, found.st_blocks * _BLOCK


def _written(folders: Iterable[Path], since: float) -> int:
    total, waiting = 0, [str(folder) for folder in folders]
    while waiting and signal.SIGTERM not in signal.sigpending():
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    total += _new(entry, since)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except (FileNotFoundError, NotADirectoryError):
            continue  # gone since
        except OSError:
            return ALL
    return total


def _new(entry: os.DirEntry[str], since: float) -> int:
    """Size of a file that was changed since; the time of its inode, which no program can set."""
    with suppress(FileNotFoundError):
        found = entry.stat(follow_symlinks=False)
        return found.st_blocks * _BLOCK if found.st_ctime >= since else 0
    return 0
