"""The `.git` file of a linked worktree survives whatever a command did to it.

Whoever rewrites it decides which repository, and so which configuration and which programs, git uses there next.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def kept_pointer(worktree: Path) -> Iterator[None]:
    """Afterwards `.git` is the same file as before, or is missing as before. A `.git` folder is left alone."""
    pointer = worktree / ".git"
    if pointer.is_dir() or pointer.is_symlink():
        yield
        return
    before = pointer.read_bytes() if pointer.exists() else None
    try:
        yield
    finally:
        if before != _plain_bytes(pointer):
            _remove(pointer)
            if before is not None:
                _create(pointer, before)


def _plain_bytes(path: Path) -> bytes | None:
    """Content of a regular file that is no link; None otherwise, but never for a link or folder standing there."""
    if path.is_symlink() or path.is_dir():
        return b""
    return path.read_bytes() if path.is_file() else None


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _create(path: Path, data: bytes) -> None:
    with suppress(FileNotFoundError):  # the whole worktree is gone: that is its owner's to find out
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
