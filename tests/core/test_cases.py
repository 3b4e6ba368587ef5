from __future__ import annotations

import pytest
from made import by_case, failed, passed, result

from gitbuddy.core.cases import Comparison, compare, listed, matching, merged
from gitbuddy.values import Case, CaseStatus, CheckResult, CheckStatus

A, B = "t.py::a", "t.py::b"


def told(found: Comparison | None) -> dict[str, tuple[str, ...]]:
    assert found is not None
    names = ("lost", "skipped", "failing", "unsteady", "mended", "added")
    return {name: value for name in names if (value := getattr(found, name))}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (by_case(f"{A} passed"), by_case(f"{A} passed"), {}),
        (by_case(f"{A} failed"), by_case(f"{A} failed"), {}),
        (by_case(f"{A} skipped"), by_case(f"{A} skipped"), {}),
        (by_case(f"{A} skipped"), by_case(f"{A} passed"), {}),
        (by_case(f"{A} passed", f"{B} passed"), by_case(f"{A} passed"), {"lost": (B,)}),
        (by_case(f"{A} passed", f"{B} failed"), by_case(f"{A} passed"), {"lost": (B,)}),
        (by_case(f"{A} passed", f"{B} skipped"), by_case(f"{A} passed"), {"lost": (B,)}),
        (by_case(f"{A} passed"), by_case(f"{A} skipped"), {"skipped": (A,)}),
        (by_case(f"{A} failed"), by_case(f"{A} skipped"), {"skipped": (A,)}),
        (by_case(f"{A} passed"), by_case(f"{A} failed"), {"failing": (A,)}),
        (by_case(f"{A} skipped"), by_case(f"{A} failed"), {"failing": (A,)}),
        (by_case(f"{A} passed"), by_case(f"{A} passed", f"{B} failed"), {"failing": (B,), "added": (B,)}),
        (by_case(f"{A} passed"), by_case(f"{A} passed", f"{B} skipped"), {"added": (B,)}),
        (by_case(f"{A} failed"), by_case(f"{A} passed"), {"mended": (A,)}),
        (by_case(f"{A} failed", flaky=(A,)), by_case(f"{A} passed"), {}),
        (by_case(f"{A} failed"), by_case(f"{A} passed", flaky=(A,)), {"unsteady": (A,)}),
        (by_case(f"{A} passed"), by_case(f"{A} passed", flaky=(A,)), {"unsteady": (A,)}),
        (by_case(f"{A} passed", flaky=(A,)), by_case(f"{A} passed", flaky=(A,)), {}),
        (by_case(f"{A} passed", f"{B} passed", flaky=(B,)), by_case(f"{A} passed"), {}),
        (by_case("t.py failed"), by_case(f"{A} passed"), {"mended": ("t.py",), "added": (A,)}),
        (by_case("t.py failed"), by_case(f"{A} failed"), {"lost": ("t.py",), "failing": (A,), "added": (A,)}),
        (by_case("x/calc failed"), by_case("x/calc.TestA passed"), {"mended": ("x/calc",), "added": ("x/calc.TestA",)}),
        (by_case("t_NOT_BUILT failed"), by_case("T.A passed"), {"mended": ("t_NOT_BUILT",), "added": ("T.A",)}),
        (by_case(f"{A} passed"), by_case("t.py failed"), {"lost": (A,), "failing": ("t.py",), "added": ("t.py",)}),
    ],
)
def test_what_became_of_each_test(
    before: CheckResult, after: CheckResult, expected: dict[str, tuple[str, ...]]
) -> None:
    assert told(compare(before, after)) == expected


@pytest.mark.parametrize(("before", "after"), [(passed(), by_case(A + " passed")), (by_case(A + " passed"), failed())])
def test_a_whole_cannot_be_compared_test_by_test(before: CheckResult, after: CheckResult) -> None:
    assert compare(before, after) is None


@pytest.mark.parametrize(
    ("runs", "status", "flaky"),
    [
        ((by_case(f"{A} failed"), by_case(f"{A} failed")), "failed", ()),
        ((by_case(f"{A} failed"), by_case(f"{A} passed")), "passed", (A,)),
        ((by_case(f"{A} passed"), by_case(f"{A} failed")), "passed", (A,)),
        ((by_case(f"{A} failed", f"{B} passed"), by_case(f"{A} passed", f"{B} failed")), "passed", (A, B)),
        ((by_case(f"{A} failed", f"{B} failed"), by_case(f"{A} passed", f"{B} failed")), "failed", (A,)),
        ((by_case(f"{A} passed", f"{B} passed"), by_case(f"{A} passed")), "passed", (B,)),
        ((by_case(f"{A} passed", flaky=(B,)), by_case(f"{A} passed")), "passed", (B,)),
        ((failed(), passed()), "passed", ("test",)),
        ((failed(), failed()), "failed", ()),
        ((failed(), result("test", CheckStatus.TIMED_OUT)), "failed", ("test",)),
        ((by_case(f"{A} passed"), failed()), "passed", ("test",)),
    ],
)
def test_several_runs_say_together(runs: tuple[CheckResult, ...], status: str, flaky: tuple[str, ...]) -> None:
    one = merged(runs)

    assert (one.status.value, one.flaky) == (status, flaky)


@pytest.mark.parametrize(
    ("wanted", "matches"),
    [
        ("tests/test_a.py::TestX::test_y", True),
        ("tests/test_a.py::TestX", True),
        ("tests/test_a.py", True),
        ("test_y", True),
        ("TestX::test_y", True),
        ("test_a.py::TestX::test_y", True),
        ("test_", False),
        ("tests/test_b.py", False),
        ("TestX::test", False),
    ],
)
def test_a_name_stands_for_tests(wanted: str, matches: bool) -> None:
    cases = [
        Case("tests/test_a.py::TestX::test_y[1]", CaseStatus.FAILED),
        Case("tests/test_a.py::TestX::test_y", CaseStatus.PASSED),
    ]

    assert bool(matching(wanted, cases)) is matches


def test_a_file_that_cannot_be_collected_stands_for_its_tests() -> None:
    file = Case("tests/test_a.py", CaseStatus.FAILED)

    assert matching("tests/test_a.py::test_y", [file]) == (file,)
    assert matching("tests/test_ab.py::test_y", [file]) == ()


def test_long_lists_are_cut() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed([str(number) for number in range(8)]) == "0, 1, 2, 3, 4 and 3 more"
