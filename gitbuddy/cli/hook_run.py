"""What gitbuddy does inside the hooks of a repository."""

from __future__ import annotations


def pre_commit(directory: str) -> int:
    """Look at what is about to be committed; the exit code for git."""
    del directory
    return 0


def post_commit(directory: str) -> int:
    """Look at what was just committed; the exit code for git."""
    del directory
    return 0
