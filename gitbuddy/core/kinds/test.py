"""`test`: tests are added and pass on the code as it is, which is not touched."""

from __future__ import annotations

import re
from collections import Counter

from gitbuddy.core.cases import listed
from gitbuddy.core.evidence import Evidence, passed
from gitbuddy.core.rules.protected import is_test_path
from gitbuddy.values import (
    Accepted,
    CaseStatus,
    Change,
    CheckKind,
    CheckResult,
    CheckStatus,
    Refused,
    Task,
    Unverified,
    Verdict,
)

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


def pointless(task: Task, base: tuple[CheckResult, ...]) -> str:
    tests = _tests(base)
    if not tests:
        return "the project has no test check, so new tests could not be shown to pass"
    if not any(result.status in _CAN_SHOW for result in tests):
        return f"the tests of the base do not pass, so new ones could not be shown to: {tests[0].check.name}"
    return ""


def prove(evidence: Evidence) -> Verdict:
    if others := [path for path in evidence.patch.paths if not is_test_path(path)]:
        return Refused("checks", "not-a-test", f"a test task changes test files only, and this is none: {others[0]}")
    if shrunk := [change.path for change in evidence.patch.changes if _shrinks(change)]:
        return Refused("checks", "tests-removed", f"a test task adds tests and removes none: {shrunk[0]}")
    green = [result.check.name for result in _tests(evidence.candidate.results) if passed(result)]
    if not green:
        return Refused("checks", "not-shown", "no test run passes with the new tests")
    shown = f"only test files changed, and they pass: {', '.join(green)}"
    return _worth(evidence, shown)


def _worth(evidence: Evidence, shown: str) -> Verdict:
    """Whether each new test would notice a fault: one that passes whatever the code does is worth nothing."""
    added, mutation = new_tests(evidence), evidence.mutation
    if not any(result.cases is not None for result in _tests(evidence.candidate.results)):
        return Unverified(
            "no-cases", "the test run does not tell of single tests, so the new ones are not known", (shown,)
        )
    if not added:
        return Refused("checks", "no-new-test", "no test was added: none passes now that the base does not have")
    if mutation is None or mutation.obstacle:
        why = mutation.obstacle if mutation else "the new tests were not tried on faulty code"
        return Unverified("no-mutants", f"it cannot be shown that the new tests would notice a fault: {why}", (shown,))
    if blind := [name for name in added if name not in mutation.noticed]:
        words = (
            f"these tests pass whatever the code does; they noticed none of {mutation.tried} small faults put into it"
        )
        return Refused("checks", "blind-test", f"{words}: {listed(blind)}")
    return Accepted(
        (shown, f"each of {len(added)} new tests noticed a fault put into the code ({mutation.tried} tried)")
    )


def new_tests(evidence: Evidence) -> tuple[str, ...]:
    """Ids of the new tests that pass."""
    cases = {case.id: case for result in evidence.candidate.results for case in result.cases or ()}
    return tuple(name for name in evidence.added_tests() if cases[name].status is CaseStatus.PASSED)


def _tests(results: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
    return tuple(result for result in results if result.check.kind is CheckKind.TEST)


def _shrinks(change: Change) -> bool:
    """Whether a test that was there is gone, or more of them are skipped."""
    before, after = ((data or b"").decode("utf-8", "replace") for data in (change.before, change.after))
    return bool(_named(before) - _named(after)) or len(_SKIPPED.findall(after)) > len(_SKIPPED.findall(before))


def _named(text: str) -> Counter[str]:
    return Counter(next(name for name in match.groups() if name).strip() for match in _NAMED.finditer(text))
