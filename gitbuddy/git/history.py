"""Commits brought together in memory, without a checkout."""

from __future__ import annotations

from collections.abc import Sequence

import pygit2

from gitbuddy.errors import GitbuddyError
from gitbuddy.git.objects import Objects


def combine(
    git: pygit2.Repository, objects: Objects, commits: Sequence[str], people: Sequence[pygit2.Signature]
) -> str:
    """The commit that has all of `commits` in its history: one of them, or a new merge commit by `people`.

    `people` are author and committer. `GitbuddyError` when they do not merge cleanly.
    """
    newest, *others = _newest(git, list(dict.fromkeys(commits)))
    for other in others:
        index = git.merge_commits(pygit2.Oid(hex=newest), pygit2.Oid(hex=other))
        if index.conflicts is not None:
            path = next(side.path for sides in index.conflicts for side in sides if side is not None)
            hint = f"merge {newest[:12]} and {other[:12]} yourself, and start from there"
            raise GitbuddyError(f"the commits to build on change the same lines: {path}", hint)
        message = f"Merge {other[:12]} to build on it\n"
        newest = objects.write_commit(str(index.write_tree(git)), [newest, other], message, people[0], people[1])
    return newest


def _newest(git: pygit2.Repository, commits: Sequence[str]) -> list[str]:
    """Those that no other one has in its history."""
    oids = {commit: pygit2.Oid(hex=commit) for commit in commits}
    return [
        commit
        for commit in commits
        if not any(other != commit and git.descendant_of(oids[other], oids[commit]) for other in commits)
    ]
