"""What a repair has to turn green, and the check that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gitbuddy.core.cases import is_red, matching
from gitbuddy.core.evidence import failed, stuck
from gitbuddy.errors import Rejected
from gitbuddy.mutate.inside import fits
from gitbuddy.values import CaseStatus, Check, CheckKind, CheckResult, Refused, Task


@dataclass(frozen=True, slots=True)
class Target:
    """Ids of tests of one check: those that must pass and fail now, and those that pass. `seconds` is what it took.

    Without any id the check told only a whole: it did not come to its end.
    """

    check: Check
    failing: tuple[str, ...]
    passing: tuple[str, ...]
    seconds: float


def target_of(task: Task, results: Sequence[CheckResult]) -> Target:
    """The first test check that fails on the base. Raises `Rejected` where a search would have nothing to go by."""
    red = [result for result in results if result.check.kind is CheckKind.TEST and (failed(result) or stuck(result))]
    if not red:
        raise nothing("no test fails on the base")
    usable = [result for result in red if fits(result.check)]
    if not usable:
        raise nothing(f"only tests of pytest and unittest can be searched by, and this is neither: {red[0].check.name}")
    result = usable[0]
    cases = result.cases or ()
    failing = [case.id for case in cases if is_red(case) and case.id not in result.flaky]
    if task.accept:
        wanted = {case.id for name in task.accept for case in matching(name, cases)}
        failing = [name for name in failing if name in wanted]
    passing = [case.id for case in cases if case.status is CaseStatus.PASSED and case.id not in result.flaky]
    if cases and not failing:
        raise nothing("the tests that fail on the base do so by chance, or are not those that the task names")
    return Target(result.check, tuple(failing), tuple(passing), result.seconds)


def nothing(words: str) -> Rejected:
    """The refusal where no search can begin."""
    return Rejected(Refused("reply", "no-target", words))
