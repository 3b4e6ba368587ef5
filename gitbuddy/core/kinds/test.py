"""`test`: tests are added and pass on the code as it is, which is not touched."""

from __future__ import annotations

import re
from collections import Counter

from gitbuddy.core.evidence import Evidence, passed
from gitbuddy.core.rules.protected import is_test_path
from gitbuddy.values import Accepted, Change, CheckKind, CheckResult, CheckStatus, Refused

WORDS = "Write tests for the code as it is. Change test files only; every test must pass on the present code."
_CAN_SHOW = (CheckStatus.PASSED, CheckStatus.CANNOT_RUN)
"""A project without any test cannot run its tests; the first test is what changes that."""
_NAMED = re.compile(
    r"^[ \t]*(?:async +)?def (test\w*)"  # pytest, unittest
    r"|^func ((?:Test|Fuzz|Example)\w*)"  # go
    r"|\b(?:it|test|describe|TEST\w*)\(\s*([^,()\n]{1,200})[,)]"  # jest, vitest, node, GoogleTest, Catch2
    r"|(?:@Test\b|#\[\w*:*test\])\s+[^({]{0,200}?\b(\w{1,200})\(",  # JUnit, rust
    re.MULTILINE,
)
_SKIPPED = re.compile(
    r"\bmark\.(?:skip|xfail)|\bskip(?:Test|If|Unless)?\(|\b(?:it|test|describe)\.(?:skip|todo|only)\b|\bx(?:it|test|describe)\("
    r"|\bexpectedFailure\b|\bt\.Skip|@(?:Disabled|Ignore)\b|#\[ignore|\bDISABLED_|\bGTEST_SKIP"
)


def pointless(base: tuple[CheckResult, ...]) -> str:
    tests = _tests(base)
    if not tests:
        return "the project has no test check, so new tests could not be shown to pass"
    if not any(result.status in _CAN_SHOW for result in tests):
        return f"the tests of the base do not pass, so new ones could not be shown to: {tests[0].check.name}"
    return ""


def prove(evidence: Evidence) -> Accepted | Refused:
    if others := [path for path in evidence.patch.paths if not is_test_path(path)]:
        return Refused("checks", "not-a-test", f"a test task changes test files only, and this is none: {others[0]}")
    if shrunk := [change.path for change in evidence.patch.changes if _shrinks(change)]:
        return Refused("checks", "tests-removed", f"a test task adds tests and removes none: {shrunk[0]}")
    green = [result.check.name for result in _tests(evidence.candidate.results) if passed(result)]
    if not green:
        return Refused("checks", "not-shown", "no test run passes with the new tests")
    return Accepted((f"only test files changed, and they pass: {', '.join(green)}",))


def _tests(results: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
    return tuple(result for result in results if result.check.kind is CheckKind.TEST)


def _shrinks(change: Change) -> bool:
    """Whether a test that was there is gone, or more of them are skipped."""
    before, after = ((data or b"").decode("utf-8", "replace") for data in (change.before, change.after))
    return bool(_named(before) - _named(after)) or len(_SKIPPED.findall(after)) > len(_SKIPPED.findall(before))


def _named(text: str) -> Counter[str]:
    return Counter(next(name for name in match.groups() if name).strip() for match in _NAMED.finditer(text))
