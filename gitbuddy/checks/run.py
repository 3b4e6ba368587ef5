"""Run a project's checks in the sandbox, cheap kinds first, and remember what they said."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from gitbuddy.checks.cache import Cache, key_of
from gitbuddy.checks.classify import classify
from gitbuddy.checks.detect import in_order
from gitbuddy.checks.transcript import transcript
from gitbuddy.errors import GitbuddyError
from gitbuddy.protocols import Sandbox
from gitbuddy.values import Check, CheckKind, CheckResult, CheckStatus, CompletedCommand, Limits, Mounts

_SHOWN = 300


def never(result: CheckResult) -> bool:
    return False


def _ignore(result: CheckResult) -> None:
    pass


@dataclass(frozen=True)
class CheckRunner:
    """The checks of one project, run in `sandbox` under `limits`; each check's timeout replaces `limits.seconds`."""

    sandbox: Sandbox
    cache: Cache
    limits: Limits

    def run(
        self,
        checks: Collection[Check],
        tree: str,
        mounts: Mounts,
        stop: Callable[[CheckResult], bool] = never,
        on_result: Callable[[CheckResult], None] = _ignore,
    ) -> tuple[CheckResult, ...]:
        """Results on the worktree, which holds `tree`, in order, ending with the first that `stop` says yes to."""
        ordered = in_order(checks)
        known = self._remembered(ordered, tree, mounts)
        results: list[CheckResult] = []
        for check in ordered:
            result = known.get(check) or self._run(check, mounts)
            results.append(result)
            on_result(result)
            if stop(result):
                break
        return tuple(results)

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
        limits = replace(self.limits, seconds=check.timeout)
        done = self.sandbox.run(check.command, mounts, limits, {})
        output = transcript(done.output, mounts)
        status = classify(check.command, done, output)
        exit_code = None if status is CheckStatus.TIMED_OUT else done.exit_code
        return CheckResult(check, status, exit_code, output, done.seconds)

    def _key(self, check: Check, tree: str, mounts: Mounts) -> str:
        return key_of(check, tree, mounts, self.sandbox.name)


def _ending(done: CompletedCommand) -> str:
    if done.timed_out:
        return "no time left"
    return "it did not start" if done.exit_code is None else f"exit code {done.exit_code}"


def _last_words(done: CompletedCommand, mounts: Mounts) -> str:
    return transcript(done.output, mounts).strip()[-_SHOWN:] or "nothing"
