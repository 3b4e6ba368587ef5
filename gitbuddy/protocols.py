"""The three seams. An alternative is a new file and a line in `wiring`, never an `if` in the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from gitbuddy.values import Brief, CompletedCommand, Emit, Limits, Mounts, Proposal, Tier


class Proposer(Protocol):
    """Anything that turns a brief into a proposal: a model, a fixer, a recorded transcript."""

    @property
    def uses_worktree(self) -> bool:
        """Whether it works in the worktree of the brief, so that the worktree must be put in order afterwards."""
        ...

    def tokens(self, text: str, tier: Tier) -> int:
        """How many tokens `text` is for this tier's model: exact where its tokenizer can be asked, else not too few.

        Never raises: what cannot be asked is estimated.
        """
        ...

    def propose(self, brief: Brief, emit: Emit) -> Proposal:
        """Answer the brief.

        Raises `Rejected` when the answer is unusable (cut off, runaway) and `ModelUnavailable` when none can be had.
        """
        ...


class Sandbox(Protocol):
    """Runs a command that may execute model-written code."""

    @property
    def name(self) -> str:
        """The tier's name, as it stands in the record."""
        ...

    @property
    def confines(self) -> bool:
        """Whether model-written code may run in it; False for limits only."""
        ...

    @property
    def runs(self) -> bool:
        """Whether it starts commands at all; False where only proposals can be made."""
        ...

    @property
    def passed_over(self) -> tuple[str, ...]:
        """Why each stronger sandbox was not taken, in sentences; empty for the strongest, or the one asked for."""
        ...

    @property
    def findings(self) -> tuple[str, ...]:
        """What its self-test could reach and should not; empty for one that keeps everything out."""
        ...

    @property
    def closed(self) -> bool:
        """Whether a command reaches a file of the worktree by one path only, since it can make no hard links."""
        ...

    def run(
        self, command: Sequence[str], mounts: Mounts, limits: Limits, environment: Mapping[str, str]
    ) -> CompletedCommand:
        """Run `command` in the worktree; everything it started is dead afterwards.

        `environment` is added to the sandbox's own small environment. Never raises for what the command does. Raises
        `GitbuddyError` where what is mounted would make the command test another checkout than the worktree.
        """
        ...


class Forge(Protocol):
    """Makes an accepted commit reachable for people."""

    def land(self, commit: str, branch: str) -> str:
        """Publish `commit` as `branch`; return the name used (a taken name gets a suffix). Idempotent."""
        ...
