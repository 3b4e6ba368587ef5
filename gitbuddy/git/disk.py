"""Reading and writing below one folder without ever following a symlink, and removing whatever stands there.

Commands of unknown code have worked in that folder, so each step opens one path component with `O_NOFOLLOW`, relative
to a folder that is already open. Paths are bytes: git's are.
"""

from __future__ import annotations

import errno
import os
import posixpath
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gitbuddy.errors import GitbuddyError

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
SYMLINK = 0o120000
NO_FOLDER = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


class Disk:
    """One folder, and beside it one for the removed (`trash`, on the same filesystem)."""

    def __init__(self, top: Path, trash: Path) -> None:
        self.top = os.open(top, DIRECTORY)
        self.trash = os.open(trash, DIRECTORY)

    def close(self) -> None:
        os.close(self.top)
        os.close(self.trash)

    def regain(self) -> None:
        """Give the folder itself back the rights its owner needs."""
        found = os.fstat(self.top).st_mode
        if found & 0o700 != 0o700:
            os.fchmod(self.top, stat.S_IMODE(found) | 0o700)

    def read(self, path: bytes, limit: int) -> tuple[int, bytes] | None:
        """(git's mode, bytes) of a regular file of at most `limit` bytes; None for anything else."""
        with self._parent(path) as parent:
            if parent is None:
                return None
            try:
                found = os.lstat(posixpath.basename(path), dir_fd=parent)
            except FileNotFoundError:
                return None
            if not stat.S_ISREG(found.st_mode) or found.st_size > limit:
                return None
            return (0o100755 if found.st_mode & 0o100 else 0o100644), _bytes(parent, posixpath.basename(path))

    def stands(self, path: bytes) -> bool:
        """Whether anything stands at `path`, be it a broken symlink."""
        with self._parent(path) as parent:
            return parent is not None and _stands(parent, posixpath.basename(path))

    def matches(self, path: bytes, mode: int, data: bytes) -> bool:
        """Whether `path` is exactly this: kind of file, exec bit and bytes."""
        with self._parent(path) as parent:
            if parent is None:
                return False
            name = posixpath.basename(path)
            try:
                found = os.lstat(name, dir_fd=parent)
                if stat.S_ISLNK(found.st_mode):
                    return mode == SYMLINK and os.readlink(name, dir_fd=parent) == data
                if not stat.S_ISREG(found.st_mode) or mode == SYMLINK or found.st_size != len(data):
                    return False
                return bool(found.st_mode & stat.S_IXUSR) == bool(mode & 0o100) and _bytes(parent, name) == data
            except OSError:
                return False

    def write(self, path: bytes, mode: int, data: bytes, stamp: int) -> None:
        """Put a file (or symlink) at `path` with modification time `stamp` (seconds), all at once by renaming.

        Whatever stands in the way is removed, a symlink in place of a folder too.
        """
        with self._parent(path, make=True) as parent:
            assert parent is not None
            name, new = posixpath.basename(path), b".gitbuddy-" + secrets.token_hex(8).encode()
            if mode == SYMLINK:
                os.symlink(data, new, dir_fd=parent)
            else:
                _create(parent, new, data, 0o755 if mode & 0o100 else 0o644)
            os.utime(new, (stamp, stamp), dir_fd=parent, follow_symlinks=False)
            try:
                os.rename(new, name, src_dir_fd=parent, dst_dir_fd=parent)
            except IsADirectoryError:
                self._discard(parent, name)
                os.rename(new, name, src_dir_fd=parent, dst_dir_fd=parent)

    def remove(self, path: bytes, *, prune: bool = False) -> None:
        """Remove whatever stands at `path`; with `prune` also the folders this leaves empty, as git does."""
        with self._parent(path) as parent:
            if parent is not None:
                self._discard(parent, posixpath.basename(path))
        folder = posixpath.dirname(path)
        while prune and folder:
            with self._parent(folder) as parent, suppress(OSError):
                if parent is None:
                    return
                os.rmdir(posixpath.basename(folder), dir_fd=parent)
            folder = posixpath.dirname(folder)

    def make_folder(self, path: bytes) -> None:
        """Make `path` a folder, whatever stands there."""
        with self._parent(path + b"/x", make=True):
            pass

    def names(self, path: bytes) -> list[bytes]:
        """Names in the folder `path` (b"" for the top)."""
        with self.opened(path) as folder:
            return [] if folder is None else _names(folder)

    @contextmanager
    def opened(self, path: bytes) -> Iterator[int | None]:
        """The folder `path` (b"" for the top) as a descriptor, or None if no folder stands there."""
        with self._parent(path + b"/x" if path else b"x") as folder:
            yield folder

    @contextmanager
    def _parent(self, path: bytes, *, make: bool = False) -> Iterator[int | None]:
        """The open folder that holds `path`, or None if there is no such folder."""
        folder: int | None = os.dup(self.top)
        try:
            for part in path.split(b"/")[:-1]:
                if folder is None:
                    break
                inner = self._enter(folder, part, make)
                os.close(folder)
                folder = inner
            yield folder
        finally:
            if folder is not None:
                os.close(folder)

    def _enter(self, folder: int, part: bytes, make: bool) -> int | None:
        if part in (b"", b".", b"..", b".git"):
            raise GitbuddyError(f"not a path inside a worktree: {os.fsdecode(part) or 'an empty name'}")
        try:
            return _open_folder(folder, part)
        except OSError as error:
            if error.errno not in NO_FOLDER:
                raise
        if not make:
            return None
        self._discard(folder, part)
        os.mkdir(part, 0o755, dir_fd=folder)
        return os.open(part, DIRECTORY, dir_fd=folder)

    def _discard(self, parent: int, name: bytes) -> None:
        """Remove a file, or a folder of any depth: folders move to the trash one by one, so no path gets long."""
        queue = [] if _unlinked(parent, name) else [self._move_away(parent, name)]
        while queue:
            entry = queue.pop()
            inner = os.open(entry, DIRECTORY, dir_fd=self.trash)
            try:
                queue += [self._move_away(inner, child) for child in _names(inner) if not _unlinked(inner, child)]
            finally:
                os.close(inner)
            os.rmdir(entry, dir_fd=self.trash)

    def _move_away(self, parent: int, name: bytes) -> bytes:
        if _is_folder(parent, name):
            os.chmod(
                name, 0o700, dir_fd=parent
            )  # moving or reading a folder needs rights its maker may have taken away
        new = secrets.token_hex(12).encode()
        os.rename(name, new, src_dir_fd=parent, dst_dir_fd=self.trash)
        return new


def _open_folder(parent: int, name: bytes) -> int:
    try:
        return os.open(name, DIRECTORY, dir_fd=parent)
    except PermissionError:
        if not _is_folder(parent, name):
            raise
        os.chmod(name, 0o700, dir_fd=parent)
        return os.open(name, DIRECTORY, dir_fd=parent)


def _is_folder(parent: int, name: bytes) -> bool:
    return stat.S_ISDIR(os.lstat(name, dir_fd=parent).st_mode)


def _names(folder: int) -> list[bytes]:
    with os.scandir(folder) as entries:
        return [os.fsencode(entry.name) for entry in entries]


def _unlinked(parent: int, name: bytes) -> bool:
    """Remove a name that is no folder; False when a folder stands there."""
    try:
        os.unlink(name, dir_fd=parent)
    except FileNotFoundError:
        return True
    except (IsADirectoryError, PermissionError):
        if not _is_folder(parent, name):
            raise
        return False
    return True


def _stands(parent: int, name: bytes) -> bool:
    try:
        os.lstat(name, dir_fd=parent)
    except FileNotFoundError:
        return False
    return True


def _create(parent: int, name: bytes, data: bytes, permissions: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, permissions, dir_fd=parent), "wb") as file:
        file.write(data)
        os.fchmod(file.fileno(), permissions)


def _bytes(parent: int, name: bytes) -> bytes:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, dir_fd=parent), "rb") as file:
        return file.read()
