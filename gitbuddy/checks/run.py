"""Run a project's checks in the sandbox, cheap kinds first, and remember what they said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gitbuddy.checks.cache import Cache, key_of
from gitbuddy.checks.detect import in_order
from gitbuddy.checks.folders import run_folders
from gitbuddy.checks.reports import Report, Unreadable
from gitbuddy.checks.results import by_case, whole
from gitbuddy.checks.runners import runner_of
from gitbuddy.checks.runners.runner import Folders, Order, Runner
from gitbuddy.checks.transcript import transcript
from gitbuddy.errors import GitbuddyError
from gitbuddy.protocols import Sandbox
from gitbuddy.values import Check, CheckKind, CheckResult, CompletedCommand, Limits, Mounts

_SHOWN = 300


def never(result: CheckResult) -> bool:
    return False


@dataclass(frozen=True)
class CheckRunner:
    """The checks of one project, run in `sandbox` under `limits`; each check's timeout replaces `limits.seconds`.

    `runs` is where the folders of single runs are made; None for where temporary files go.
    """

    sandbox: Sandbox
    cache: Cache
    limits: Limits
    runs: Path | None = None

    def run(
        self,
        checks: Collection[Check],
        tree: str,
        mounts: Mounts,
        stop: Callable[[CheckResult], bool] = never,
        *,
        fresh: bool = False,
    ) -> tuple[CheckResult, ...]:
        """Results on the worktree, which holds `tree`, in order, ending with the first that `stop` says yes to.

        `fresh` runs them all, whatever is remembered.
        """
        ordered = in_order(checks)
        known = {} if fresh else self._remembered(ordered, tree, mounts)
        results: list[CheckResult] = []
        for check in ordered:
            result = known.get(check) or self._run(check, mounts)
            results.append(result)
            if stop(result):
                break
        return tuple(results)

    def knows(self, checks: Collection[Check], tree: str, mounts: Mounts) -> bool:
        """Whether all of these are remembered for `tree`, so that nothing would be run."""
        return len(self._remembered(in_order(checks), tree, mounts)) == len(checks)

    def remember(self, tree: str, mounts: Mounts, results: Sequence[CheckResult]) -> None:
        """Keep these results for `tree`. For the caller to do, once it knows that the run left the tree as it was."""
        for result in (result for result in results if not result.cached):
            self.cache.put(self._key(result.check, tree, mounts), result)

    def set_up(self, commands: Sequence[Sequence[str]], mounts: Mounts) -> None:
        """Prepare a worktree with the project's own commands. Raises `GitbuddyError` when one fails."""
        for command in commands:
            done = self.sandbox.run(command, mounts, self.limits, {})
            if done.exit_code != 0 or done.timed_out:
                raise GitbuddyError(
                    f"a setup command of the worktree failed ({_ending(done)}): {' '.join(command)}",
                    f"it runs without network; correct it in .buddy/config.toml. It said: {_last_words(done, mounts)}",
                )

    def _remembered(self, checks: Sequence[Check], tree: str, mounts: Mounts) -> dict[Check, CheckResult]:
        """What the cache knows. A build is worth its traces, not its result: it is redone if a later check runs."""
        known: dict[Check, CheckResult] = {}
        complete = True
        for check in reversed(checks):
            result = self.cache.get(self._key(check, tree, mounts), check)
            if result and (complete or check.kind is not CheckKind.BUILD):
                known[check] = result
            else:
                complete = False
        return known

    def _run(self, check: Check, mounts: Mounts) -> CheckResult:
        """The check by its own command, or by one that tells of each test where its runner is known."""
        limits = replace(self.limits, seconds=check.timeout)
        runner = runner_of(check)
        if runner is None:
            return whole(check, self.sandbox.run(check.command, mounts, limits, {}), mounts)
        with run_folders(self.runs) as folders:
            order = runner.order(check, folders)
            shown = replace(
                mounts,
                read_only=(*mounts.read_only, folders.tools),
                writable=(*mounts.writable, folders.reports),
            )
            limits = replace(limits, output=max(limits.output, order.output))
            done = self.sandbox.run(order.command, shown, limits, order.environment)
            return by_case(check, order, done, _read(runner, order, done, folders), mounts, self.limits.output)

    def _key(self, check: Check, tree: str, mounts: Mounts) -> str:
        return key_of(check, tree, mounts, self.sandbox.name)


def _read(runner: Runner, order: Order, done: CompletedCommand, folders: Folders) -> Report | Unreadable:
    try:
        return runner.report(order, done, folders)
    except Unreadable as problem:
        return problem


def _ending(done: CompletedCommand) -> str:
    if done.timed_out:
        return "no time left"
    return "it did not start" if done.exit_code is None else f"exit code {done.exit_code}"


def _last_words(done: CompletedCommand, mounts: Mounts) -> str:
    return transcript(done.output, mounts).strip()[-_SHOWN:] or "nothing"
