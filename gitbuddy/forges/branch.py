"""Landing without a forge: the accepted commit becomes a branch of the user's own repository."""

from __future__ import annotations

from collections.abc import Callable

from gitbuddy.errors import GitbuddyError

_SUFFIXES = 20


class BranchForge:
    """Creates branches and never moves one: a name that holds something else gets a suffix."""

    def __init__(self, create_branch: Callable[[str, str], bool]) -> None:
        """`create_branch(name, commit)` creates or confirms a branch and says False when the name is taken."""
        self._create_branch = create_branch

    def land(self, commit: str, branch: str) -> str:
        """Make `commit` reachable as `branch`, or as `branch-2`, ... when that name is taken."""
        for name in (branch, *(f"{branch}-{number}" for number in range(2, _SUFFIXES))):
            if self._create_branch(name, commit):
                return name
        raise GitbuddyError(
            f"every name for the result is taken: {branch}", "delete the buddy/ branches you are done with"
        )
