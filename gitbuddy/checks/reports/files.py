"""Reading what a sandboxed command left in a folder: regular files only, no links followed, never more than so much."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from gitbuddy.checks.reports import LARGEST, Unreadable

MOST_FILES = 10_000


def read_file(path: Path, limit: int = LARGEST) -> bytes:
    """Content of one file. Raises `Unreadable` when there is none, it is no regular file, or it is too large."""
    try:
        # A FIFO would block without O_NONBLOCK, a link would lead to a file of the host.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Unreadable(f"the test run left no report: {path.name}") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable(f"the test report is no regular file: {path.name}")
        if status.st_size > limit:
            raise Unreadable(f"the test report is larger than {limit} bytes: {path.name}")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(limit + 1)[:limit]
    finally:
        os.close(descriptor)


def files_in(folder: Path, suffix: str) -> tuple[Path, ...]:
    """Files with this suffix directly in a folder, sorted. Raises `Unreadable` when there are too many."""
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(suffix):
                    found.append(Path(entry.path))
                if len(found) > MOST_FILES:
                    raise Unreadable(f"the test run left more than {MOST_FILES} reports")
    except OSError as error:
        raise Unreadable("the test run left no report") from error
    return tuple(sorted(found))
