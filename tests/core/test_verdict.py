from __future__ import annotations

from dataclasses import replace

import pytest
from made import change, evidence, failed, lint, passed, result

from gitbuddy.core.evidence import Checked, Evidence, red, worse
from gitbuddy.core.verdict import judge, regressed
from gitbuddy.values import Accepted, CheckKind, CheckResult, CheckStatus, Kind, Patch, Refused

PASSED, FAILED, CANNOT_RUN, TIMED_OUT, UNTRUSTED = CheckStatus
GREEN = passed("other")
"""A check that passes on both sides, so that something is shown."""

TYPES = CheckKind.TYPES
ONE = "FAILED tests/test_a.py::test_one - assert 1\n"
TWO = "FAILED tests/test_a.py::test_two - assert 2\n"


def reason(case: Evidence) -> str:
    verdict = judge(case)
    return verdict.reason if isinstance(verdict, Refused) else ""


@pytest.mark.parametrize("before", CheckStatus)
@pytest.mark.parametrize("after", CheckStatus)
def test_every_pair_of_states(before: CheckStatus, after: CheckStatus) -> None:
    nothing = (CANNOT_RUN, TIMED_OUT, UNTRUSTED)
    lost = (before is PASSED and after is not PASSED) or (before is FAILED and after in nothing)
    base, candidate = result("test", before), result("test", after)

    assert worse(base, candidate) is lost
    assert regressed((GREEN, base), candidate) is lost
    expected = "untrusted" if after is UNTRUSTED else "check-worse"
    assert reason(evidence((GREEN, base), (GREEN, candidate))) == (expected if lost else "")


@pytest.mark.parametrize("status", [FAILED, CANNOT_RUN, TIMED_OUT])
def test_without_one_pass_nothing_is_shown(status: CheckStatus) -> None:
    other = result("test", status)

    assert reason(evidence(other, other)) == "unverified"
    assert reason(evidence((), ())) == "unverified"


@pytest.mark.parametrize(
    ("base", "candidate"),
    [
        pytest.param((passed("lint"), passed("test")), (passed("lint"),), id="vanished"),
        pytest.param((passed("lint"), passed("test")), (passed("lint"), passed("other")), id="replaced"),
        pytest.param((passed("lint"), failed("test")), (passed("lint"), passed("lint")), id="one run twice"),
        pytest.param((), (passed("lint"),), id="base never looked at"),
        pytest.param((passed("lint"),), (passed("lint"), passed("test")), id="not run on the base"),
    ],
)
def test_a_check_that_did_not_run_on_both_sides_is_no_pass(
    base: tuple[CheckResult, ...], candidate: tuple[CheckResult, ...]
) -> None:
    assert reason(evidence(base, candidate)) == "unfinished"


@pytest.mark.parametrize("before", [failed("test", ONE), result("test", CANNOT_RUN), result("test", TIMED_OUT)])
def test_what_is_red_on_the_base_is_not_blamed(before: CheckResult) -> None:
    verdict = judge(evidence((GREEN, before), (GREEN, before)))

    assert isinstance(verdict, Accepted)
    assert verdict.shown[0] == "other: passed on base, passed here"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(failed("test", ONE), failed("test", ONE + TWO), id="another test fails"),
        pytest.param(failed("test", ONE), failed("test", TWO), id="one test for another"),
        pytest.param(failed("test", ONE), failed("test", "ERROR tests/test_a.py\n"), id="no longer collected"),
        pytest.param(failed("test", ONE), failed("test", "Segmentation fault\n"), id="names none any more"),
        pytest.param(lint("a.py:1:1: F401 x\n"), lint("a.py:1:1: F401 x\na.py:2:1: F841 y\n"), id="another diagnostic"),
        pytest.param(lint("a.py:1:1: F401 x\n"), lint("a.py:1:1: F401 x\na.py:2:1: F401 x\n"), id="the same once more"),
        pytest.param(lint("a.py:1:1: F401 x\n"), lint("Traceback: the linter crashed\n"), id="the linter crashes"),
        pytest.param(
            failed("types", "a.py:1: error: no\n", TYPES), failed("types", "b.py:1: error: no\n", TYPES), id="types"
        ),
    ],
)
def test_what_a_red_check_says_only_now_is_blamed(before: CheckResult, after: CheckResult) -> None:
    assert reason(evidence((GREEN, before), (GREEN, after))) == "new-failure"
    assert regressed((GREEN, before), after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(failed("test", ONE + TWO), failed("test", TWO), id="one test mended"),
        pytest.param(lint("a.py:1:1: F401 x\n"), lint("a.py:9:1: F401 x\n"), id="a line moved"),
        pytest.param(failed("test", "odd output 1\n"), failed("test", "odd output 2\n"), id="an unknown runner"),
        pytest.param(
            failed("build", "a.c:1:1: error: no\n", CheckKind.BUILD),
            failed("build", "b.c:1:1: error: no\n", CheckKind.BUILD),
            id="a broken build is one failure",
        ),
    ],
)
def test_a_red_check_that_says_no_more_than_before_is_not_blamed(before: CheckResult, after: CheckResult) -> None:
    assert reason(evidence((GREEN, before), (GREEN, after))) == ""
    assert not regressed((GREEN, before), after)


def test_the_contract_speaks_before_the_lack_of_any_pass() -> None:
    assert reason(evidence(failed("test"), failed("test"), Kind.FIX)) == "still-failing"


def test_the_words_name_what_is_new() -> None:
    verdict = judge(evidence((GREEN, failed("test", ONE)), (GREEN, failed("test", ONE + TWO))))

    assert isinstance(verdict, Refused)
    assert verdict.words == "test reports something new: tests/test_a.py::test_two"


def test_the_words_name_the_check_that_got_worse() -> None:
    verdict = judge(evidence((GREEN, passed("test")), (GREEN, result("test", TIMED_OUT))))

    assert verdict == Refused("checks", "check-worse", "worse than before: test (timed-out)")


def test_a_run_that_alters_tracked_files_is_refused_unless_the_base_run_does_so_too() -> None:
    ordinary = evidence(GREEN, GREEN)
    altering = replace(ordinary, candidate=Checked((GREEN,), altered=("src/a.py", "log.txt")))

    assert reason(altering) == "files-altered"
    assert reason(replace(altering, base=Checked((GREEN,), altered=("log.txt", "src/a.py")))) == ""


def test_a_patch_without_changes_shows_nothing() -> None:
    assert reason(evidence(GREEN, GREEN, patch=Patch(()))) == "no-change"


@pytest.mark.parametrize("kind", Kind)
def test_no_kind_accepts_a_check_that_got_worse(kind: Kind) -> None:
    case = evidence((GREEN, failed("a")), (failed("other"), passed("a")), kind, Patch((change("tests/test_a.py"),)))

    assert reason(case) == "check-worse"


def test_the_first_early_stop_still_gives_its_own_reason() -> None:
    base, candidate = (lint(), passed("test")), (lint("a.py:1:1: F401 x\n"),)

    assert reason(evidence(base, candidate)) == "check-worse"


def test_a_result_of_an_unknown_check_decides_nothing_early() -> None:
    assert not regressed((GREEN,), failed("test"))


def test_red_are_the_failed_ones_of_a_kind() -> None:
    results = (lint("x"), failed("test"), result("slow", TIMED_OUT), GREEN)

    assert red(results) == results[:2]
    assert red(results, CheckKind.LINT) == results[:1]


def test_mended_is_what_failed_and_passes() -> None:
    before = (failed("a"), failed("b"), result("c", CANNOT_RUN), passed("d"))
    after = (passed("a"), failed("b"), passed("c"), passed("d"))

    assert evidence(before, after).mended() == (passed("a"),)
