"""A test run in the real sandbox, as each runner orders and reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from gitbuddy.checks.reports import Report, Unreadable
from gitbuddy.checks.runners import cargo, ctest, go, jest, node, surefire, vitest
from gitbuddy.checks.runners.runner import Folders, Runner
from gitbuddy.sandboxes.bubblewrap import Bubblewrap
from gitbuddy.values import CaseStatus, Check, CompletedCommand, Limits, Mounts

RUNNERS: tuple[Runner, ...] = (cargo, ctest, go, jest, node, surefire, vitest)
LIMITS = Limits(seconds=120)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a test run showed. `problem` says why there is no report; `text` is what a person reads of it."""

    check: Check
    exit_code: int | None
    cases: Mapping[str, CaseStatus]
    words: Mapping[str, str]
    text: str
    problem: str = ""


Prove = Callable[[Mapping[str, str]], Ran]
"""Files of a project, to what its test run shows."""


@dataclass(frozen=True, slots=True)
class Bench:
    """A worktree, the sandbox, and the folders that a test run gets."""

    sandbox: Bubblewrap
    mounts: Mounts
    folders: Folders

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.mounts.worktree / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def run(self, check: Check) -> CompletedCommand:
        return self.sandbox.run(check.command, self.mounts, LIMITS, {})

    def test(self, check: Check) -> Ran:
        runner = next(runner for runner in RUNNERS if runner.fits(check))
        order = runner.order(check, self.folders)
        shown = replace(
            self.mounts,
            read_only=(*self.mounts.read_only, self.folders.tools),
            writable=(*self.mounts.writable, self.folders.reports),
        )
        limits = replace(LIMITS, output=max(LIMITS.output, order.output))
        done = self.sandbox.run(order.command, shown, limits, order.environment)
        try:
            return _ran(check, done, runner.report(order, done, self.folders))
        except Unreadable as problem:
            return Ran(check, done.exit_code, {}, {}, done.output.decode(), str(problem))


def _ran(check: Check, done: CompletedCommand, report: Report) -> Ran:
    cases = {case.id: case.status for case in report.cases}
    words = {case.id: case.words for case in report.cases if case.words}
    text = done.output.decode() if report.output is None else report.output
    return Ran(check, done.exit_code, cases, words, text)
