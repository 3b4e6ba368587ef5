"""Runs of the checks in one worktree: laid out, run, put back."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from gitbuddy.checks.run import CheckRunner, never
from gitbuddy.config import ProjectSettings
from gitbuddy.core.evidence import Checked, passed
from gitbuddy.errors import GitbuddyError
from gitbuddy.git.worktree import Slot
from gitbuddy.values import AllowedPatch, Check, CheckKind, CheckResult

Stop = Callable[[CheckResult], bool]


@dataclass(frozen=True, slots=True)
class Tree:
    """What a run is about: a patch on the base (None: the base itself), and the tree that it makes."""

    id: str
    patch: AllowedPatch | None = None


@dataclass(frozen=True)
class Bench:
    """The worktree of one job, and what runs in it."""

    slot: Slot
    runner: CheckRunner
    checks: tuple[Check, ...]
    settings: ProjectSettings

    def __post_init__(self) -> None:
        sandbox = self.runner.sandbox
        if sandbox.runs and not sandbox.confines:
            hint = "git buddy doctor says which sandbox works here"
            raise GitbuddyError(f"model-written code runs only in a sandbox, and this is none: {sandbox.name}", hint)

    @property
    def base(self) -> Tree:
        return Tree(self.slot.base_tree)

    def prepare(self) -> None:
        """Begin a job. Unless all is known of the base, it is measured where no earlier run has left anything."""
        if not self.runner.knows(self.checks, self.slot.base_tree, self.slot.mounts):
            self.clean()
        else:
            self._set_up()

    def clean(self) -> None:
        """Remove what runs have left, and set the worktree up anew."""
        if self.slot.leftovers:
            self.slot.wipe()
        self._set_up()

    def run(self, tree: Tree, checks: Collection[Check], stop: Stop = never, *, fresh: bool = False) -> Checked:
        """Run checks on a tree, up to the first that `stop` says yes to; `fresh` asks no cache."""
        self.slot.lay_out(tree.patch)
        results = self.runner.run(checks, tree.id, self.slot.mounts, stop, fresh=fresh)
        return Checked(results, self.slot.settle())

    def again(self, tree: Tree, checks: Collection[Check]) -> Checked:
        """Run checks once more, with the builds that they stand on: what is built now may be of another tree.

        Where it does not build there is no result: what stands there is of another tree still.
        """
        builds = [check for check in self.checks if check.kind is CheckKind.BUILD and check not in checks]

        def unbuilt(result: CheckResult) -> bool:
            return result.check in builds and not passed(result)

        done = self.run(tree, (*builds, *checks), unbuilt, fresh=True)
        return Checked(tuple(result for result in done.results if result.check in checks), done.altered)

    def remember(self, tree: Tree, checked: Checked) -> None:
        self.runner.remember(tree.id, self.slot.mounts, checked.results)

    def _set_up(self) -> None:
        self.runner.set_up(self.settings.worktree.setup, self.slot.mounts)
