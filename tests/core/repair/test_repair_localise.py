"""Which lines are suspicious, and which of equal ones comes first."""

from __future__ import annotations

import pytest

from gitbuddy.core.repair.localise import by_line, ochiai, ranked

A = "a.py"


def lines(*numbers: int) -> set[tuple[str, int]]:
    return {(A, number) for number in numbers}


@pytest.mark.parametrize(
    ("failing", "passing", "failed", "score"),
    [(0, 5, 1, 0.0), (1, 0, 1, 1.0), (1, 3, 1, 0.5), (2, 0, 2, 1.0), (1, 0, 4, 0.5), (0, 0, 0, 0.0)],
)
def test_the_score_is_ochiai(failing: int, passing: int, failed: int, score: float) -> None:
    assert ochiai(failing, passing, failed) == pytest.approx(score)


def test_what_only_failing_tests_run_comes_first() -> None:
    coverage = {"bad": lines(1, 2, 3), "good": lines(1, 2, 4), "fine": lines(1)}

    found = ranked(coverage, ["bad"])

    assert [suspect.line for suspect in found] == [3, 2, 1]
    assert by_line(found, A)[2] == pytest.approx(0.5**0.5)
    assert by_line(found, "b.py") == {}


def test_equal_lines_keep_the_order_of_the_file_whatever_the_order_of_tests() -> None:
    one = ranked({"x": lines(3, 1), "y": lines(2)}, ["x", "y"])
    other = ranked({"y": lines(2), "x": lines(1, 3)}, ["y", "x"])

    assert one == other
    assert [suspect.line for suspect in one] == [1, 2, 3]


def test_a_traceback_lifts_its_lines_the_innermost_most() -> None:
    coverage = {"bad": lines(1, 2, 3), "good": lines(1, 2, 3)}

    found = ranked(coverage, ["bad"], [[(A, 1), (A, 2)]])

    assert [(suspect.line, suspect.calls) for suspect in found] == [(2, 0), (1, 1), (3, None)]
    assert all(0 < suspect.score <= 1 for suspect in found)


def test_of_certain_lines_the_one_nearest_to_the_failure_comes_first() -> None:
    found = ranked({"bad": lines(1, 2, 3)}, ["bad"], [[(A, 2), (A, 3)]])

    assert [suspect.line for suspect in found] == [3, 2, 1]


def test_a_traceback_alone_is_enough() -> None:
    assert [suspect.line for suspect in ranked({}, ["bad"], [[(A, 7), (A, 9)]])] == [9, 7]


def test_without_a_failing_test_nothing_is_suspicious() -> None:
    assert ranked({"good": lines(1)}, []) == ()
