"""What a verdict looks at: the same checks on the base and on the candidate, and the patch between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gitbuddy.core.diagnostics import diagnostics
from gitbuddy.core.failures import failures
from gitbuddy.values import CheckKind, CheckResult, CheckStatus, Patch, Task


@dataclass(frozen=True, slots=True)
class Checked:
    """One run of the checks on one tree; `altered` are the tracked paths that the run itself changed."""

    results: tuple[CheckResult, ...]
    altered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Base and candidate under the same checks, and the patch between them."""

    task: Task
    base: Checked
    candidate: Checked
    patch: Patch

    def pairs(self) -> tuple[tuple[CheckResult, CheckResult], ...]:
        """(base, candidate) of each check that ran on both."""
        before = {result.check.name: result for result in self.base.results}
        after = self.candidate.results
        return tuple((before[result.check.name], result) for result in after if result.check.name in before)

    def complete(self) -> bool:
        """Whether the same checks, by name, have a result on both sides."""
        before, after = ([result.check.name for result in side.results] for side in (self.base, self.candidate))
        return sorted(before) == sorted(after)

    def newly_altered(self) -> tuple[str, ...]:
        """Tracked paths that the checks change on the candidate and do not on the base."""
        return tuple(path for path in self.candidate.altered if path not in self.base.altered)

    def mended(self) -> tuple[CheckResult, ...]:
        """Checks that failed on the base and pass on the candidate."""
        return tuple(after for before, after in self.pairs() if failed(before) and passed(after))


def passed(result: CheckResult) -> bool:
    return result.status is CheckStatus.PASSED


def failed(result: CheckResult) -> bool:
    """Red: it ran and said no. A check that cannot run has said nothing."""
    return result.status is CheckStatus.FAILED


def red(results: Sequence[CheckResult], kind: CheckKind | None = None) -> tuple[CheckResult, ...]:
    """The failed ones, of one kind or of all."""
    return tuple(result for result in results if failed(result) and kind in (None, result.check.kind))


def worse(before: CheckResult, after: CheckResult) -> bool:
    """Whether the candidate lost ground on this check.

    A pass that is no pass any more, or a failure that can no longer even run (a suite that stops collecting, a build
    that hangs). What is red on both sides is not the proposer's fault.
    """
    if passed(before):
        return not passed(after)
    return failed(before) and after.status in (CheckStatus.CANNOT_RUN, CheckStatus.TIMED_OUT)


def news(before: CheckResult, after: CheckResult) -> str:
    """What a check that is red on both sides complains about only now; empty when there is nothing new.

    A check that has gone silent while it still fails (a crash, an early exit) hides what it would say: news too.
    What a check of a form we cannot read says is no news.
    """
    if not (failed(before) and failed(after)):
        return ""
    old, new = _complaints(before), _complaints(after)
    if old and not new:
        return f"{after.check.name} still fails, and no longer says at what"
    added = sorted(complaint for complaint in new if new[complaint] > old[complaint])
    return f"{after.check.name} reports something new: {'; '.join(added[:5])}" if added else ""


def _complaints(result: CheckResult) -> Counter[str]:
    """Failing tests, or diagnostics; a broken build is one failure, for its messages depend on one another."""
    if result.check.kind is CheckKind.TEST:
        return Counter(failures(result.output))
    if result.check.kind in (CheckKind.LINT, CheckKind.TYPES):
        found = diagnostics(result.output)
        return Counter({f"{path}: {text}": count for (path, text), count in found.items()})
    return Counter()
