"""Finding what a command left in a worktree, at the price of one `lstat` per folder.

A folder's own times change when a name in it comes or goes, and no ordinary process can set the change time. A folder
that looks as it did after its last reading is not read again. As in git's index, a reading made in the same instant as
the folder's last change proves nothing and is not remembered (Documentation/technical/racy-git in git's source).
"""

from __future__ import annotations

import os
import posixpath
import stat
import time

from gitbuddy.git.disk import Disk
from gitbuddy.git.listing import Listing

RACY = 100_000_000
"""Nanoseconds a folder must be at rest before its reading is remembered; file times tick in steps of up to 10 ms."""

Signature = tuple[int, int, int]


class Scan:
    """The folders of one tree in one worktree."""

    def __init__(self, disk: Disk, listing: Listing) -> None:
        self._disk = disk
        self._listing = listing
        self._known: dict[bytes, Signature] = {}

    def extras(self) -> list[bytes]:
        """Paths that do not belong to the tree, in folders that do and that changed since the last call.

        Folders that have lost their rights get them back. `.git` at the top is not an extra.
        """
        found: list[bytes] = []
        lost: set[bytes] = set()
        for folder, names in self._listing.folders.items():
            state = None if folder and posixpath.dirname(folder) in lost else self._look(folder)
            if state is None:
                self._known.pop(folder, None)
                lost.add(folder)
                continue
            prefix = folder + b"/" if folder else b""
            found += [prefix + name for name in self._changed_names(folder, state) if name not in names]
        found += [path + b"/" + name for path in self._listing.gitlinks for name in self._disk.names(path)]
        return [path for path in found if path != b".git"]

    def _look(self, folder: bytes) -> os.stat_result | None:
        """What the folder looks like, or None if it is none any more."""
        place = folder or b"."
        try:
            found = os.lstat(place, dir_fd=self._disk.top)
            if not stat.S_ISDIR(found.st_mode):
                return None
            if found.st_mode & 0o700 != 0o700:
                os.chmod(place, stat.S_IMODE(found.st_mode) | 0o700, dir_fd=self._disk.top)
                found = os.lstat(place, dir_fd=self._disk.top)
        except FileNotFoundError:
            return None
        return found

    def _changed_names(self, folder: bytes, state: os.stat_result) -> list[bytes]:
        signature = (state.st_ino, state.st_mtime_ns, state.st_ctime_ns)
        if self._known.get(folder) == signature:
            return []
        now = time.time_ns()
        names = self._disk.names(folder)
        if now - max(state.st_ctime_ns, state.st_mtime_ns) > RACY:
            self._known[folder] = signature
        else:
            self._known.pop(folder, None)
        return names
