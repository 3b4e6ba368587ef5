"""The one place that writes to the user's own files, for the commands whose whole point that is.

A file is replaced at once by renaming: it is the old one or the new one, whenever the power goes. The new one is made
in the repository's own folder, so that nothing lies about among the user's files. Nothing is written where the bytes
are not those that the change was made for.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path, PurePosixPath

from gitbuddy.errors import GitbuddyError
from gitbuddy.git.disk import DIRECTORY
from gitbuddy.values import Change

STAGING = "gitbuddy-new"
"""Folder inside the repository's folder where new files are made."""


def write(top: Path, git_dir: Path, change: Change) -> str:
    """Replace one file below `top`; why it was left as it is, or "".

    Never follows a symbolic link. Mode and owner stay. A file that has other names (hard links) is left alone.
    """
    *folders, name = PurePosixPath(change.path).parts
    try:
        parent = _opened(top, folders)
    except OSError as error:
        return f"its folder cannot be opened: {error.strerror}"
    try:
        found = os.lstat(name, dir_fd=parent)
        if not stat.S_ISREG(found.st_mode):
            return "it is no regular file"
        if found.st_nlink > 1:
            return "it has other names (hard links)"
        if _read(name, parent) != change.before:
            return "it was changed meanwhile"
        _replace(parent, name, change.after or b"", found, git_dir)
    except FileNotFoundError:
        return "it is gone"
    except OSError as error:
        return f"it cannot be written: {error.strerror}"
    finally:
        os.close(parent)
    return ""


def sweep(git_dir: Path) -> None:
    """Remove what a killed process left in the staging folder."""
    folder = git_dir / STAGING
    if folder.is_dir():
        for path in folder.iterdir():
            with suppress(OSError):
                path.unlink()


def _replace(parent: int, name: str, data: bytes, like: os.stat_result, git_dir: Path) -> None:
    staging = git_dir / STAGING
    staging.mkdir(exist_ok=True)
    new = staging / secrets.token_hex(12)
    try:
        _create(new, data, like)
        try:
            os.rename(new, name, dst_dir_fd=parent)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _replace_beside(parent, name, data, like)
    finally:
        with suppress(FileNotFoundError):
            new.unlink()


def _replace_beside(parent: int, name: str, data: bytes, like: os.stat_result) -> None:
    """Where the repository's folder is on another disk, the new file has to be made where it will stand."""
    beside = f".gitbuddy-{secrets.token_hex(8)}"
    try:
        _create(Path(beside), data, like, parent)
        os.rename(beside, name, src_dir_fd=parent, dst_dir_fd=parent)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(beside, dir_fd=parent)
        raise


def _create(path: Path, data: bytes, like: os.stat_result, parent: int | None = None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o600, dir_fd=parent), "wb") as file:
        file.write(data)
        with suppress(PermissionError):
            os.fchown(file.fileno(), like.st_uid, like.st_gid)
        os.fchmod(file.fileno(), stat.S_IMODE(like.st_mode))
        file.flush()
        os.fsync(file.fileno())


def _opened(top: Path, folders: list[str]) -> int:
    folder = os.open(top, DIRECTORY)
    for part in folders:
        if part in ("", ".", "..", ".git"):
            os.close(folder)
            raise GitbuddyError(f"not a path inside a worktree: {part or 'an empty name'}")
        try:
            inner = os.open(part, DIRECTORY, dir_fd=folder)
        finally:
            os.close(folder)
        folder = inner
    return folder


def _read(name: str, parent: int) -> bytes:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, dir_fd=parent), "rb") as file:
        return file.read()
