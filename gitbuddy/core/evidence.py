"""What a verdict looks at: the same checks on the base and on the candidate, and the patch between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gitbuddy.core.cases import Comparison, compare
from gitbuddy.core.diagnostics import diagnostics
from gitbuddy.core.failures import failures
from gitbuddy.values import CheckKind, CheckResult, CheckStatus, Patch, Task


@dataclass(frozen=True, slots=True)
class Checked:
    """The checks on one tree; `altered` are the tracked paths that running them changed.

    `again` names the checks that were run more than once.
    """

    results: tuple[CheckResult, ...]
    altered: tuple[str, ...] = ()
    again: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mutation:
    """What new tests said of the code with a small fault in it: which of them noticed one, out of `tried` faults.

    `obstacle` says why no fault could be tried.
    """

    noticed: frozenset[str] = frozenset()
    tried: int = 0
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Share of the statements of the touched files that the tests run, in percent; None where it was not measured."""

    base: float | None = None
    candidate: float | None = None
    threshold: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """Base and candidate under the same checks, the patch between them, and what trials showed beyond the checks.

    `doubts` are what a reviewer should know and no check can show.
    """

    task: Task
    base: Checked
    candidate: Checked
    patch: Patch
    mutation: Mutation | None = None
    coverage: Coverage | None = None
    doubts: tuple[str, ...] = ()

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
        """Checks that failed on the base, every time, or ran out of time there, and pass on the candidate."""
        pairs = [(before, after) for before, after in self.pairs() if not before.flaky and passed(after)]
        return tuple(after for before, after in pairs if failed(before) or stuck(before))

    def mended_tests(self) -> tuple[str, ...]:
        """Ids of tests that failed on the base, every time, and pass on the candidate."""
        return tuple(name for compared in self.comparisons() for name in compared.mended)

    def added_tests(self) -> tuple[str, ...]:
        """Ids of tests that the base does not have; all of them where the base told of none."""
        told = {before.check.name for before, _ in self.pairs() if before.cases is not None}
        untold = [after for after in self.candidate.results if after.check.name not in told]
        added = [name for compared in self.comparisons() for name in compared.added]
        return (*added, *(case.id for after in untold for case in after.cases or ()))

    def comparisons(self) -> tuple[Comparison, ...]:
        """Test by test, for each check whose runner tells of them on both sides."""
        return tuple(found for before, after in self.pairs() if (found := compare(before, after)))

    def flaky(self) -> tuple[str, ...]:
        """Tests and checks that were seen to pass and to fail on one and the same tree."""
        return tuple(sorted({name for side in (self.base, self.candidate) for r in side.results for name in r.flaky}))


def passed(result: CheckResult) -> bool:
    return result.status is CheckStatus.PASSED


def failed(result: CheckResult) -> bool:
    """Red: it ran and said no. A check that cannot run has said nothing."""
    return result.status is CheckStatus.FAILED


def stuck(result: CheckResult) -> bool:
    """It ran out of time: an endless loop, or a slow machine."""
    return result.status is CheckStatus.TIMED_OUT


def red(results: Sequence[CheckResult], kind: CheckKind | None = None) -> tuple[CheckResult, ...]:
    """The failed ones, of one kind or of all."""
    return tuple(result for result in results if failed(result) and kind in (None, result.check.kind))


def worse(before: CheckResult, after: CheckResult) -> bool:
    """Whether the candidate lost ground on this check.

    A pass that is no pass any more, or a failure that can no longer even run (a suite that stops collecting, a build
    that hangs) or that does not tell of its tests any more. What is red on both sides is not the proposer's fault.
    """
    if before.check.name in after.flaky and before.check.name not in before.flaky:
        return True
    compared = compare(before, after)
    if compared and compared.worse:
        return True
    if passed(before):
        return not passed(after)
    silent = failed(after) and before.cases is not None and after.cases is None
    return failed(before) and (silent or after.status not in (CheckStatus.PASSED, CheckStatus.FAILED))


def news(before: CheckResult, after: CheckResult) -> str:
    """What a check that is red on both sides complains about only now; empty when there is nothing new.

    A check that has gone silent while it still fails (a crash, an early exit) hides what it would say: news too.
    What a check of a form we cannot read says is no news.
    """
    if not (failed(before) and failed(after)) or compare(before, after):
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
        return Counter({str(found): count for found, count in diagnostics(result.output).items()})
    return Counter()
