"""`.worktreeinclude`: ignored files of the user's checkout that a worktree needs too (`.env`, local settings)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from gitbuddy.errors import GitbuddyError
from gitbuddy.git.disk import Disk
from gitbuddy.git.ignore import ignored
from gitbuddy.git.objects import Blob
from gitbuddy.git.run import run_git

INCLUDE_FILE = ".worktreeinclude"
MOST_FILES = 500
LARGEST_FILE = 1 << 20
LARGEST_SUM = 16 << 20
HINT = f"name fewer files in {INCLUDE_FILE}; dependency folders need not be copied, see [worktree] dependencies"


def included(top: Path, patterns: bytes, scratch: Path) -> dict[bytes, Blob]:
    """Regular files of the checkout at `top` that git ignores and that match `patterns` (syntax of .gitignore).

    Symlinks are not followed. `GitbuddyError` when there are too many or too large ones. `scratch` is a folder of ours.
    """
    matching = _matching(top, patterns, scratch)
    paths = sorted(ignored(matching, top))
    if len(paths) > MOST_FILES:
        raise GitbuddyError(f"{INCLUDE_FILE} names more than {MOST_FILES} files: {len(paths)}", HINT)
    disk = Disk(top, scratch)
    try:
        found = {path: Blob(file[1], file[0]) for path in paths if (file := disk.read(path, LARGEST_FILE))}
    finally:
        disk.close()
    if sum(len(blob.data) for blob in found.values()) > LARGEST_SUM:
        raise GitbuddyError(f"{INCLUDE_FILE} names more than {LARGEST_SUM >> 20} MiB", HINT)
    return found


def _matching(top: Path, patterns: bytes, scratch: Path) -> list[bytes]:
    with tempfile.NamedTemporaryFile(dir=scratch) as file:
        file.write(patterns)
        file.flush()
        command = ["ls-files", "-z", "--others", "--ignored", f"--exclude-from={file.name}"]
        return run_git(command, cwd=top).split(b"\0")[:-1]
