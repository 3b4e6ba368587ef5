"""A proposer that says what a test tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gitbuddy.values import Brief, Emit, Proposal, Tier, Usage

Given = str | Proposal | Exception
"""A reply, a whole proposal, or an error to raise."""


class RanOut(AssertionError):
    """The script of a test is shorter than what it drives."""


class ScriptedProposer:
    """Gives `replies` one after the other, or calls `replies` with the brief. `briefs` are the questions so far."""

    def __init__(self, replies: Iterable[Given] | Callable[[Brief], Given], *, uses_worktree: bool = False) -> None:
        self.briefs: list[Brief] = []
        self._answer = replies if callable(replies) else self._in_order(list(replies))
        self._uses_worktree = uses_worktree

    @property
    def uses_worktree(self) -> bool:
        return self._uses_worktree

    def tokens(self, text: str, tier: Tier) -> int:
        """A token for every three bytes."""
        return -(-len(text.encode()) // 3)

    def propose(self, brief: Brief, emit: Emit) -> Proposal:
        """The next reply. Raises `RanOut` when there is none left."""
        self.briefs.append(brief)
        given = self._answer(brief)
        if isinstance(given, Exception):
            raise given
        return given if isinstance(given, Proposal) else Proposal(given, usage=Usage(model="scripted"))

    def _in_order(self, replies: list[Given]) -> Callable[[Brief], Given]:
        def answer(brief: Brief) -> Given:
            number = len(self.briefs)
            if number > len(replies):
                asked = f"asked {number} times, by task {brief.task.id} at tier {brief.tier.name}"
                return RanOut(f"ScriptedProposer was given {len(replies)} replies and was {asked}: add a reply")
            return replies[number - 1]

        return answer
