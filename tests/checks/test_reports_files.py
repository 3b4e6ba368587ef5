"""Reports that runners write to a file: CTest's and Surefire's JUnit, and the lines of our own reporters."""

from __future__ import annotations

import pytest
from reported import GTEST, GTEST_END, SUREFIRE, VITEST, ctested, written

from gitbuddy.checks.reports import Unreadable, ctest, junit, lines
from gitbuddy.checks.runners import surefire, vitest
from gitbuddy.values import Case, CaseStatus

PASSED, FAILED, SKIPPED = CaseStatus.PASSED, CaseStatus.FAILED, CaseStatus.SKIPPED


def reason(message: str) -> str:
    return f'<skipped message="{message}"/>'


CTEST = (
    (ctested("run"), PASSED, ""),
    (ctested("run", output=GTEST + GTEST_END), PASSED, ""),
    (ctested("run", output=GTEST), FAILED, "the test program ended with exit code 0 before its tests did"),
    (ctested("disabled", output="Disabled"), SKIPPED, ""),
    (ctested("notrun", reason("SKIP_RETURN_CODE=77")), SKIPPED, "SKIP_RETURN_CODE=77"),
    (ctested("notrun", reason("SKIP_REGULAR_EXPRESSION_MATCHED")), SKIPPED, "SKIP_REGULAR_EXPRESSION_MATCHED"),
    (
        ctested("notrun", reason("Unable to find executable"), "Unable to find executable: /b/x"),
        FAILED,
        "Unable to find executable: /b/x",
    ),
    (ctested("notrun", reason("Fixture dependency failed")), FAILED, "Fixture dependency failed"),
    (ctested("notrun", reason("Required Files Missing")), FAILED, "Required Files Missing"),
    (ctested("notrun"), FAILED, ""),
    (ctested("fail", '<failure message=""/>'), FAILED, ""),
    (ctested("fail", '<failure message=""/>', GTEST + "a.cpp:3: Failure\n  1\n"), FAILED, "a.cpp:3: Failure\n  1"),
    (ctested("something new"), FAILED, ""),
)


@pytest.mark.parametrize(("data", "status", "words"), CTEST)
def test_ctest_endings_are_told_apart(data: bytes, status: CaseStatus, words: str) -> None:
    assert ctest.read(data) == (Case("A.b", status, words),)


def test_surefire_names_are_free_of_the_suffix_of_a_run() -> None:
    assert junit.read(SUREFIRE, surefire.case_id) == (
        Case("org.ex.CalcTest.ok", PASSED),
        Case("org.ex.CalcTest.bad", FAILED, "expected: <4> but was: <3>"),
        Case("org.ex.CalcTest.par(int)[1]", PASSED),
        Case("org.ex.CalcTest.skip", SKIPPED, "why"),
        Case("org.ex.BrokenTest", FAILED, "no set up"),
    )


def test_vitest_names_a_file_that_cannot_be_loaded_by_the_file() -> None:
    assert junit.read(VITEST, vitest.case_id) == (
        Case("test/a.test.ts > outer > deep", PASSED),
        Case("test/a.test.ts > todo", SKIPPED),
        Case("test/c.test.ts", FAILED, "Cannot find module"),
    )


def test_tests_of_one_name_are_told_apart() -> None:
    ok = {"id": "a.js > x", "status": "passed"}
    data = written(ok, {**ok, "status": "failed", "words": "no"}, {"end": 2})

    assert lines.read(data) == (Case("a.js > x", PASSED), Case("a.js > x #2", FAILED, "no"))


LINES_UNREADABLE = (
    (b"", "cut off"),
    (written({"id": "a", "status": "passed"}), "cut off"),
    (written({"id": "a", "status": "passed"}, {"end": 2}), "cut off"),
    (written({"end": 0}, {"end": 0}), "cut off"),
    (written({"id": "a", "status": "green"}, {"end": 1}), "unknown ending: green"),
    (written({"id": 1, "status": "passed"}, {"end": 1}), "tells of no test"),
    (written({"id": "a", "status": []}, {"end": 1}), "tells of no test"),
    (written([], {"end": 1}), "no JSON object"),
    (b'{"id": "a', "no JSON"),
    (b"[" * 100_000, "no JSON"),
)


@pytest.mark.parametrize(("data", "problem"), LINES_UNREADABLE)
def test_lines_that_are_not_whole_show_nothing(data: bytes, problem: str) -> None:
    with pytest.raises(Unreadable, match=problem):
        lines.read(data)


@pytest.mark.parametrize("name", ["UTF-16", "utf-99", "utf-7", "idna"])
def test_an_encoding_that_no_runner_writes_is_unreadable_or_read(name: str) -> None:
    data = f'<?xml version="1.0" encoding="{name}"?><testsuite/>'
    for encoded in (data.encode(), data.encode("utf-16")):
        with pytest.raises(Unreadable):
            junit.read(encoded, vitest.case_id)
