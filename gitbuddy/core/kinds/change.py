"""`change`: do what the text says; no check may get worse, and the acceptance tests, where given, must turn green."""

from __future__ import annotations

from collections.abc import Sequence

from gitbuddy.core.cases import listed, matching
from gitbuddy.core.evidence import Evidence
from gitbuddy.values import Accepted, Case, CaseStatus, CheckResult, Refused, Task

WORDS = "Change the code as the task says. Keep everything else as it is."


def pointless(task: Task, base: tuple[CheckResult, ...]) -> str:
    for name in task.accept:
        if not any(result.cases is not None for result in base):
            return f"no test run here tells of single tests, so an acceptance test cannot be looked for: {name}"
        found = named_cases(name, base)
        if not found:
            return f"no test of the base has this name, so it cannot turn green: {name}"
        if not any(case.status is CaseStatus.FAILED for case in found):
            return f"an acceptance test must fail on the base, and it is {found[0].status.value}: {name}"
    return ""


def prove(evidence: Evidence) -> Accepted | Refused:
    if not evidence.task.accept:
        return Accepted(())
    if left := unaccepted(evidence):
        return Refused("checks", "not-accepted", f"the acceptance tests do not pass yet: {listed(left)}")
    return Accepted((f"the acceptance tests failed on base and pass here: {listed(evidence.task.accept)}",))


def unaccepted(evidence: Evidence) -> tuple[str, ...]:
    """The acceptance tests that are not shown to have turned green: red on the base, and all passing here."""
    return tuple(name for name in evidence.task.accept if not _turned_green(name, evidence))


def named_cases(name: str, results: Sequence[CheckResult]) -> tuple[Case, ...]:
    """The tests of all checks that a name given in a task stands for."""
    return tuple(case for result in results for case in matching(name, result.cases or ()))


def _turned_green(name: str, evidence: Evidence) -> bool:
    before, after = (named_cases(name, side.results) for side in (evidence.base, evidence.candidate))
    shaky = set(evidence.flaky())
    red = any(case.status is CaseStatus.FAILED and case.id not in shaky for case in before)
    green = bool(after) and all(case.status is CaseStatus.PASSED and case.id not in shaky for case in after)
    return red and green
