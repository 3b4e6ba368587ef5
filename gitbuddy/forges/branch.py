"""Landing without a forge: the accepted commit becomes a branch of the user's own repository."""

from __future__ import annotations

from collections.abc import Callable


class BranchForge:
    """Creates branches and never moves one."""

    def __init__(self, publish: Callable[[str, str], str]) -> None:
        """`publish(commit, branch)` makes or confirms the branch and returns the name it got."""
        self._publish = publish

    def land(self, commit: str, branch: str) -> str:
        """See `protocols.Forge.land`."""
        return self._publish(commit, branch)
