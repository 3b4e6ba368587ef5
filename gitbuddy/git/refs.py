"""Refs that move by compare-and-swap, and notes.

A failed move never decides by the words of an error: the ref is read again, and what it holds then is the answer. A
lock held by another process (`git pack-refs`, `git gc`) is waited for, for a moment.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pygit2

from gitbuddy.errors import GitbuddyError
from gitbuddy.git.run import run_git

TRIES = 40
LONGEST_WAIT = 0.25
"""Seconds. All tries together wait about five seconds."""
HOPELESS = 8
"""Failures with no lock in sight after which waiting is given up. One or two mean nothing: a lock is held for less time
than it takes to look for it."""


class Refs:
    """The refs of one repository. Names are full ("refs/heads/main"), ids in hex."""

    def __init__(self, git: pygit2.Repository, git_dir: Path) -> None:
        self._git = git
        self._git_dir = git_dir

    def read(self, name: str) -> str | None:
        """What a ref points at, symbolic refs followed; None if there is no such ref."""
        try:
            return str(self._git.references[name].resolve().target)
        except (KeyError, ValueError, pygit2.GitError):
            return None

    def under(self, prefix: str) -> Mapping[str, str]:
        """All refs below `prefix` ("refs/heads"): name -> id of what they point at, sorted by name."""
        out = run_git(["for-each-ref", "--format=%(objectname) %(refname)", prefix], git_dir=self._git_dir)
        return dict(line.split(" ", 1)[::-1] for line in out.decode("utf-8", "surrogateescape").splitlines())

    def create(self, name: str, oid: str, reason: str) -> bool:
        """Make a ref that does not exist; False if it does, whatever it points at."""
        return self.move(name, None, oid, reason)

    def move(self, name: str, old: str | None, new: str | None, reason: str) -> bool:
        """Move a ref from `old` to `new` (None: absent); False if it was not at `old`.

        `GitbuddyError` when the ref cannot be written at all: locked by a dead process, an odd name, a full disk.
        """
        error: Exception | None = None
        unlocked = 0
        for pause in _pauses():
            found = self.read(name)
            if found != old:
                return found == new and error is not None  # our own write, reported as failed
            try:
                self._write(name, old, new, reason)
            except (pygit2.GitError, OSError, ValueError, KeyError) as failed:
                error = failed
                unlocked += not self._locked(name)
                if unlocked == HOPELESS:
                    break
                time.sleep(pause)
            else:
                return True
        raise GitbuddyError(f"cannot write the ref {name}: {error}", self._hint(name)) from error

    def _write(self, name: str, old: str | None, new: str | None, reason: str) -> None:
        if old is None:
            if new is not None:
                self._git.create_reference_direct(name, pygit2.Oid(hex=new), False, reason)
            return
        reference = self._git.references[name]
        if str(reference.target) != old:
            raise ValueError("the ref has moved")
        if new is None:
            reference.delete()
        else:
            reference.set_target(pygit2.Oid(hex=new), reason)

    def _locked(self, name: str) -> bool:
        return any((self._git_dir / f"{file}.lock").exists() for file in (name, "packed-refs"))

    def _hint(self, name: str) -> str:
        lock = self._git_dir / f"{name}.lock"
        if lock.exists():
            return f"if no other git is running here, remove {lock}"
        parts = name.split("/")
        parents = ["/".join(parts[:end]) for end in range(3, len(parts))]
        taken = next((parent for parent in parents if self.read(parent)), None)
        return f"rename the ref that is in the way: {taken}" if taken else "check free space and permissions in .git"


def _pauses() -> Iterator[float]:
    pause = 0.001
    for _ in range(TRIES):
        yield pause * (0.5 + random.random())  # noqa: S311 - jitter between processes, no secret
        pause = min(pause * 2, LONGEST_WAIT)
