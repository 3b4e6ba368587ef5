"""The entries of linked worktrees in the user's repository (`.git/worktrees/*`).

Ours are known by the reason they are locked with, which names their folder and is there from the first moment of
`git worktree add`. The lock keeps `git worktree prune` away. Entries of others are never touched.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gitbuddy.git.run import GitFailed, run_git

REASON: Final = "kept by gitbuddy: "
SEALED: Final = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
TRIES = 5


def ours(common_dir: Path, slots: Path) -> Iterator[tuple[Path, Path]]:
    """(entry, worktree folder) of our entries for folders directly in `slots`, half-made ones included."""
    for entry in _entries(common_dir):
        reason = _line(entry / "locked")
        if reason.startswith(REASON) and (slot := Path(reason.removeprefix(REASON))).parent == slots:
            yield entry, slot


def entry_of(common_dir: Path, slot: Path) -> Path | None:
    """The whole and healthy entry of our worktree at `slot`, or None."""
    for entry, path in ours(common_dir, slot.parent):
        if path == slot and _line(entry / "gitdir") == str(slot / ".git") and (entry / "index").is_file():
            return entry
    return None


def add(common_dir: Path, slot: Path, base: str, hold: int) -> Path:
    """Register an empty, detached, locked worktree at `slot`; the entry. Hold the pool's lock around this.

    A `git worktree` of somebody else at the same moment makes git fail now and then, so it is tried a few times.
    """
    command = ["worktree", "add", "--detach", "--no-checkout", "--lock", "--reason", f"{REASON}{slot}", str(slot), base]
    for left in reversed(range(TRIES)):
        try:
            run_git(command, git_dir=common_dir, cwd=slot.parent, environment=SEALED, hold=(hold,))
            break
        except GitFailed:
            drop(common_dir, slot)
            if not left:
                raise
            time.sleep(0.02 * (TRIES - left))
    return next(entry for entry, path in ours(common_dir, slot.parent) if path == slot)


def drop(common_dir: Path, slot: Path) -> None:
    """Remove our entries for `slot`, in whatever state they are. Hold the pool's lock around this."""
    for entry, path in ours(common_dir, slot.parent):
        if path == slot:
            shutil.rmtree(entry, ignore_errors=True)


def _entries(common_dir: Path) -> list[Path]:
    folder = common_dir / "worktrees"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _line(path: Path) -> str:
    try:
        return os.fsdecode(path.read_bytes()).rstrip("\n")
    except OSError:
        return ""
