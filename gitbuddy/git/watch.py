"""Which files of a tree were touched since they were last looked at, told by the kernel instead of by looking.

inotify(7) on every folder of the tree reports what happens to the names in it, whoever does it: writing, truncating,
new times or rights, coming, going, moving, and opening. A write through a mapping is no IN_MODIFY: it is reported when
the last descriptor goes (IN_CLOSE_WRITE), and for one left in transit in a socket that is a moment after the death of
its process. So a file that was opened counts as touched, and one asks when every process that worked there is dead.

What it cannot see: a write through a hard link that lies in a folder outside the tree. So it is of use only where
commands can make no hard links (`Sandbox.closed`) and could make none before.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from gitbuddy.git.disk import Disk
from gitbuddy.git.listing import Listing

MODIFY, ATTRIB, CLOSE_WRITE, OPEN = 0x2, 0x4, 0x8, 0x20
MOVED_FROM, MOVED_TO, CREATE, DELETE = 0x40, 0x80, 0x100, 0x200
DELETE_SELF, MOVE_SELF = 0x400, 0x800
UNMOUNT, OVERFLOW, IGNORED = 0x2000, 0x4000, 0x8000
ONLY_FOLDERS = 0x01000000

PLACES = MOVED_FROM | MOVED_TO | CREATE | DELETE
"""What changes which file or folder a name stands for."""
LOST = DELETE_SELF | MOVE_SELF | UNMOUNT | OVERFLOW | IGNORED
"""After these the kernel's word is not complete any more."""
MASK = MODIFY | ATTRIB | CLOSE_WRITE | OPEN | PLACES | DELETE_SELF | MOVE_SELF

MAX_WATCHES = Path("/proc/sys/fs/inotify/max_user_watches")
SHARE = 4
"""At most one in so many of a user's watches goes to one worktree; editors live on the others."""
MANY = 300
"""Touched files above which looking at all is not dearer than comparing these."""
_EVENT = struct.Struct("iIII")
_BUFFER = 1 << 16


class Watch:
    """The folders of one tree in one worktree. It watches from `renew` until it has to say that it is not certain."""

    def __init__(self, disk: Disk, listing: Listing) -> None:
        self._disk = disk
        self._listing = listing
        self._queue: int | None = None
        self._folders: dict[int, bytes] = {}
        self._touched: set[bytes] = set()

    def renew(self) -> None:
        """Forget what was, and watch from now on, if the system lets us; the tree must stand as listed."""
        self.close()
        folders = self._listing.folders
        try:
            if len(folders) > _most() or _folds_case(self._disk):
                return
            self._queue = _new_queue()
            self._folders = {self._add(self._queue, folder): folder for folder in folders}
        except (OSError, AttributeError):  # no inotify, no /proc, none left for this user, or a folder is missing
            self.close()
        if len(self._folders) != len(folders):  # one folder in two places tells nothing of where
            self.close()

    def touched(self) -> frozenset[bytes] | None:
        """Tracked paths to which anything may have happened since `renew` or `forget`; None when that is not certain.

        None stays None until the next `renew`.
        """
        if self._queue is None:
            return None
        for watch, mask, name in _events(self._queue):
            if not self._understood(watch, mask, name):
                self.close()
                return None
        return frozenset(self._touched)

    def forget(self) -> None:
        """What `touched` told has been seen to."""
        self._touched.clear()

    def close(self) -> None:
        """Watch no longer."""
        if self._queue is not None:
            os.close(self._queue)
        self._queue, self._folders = None, {}
        self._touched.clear()

    def _understood(self, watch: int, mask: int, name: bytes) -> bool:
        """Take in one event; False when it leaves open what else happened."""
        folder = self._folders.get(watch)
        if mask & LOST or folder is None:
            return False
        path = folder + b"/" + name if folder else name
        if path in self._listing.entries:
            self._touched.add(path)
            return len(self._touched) <= MANY
        return not (mask & PLACES and path in self._listing.folders)

    def _add(self, queue: int, folder: bytes) -> int:
        """Watch a folder that is reached without following a symlink; its name in /proc leads to no other."""
        with self._disk.opened(folder) as opened:
            if opened is None:
                raise FileNotFoundError(os.fsdecode(folder))
            place = b"/proc/self/fd/%d" % opened
            return _checked(_libc().inotify_add_watch(queue, place, ctypes.c_uint32(MASK | ONLY_FOLDERS)))


def _new_queue() -> int:
    return _checked(_libc().inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))


def _events(queue: int) -> Iterator[tuple[int, int, bytes]]:
    """(watch, mask, name) of everything that waits in the queue."""
    while True:
        try:
            data = os.read(queue, _BUFFER)
        except BlockingIOError:
            return
        at = 0
        while at < len(data):
            watch, mask, _, length = _EVENT.unpack_from(data, at)
            at += _EVENT.size + length
            yield watch, mask, data[at - length : at].rstrip(b"\0")


def _most() -> int:
    return int(MAX_WATCHES.read_text()) // SHARE


def _folds_case(disk: Disk) -> bool:
    """Whether names are found in another case too; events then need not bear the name as tracked."""
    return disk.stands(b".git") and disk.stands(b".GIT")


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
