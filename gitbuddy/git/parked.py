"""A proposal that waits for its owner: a commit on top of the snapshot it was made for, one for each worktree.

`refs/buddy/v1/parked/<worktree>` is replaced by the next proposal; the commit itself says what it was made for.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass

from gitbuddy.errors import GitbuddyError, UsageError
from gitbuddy.git.objects import Blob, signature
from gitbuddy.git.repo import Repo
from gitbuddy.values import Change

PARKED = "refs/buddy/v1/parked/"
MESSAGE = "buddy: lint mended\n"


@dataclass(frozen=True, slots=True)
class Parked:
    """A proposal: its commit, and what it changes of the snapshot below it."""

    commit: str
    changes: tuple[Change, ...]


def ref_of(repo: Repo) -> str:
    """The ref of this worktree: a worktree's proposals are nobody else's."""
    return PARKED + hashlib.sha256(os.fsencode(repo.top)).hexdigest()[:16]


def park(repo: Repo, snapshot: str, changes: Sequence[Change]) -> str:
    """Keep a proposal for the commit `snapshot`; the commit that it is now."""
    nobody = signature("gitbuddy", "gitbuddy@localhost")
    blobs = {change.path: Blob(change.after or b"", change.mode) for change in changes}
    tree = repo.objects.write_tree(repo.tree_of(snapshot), blobs)
    commit = repo.objects.write_commit(tree, [snapshot], MESSAGE, nobody, nobody)
    name = ref_of(repo)
    if not repo.refs.move(name, repo.refs.read(name), commit, "gitbuddy: parked"):
        raise GitbuddyError("another process has just parked a proposal here", "commit again")
    return commit


def parked(repo: Repo) -> Parked:
    """The proposal of this worktree; `UsageError` where there is none."""
    commit = repo.refs.read(ref_of(repo))
    if commit is None:
        raise UsageError(
            "there is no proposal for this worktree",
            "one is made where the hook finds something that it can mend, and says so",
        )
    (below,) = repo.parents(commit)
    return Parked(commit, repo.patch(below, commit).changes)


def drop(repo: Repo, commit: str) -> None:
    """Forget a proposal that was taken."""
    repo.refs.move(ref_of(repo), commit, None, "gitbuddy: taken")
