"""`fix`: what failed on the base passes now, and the tests that say so are the ones that failed."""

from __future__ import annotations

from gitbuddy.core.cases import file_of, is_red, listed
from gitbuddy.core.evidence import Evidence, passed, red, stuck
from gitbuddy.core.kinds import change as as_change
from gitbuddy.core.languages import own_tests
from gitbuddy.core.rules.protected import is_test_path
from gitbuddy.values import Accepted, Change, CheckKind, CheckResult, Refused, Task

WORDS = "A check fails. Find the cause in the code and mend it. Do not change the tests."


def pointless(task: Task, base: tuple[CheckResult, ...]) -> str:
    return as_change.pointless(task, base) if _wrong(base) else "nothing to fix: no check fails on the base"


def prove(evidence: Evidence) -> Accepted | Refused:
    mended = evidence.mended_tests()
    pinned = frozenset(file_of(name) for name in mended)
    if tests := [change.path for change in evidence.patch.changes if _changes_tests(change, pinned)]:
        return Refused("checks", "test-changed", f"a fix leaves the tests as they are: {tests[0]}")
    if left := as_change.unaccepted(evidence) if evidence.task.accept else _unmended(evidence, mended):
        return Refused("checks", "still-failing", f"what must be mended still fails: {listed(left)}")
    sentences = [f"tests failed on base, pass here: {listed(mended)}"] if mended else []
    checks = [result.check for result in evidence.mended()]
    before = {result.check.name: result.status.value for result in evidence.base.results}
    sentences += [f"{check.name}: {before[check.name]} on base, passes here" for check in checks]
    sought = _sought(evidence.base.results)
    if not mended and not any(check.kind in sought for check in checks):
        still = ", ".join(after.check.name for after in evidence.candidate.results if not passed(after))
        return Refused("checks", "still-failing", f"what failed on the base still fails: {still}")
    return Accepted(tuple(sentences), _left(evidence))


def _changes_tests(change: Change, pinned: frozenset[str]) -> bool:
    """Whether this is a file of tests, or tests that stand beside the code are not the same any more."""
    if is_test_path(change.path):
        return True
    before, after = (own_tests(source or b"", change.path) for source in (change.before, change.after))
    return change.path in pinned if before is None else before != after


def _sought(base: tuple[CheckResult, ...]) -> frozenset[CheckKind]:
    """The kinds of check one of which must turn green: tests where tests fail, so that tidying up is no fix."""
    kinds = frozenset(result.check.kind for result in _wrong(base))
    return frozenset({CheckKind.TEST}) if CheckKind.TEST in kinds else kinds


def _wrong(base: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
    """What fails on the base, or does not come to an end there."""
    return (*red(base), *(result for result in base if stuck(result)))


def _unmended(evidence: Evidence, mended: tuple[str, ...]) -> tuple[str, ...]:
    """Tests that failed on the base, every time, and are not mended. A task that means only some names them."""
    told = [before for before, after in evidence.pairs() if before.cases is not None and after.cases is not None]
    red = [case.id for r in told for case in r.cases or () if is_red(case) and case.id not in r.flaky]
    return tuple(name for name in red if name not in mended)


def _left(evidence: Evidence) -> tuple[str, ...]:
    """Tests that fail as they did on the base: not this change's fault, and not mended by it."""
    cases = [case for result in evidence.candidate.results for case in result.cases or ()]
    names = sorted(case.id for case in cases if is_red(case))
    return (f"still failing, as on the base: {listed(names)}",) if names else ()
