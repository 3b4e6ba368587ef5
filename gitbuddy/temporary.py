"""Folders for the time of a block, files written whole, and the removal of what a killed process left of folders."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "gitbuddy-run-"
YOUNG = 60.0
"""Seconds for which a folder is left alone whatever its lock says: it may be about to be locked."""


@contextmanager
def temporary_folder(root: Path | None = None) -> Iterator[Path]:
    """A private folder below `root` (None: where temporary files go), gone afterwards with all in it.

    The lock is on the folder itself: commands may write in it, and could remove a lock that is a file.
    """
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=root, ignore_cleanup_errors=True) as name:
        descriptor = _opened(Path(name))
        try:
            with suppress(OSError):  # a file system without locks: what cannot be locked is not swept either
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield Path(name).resolve()
        finally:
            os.close(descriptor)


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in the place of another, so that whoever reads it meanwhile sees one of both in full.

    The folder is made, for this user alone. Raises `OSError`, and leaves nothing behind then.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".new", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def sweep(root: Path | None = None) -> None:
    """Remove this user's folders below `root` whose process was killed: nobody holds their lock."""
    for folder in (root or Path(tempfile.gettempdir())).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if _is_old(folder) and not _is_locked(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_old(folder: Path) -> bool:
    found = folder.lstat()
    return found.st_uid == os.getuid() and time.time() - found.st_mtime > YOUNG


def _is_locked(folder: Path) -> bool:
    """Raises `OSError` where that cannot be told."""
    descriptor = _opened(folder)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _opened(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW)
