"""Which tests a search goes by, and when there is nothing to go by."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made import by_case, passed, task

from gitbuddy.errors import Rejected
from gitbuddy.mutate.target import target_of
from gitbuddy.values import Check, CheckKind, CheckResult, CheckStatus, Kind

PYTEST = Check("pytest", ("python3", "-m", "pytest", "-q"), CheckKind.TEST)
JOB = task(kind=Kind.FIX)


def test_the_failing_and_the_passing_tests_of_the_failing_check() -> None:
    red = replace(
        by_case("t.py::a passed", "t.py::b failed", "t.py::c failed"), check=PYTEST, flaky=("t.py::c",), seconds=1.5
    )

    target = target_of(JOB, (passed("lint"), red))

    assert (target.check, target.failing, target.passing, target.seconds) == (PYTEST, ("t.py::b",), ("t.py::a",), 1.5)


def test_acceptance_tests_are_the_ones_to_mend() -> None:
    red = replace(by_case("t.py::b failed", "t.py::c failed"), check=PYTEST)

    assert target_of(task(kind=Kind.FIX, accept=("c",)), (red,)).failing == ("t.py::c",)


def test_a_run_that_did_not_end_names_no_test() -> None:
    stuck = CheckResult(PYTEST, CheckStatus.TIMED_OUT, None, "", 300.0)

    assert target_of(JOB, (stuck,)).failing == ()


def result(words: str, check: Check = PYTEST) -> tuple[CheckResult, ...]:
    red = replace(by_case("t.py::a passed", "t.py::b failed"), check=check)
    return {
        "no test fails": (passed("test"),),
        "neither": (replace(red, check=Check("make", ("make", "test"), CheckKind.TEST)),),
        "isolated": (replace(red, check=replace(PYTEST, command=("python3", "-I", "-m", "pytest"))),),
        "by chance": (replace(red, flaky=("t.py::b",)),),
    }[words]


@pytest.mark.parametrize("words", ["no test fails", "neither", "isolated", "by chance"])
def test_where_there_is_nothing_to_go_by_it_says_so(words: str) -> None:
    with pytest.raises(Rejected) as refusal:
        target_of(JOB, result(words))

    assert refusal.value.refused.reason == "no-target"
    assert words in refusal.value.refused.words or words == "isolated"
