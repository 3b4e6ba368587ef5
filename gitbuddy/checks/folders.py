"""The folders that one run of a check gets, and what a killed run has left of them."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gitbuddy.checks.runners.runner import Folders

PREFIX = "gitbuddy-run-"
YOUNG = 60.0
"""Seconds for which a folder is left alone whatever its lock says: it may be about to be locked."""


@contextmanager
def run_folders(root: Path | None = None) -> Iterator[Folders]:
    """The folders of one run below `root` (None: where temporary files go), gone afterwards with all in them."""
    if root is not None:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(root)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=root, ignore_cleanup_errors=True) as name:
        place = Path(name).resolve()
        descriptor = os.open(place / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            folders = Folders(place / "tools", place / "reports")
            folders.tools.mkdir()
            folders.reports.mkdir()
            yield folders
        finally:
            os.close(descriptor)


def _sweep(root: Path) -> None:
    """Remove folders whose process was killed: nobody holds their lock."""
    for folder in root.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > YOUNG and not _held(folder / "lock"):
                shutil.rmtree(folder, ignore_errors=True)


def _held(lock: Path) -> bool:
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
