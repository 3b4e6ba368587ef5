"""`fix`: what failed on the base passes now, and the tests that say so are the ones that failed."""

from __future__ import annotations

from gitbuddy.core.evidence import Evidence, passed, red
from gitbuddy.core.rules.protected import is_test_path
from gitbuddy.values import Accepted, CheckKind, CheckResult, Refused

WORDS = "A check fails. Find the cause in the code and mend it. Do not change the tests."


def pointless(base: tuple[CheckResult, ...]) -> str:
    return "" if red(base) else "nothing to fix: no check fails on the base"


def prove(evidence: Evidence) -> Accepted | Refused:
    if tests := [path for path in evidence.patch.paths if is_test_path(path)]:
        return Refused("checks", "test-changed", f"a fix leaves the tests as they are: {tests[0]}")
    mended = [result.check for result in evidence.mended()]
    sought = _sought(evidence.base.results)
    if not any(check.kind in sought for check in mended):
        still = ", ".join(after.check.name for after in evidence.candidate.results if not passed(after))
        return Refused("checks", "still-failing", f"what failed on the base still fails: {still}")
    return Accepted(tuple(f"{check.name}: failed on base, passes here" for check in mended))


def _sought(base: tuple[CheckResult, ...]) -> frozenset[CheckKind]:
    """The kinds of check one of which must turn green: tests where tests fail, so that tidying up is no fix."""
    kinds = frozenset(result.check.kind for result in red(base))
    return frozenset({CheckKind.TEST}) if CheckKind.TEST in kinds else kinds
