"""What runners, compilers and linters really print, stored in `outputs/`, against what was broken in their input.

Beside each output stands what there is to read in it, a line per problem: `path:line:column | rule | test | message`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made import failed, lint

from gitbuddy.core.failures import failures
from gitbuddy.core.feedback import outputs
from gitbuddy.core.problems import Problem, problems_of, read, read_diagnostics
from gitbuddy.values import Case, CaseStatus

FOREIGN = ("/usr/lib", "node:internal", "/rustc/", "org.junit.", "node_modules")
OUTPUTS = Path(__file__).parent / "outputs"
ALL = sorted(path.stem for path in OUTPUTS.glob("*.expected"))


def text(name: str) -> str:
    return (OUTPUTS / f"{name}.txt").read_text()


def expected(name: str) -> list[list[str]]:
    return [line.split(" | ", 3) for line in (OUTPUTS / f"{name}.expected").read_text().splitlines()]


def row(problem: Problem) -> list[str]:
    place = ":".join(str(part or "") for part in (problem.path, problem.line, problem.column))
    return [place, problem.rule or "-", problem.test or "-", problem.message]


def test_every_output_says_what_is_in_it() -> None:
    assert sorted(path.stem for path in OUTPUTS.glob("*.txt")) == ALL
    assert len(ALL) >= 50


@pytest.mark.parametrize("name", ALL)
def test_reads_place_rule_test_and_words(name: str) -> None:
    assert [row(problem) for problem in read(text(name)).problems] == expected(name)


@pytest.mark.parametrize("name", [name for name in ALL if all(row[2] == "-" for row in expected(name))])
def test_what_names_no_test_is_a_diagnostic(name: str) -> None:
    assert [row(problem) for problem in read_diagnostics(text(name))] == expected(name)


@pytest.mark.parametrize("name", ALL)
def test_a_prompt_names_every_file_and_is_free_of_other_peoples_code(name: str) -> None:
    shown = outputs([lint(text(name))])

    assert [place for place, *_ in expected(name) if place.partition(":")[0] not in shown] == []
    assert [word for word in FOREIGN if word in shown] == []
    assert len(shown) < 3200


SHOWN = {
    "cargo_test": ["left: 4\n    right: 3", "sum of 2"],
    "clippy": ["src/lib.rs:3: clippy::len_zero warning", "help: using `is_empty` is clearer and more explicit"],
    "ctest": ["Which is: 4\n      3", "an empty cart costs nothing", "-two\\n\n    +three\\n", "`1 + 1 == 3'"],
    "gcc": ["shop.c:8: -Wunused-variable warning", "|     int unused;\n      |         ^~~~~~"],
    "go_test": ["Total([1 2]) = 4, want 3", "got 1,\n    want 0", "shop_test.go:24\n    shop.go:13"],
    "gtest": ["Which is: 4\n      3", "actual: 2 vs 2"],
    "javac": ["symbol:   method missing(java.lang.String)"],
    "jest": ["Expected: 3\n    Received: -1", "-     3,\n    +     2,", "> 4 |   expect(sum(1, 2)).toBe(3);"],
    "node_spec": ["-1 !== 3", "+     2\n    -     3"],
    "node_tap": ["-1 !== 3", "+     2\n    -     3"],
    "pytest": ["+  where 4 = total([1, 2])", "{'b': [1, 2, 3]} != {'b': [1, 2, 4]}", "shop.py:7: result += price"],
    "ruff_full": ["lint.py:1: F401 `os` imported but unused\n    help: Remove unused import: `os`"],
    "rustc": ["the trait `Add<&str>` is not implemented for `i64`"],
    "shellcheck_tty": ["run.sh:3: SC2045 error", "for f in `ls *.txt`; do"],
    "surefire": ["expected: <3> but was: <4>", "an empty cart costs nothing", "ShopTest.java:21\n    Shop.java:8"],
    "unittest": ["4 != 3", "- [1, 2, 3]", "+ [1, 2, 4]", ": lists differ", "and 1 more like it"],
    "vitest": ["- 3\n    + -1", "-     3,\n    +     2,", "sum.test.js:13"],
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_prompt_shows_the_values_of_an_assertion_and_what_a_tool_adds(name: str) -> None:
    shown = outputs([failed(name, text(name))])

    assert [words for words in SHOWN[name] if words not in shown] == []


def test_what_a_tool_says_again_in_its_summary_is_shown_once() -> None:
    shown = outputs([failed("javac", text("javac"))])

    assert shown.count("cannot find symbol") == 1
    assert "more like it" not in shown


NAMED = {
    "cargo_test": {"tests::has_first", "tests::adds_up", "tests::must_panic", "tests::is_small"},
    "go_test": {"TestTotal", "TestTable", "TestTable/none", "TestPanics"},
    "gtest": {"Shop.AddsUp", "Shop.Words", "Shop.Throws", "All/Prices.AreSmall/1"},
    "jest": {"./sum.test.js", "./broken.test.js", "objects \u203a are equal", "objects \u203a boom"},
    "node_spec": {"adds up", "are equal", "boom", "objects"},
    "node_tap": {"adds up", "are equal", "boom", "objects"},
    "pytest": {row[2] for row in expected("pytest")},
    "pytest_collect": {"test_gone.py"},
    "surefire": {"ShopTest.addsUp", "ShopTest.hasMessage", "ShopTest.blowsUp"},
    "unittest": {row[2] for row in expected("unittest")},
    "vitest": {row[2] for row in expected("vitest")},
}


@pytest.mark.parametrize("name", NAMED)
def test_failing_tests_are_named_as_in_the_output(name: str) -> None:
    assert failures(text(name)) == NAMED[name]


def test_a_note_is_no_complaint_of_its_own_unless_it_names_a_rule() -> None:
    said = "a.c:1:1: warning: odd [-Wodd]\na.c:2:2: note: here\nrun.sh:2:4: note: Double quote. [SC2086]\n"

    assert [problem.rule for problem in read_diagnostics(said)] == ["-Wodd", "SC2086"]


@pytest.mark.parametrize(
    "line", ["12:30:45: started", "make: *** [all] Error 1", "done: 3", "http://host:80", "   x.py:1: indented"]
)
def test_a_line_that_only_looks_like_a_place_is_none(line: str) -> None:
    assert read(line).problems == ()
    assert read(line).rest == line


def test_a_python_program_that_breaks_is_read_without_a_runner() -> None:
    said = 'Traceback (most recent call last):\n  File "a.py", line 3, in <module>\n    f()\nValueError: no\n\nbye\n'
    broken = '  File "b.py", line 1\n    def f(:\n          ^\nSyntaxError: invalid syntax\n'

    assert [row(problem) for problem in read(said + broken).problems] == [
        ["a.py:3:", "-", "-", "ValueError: no"],
        ["b.py:1:", "-", "-", "SyntaxError: invalid syntax"],
    ]
    assert read(said).rest == "bye"


# -- tests that only the report knows ---------------------------------------------------------------------------------


def told(name: str, *ids: str) -> list[str]:
    """Names of the problems that cases with these ids add to an output."""
    cases = tuple(Case(case, CaseStatus.FAILED, "first\nsecond") for case in ids)
    known = read(text(name)).problems
    return [problem.test for problem in problems_of(replace(failed(name, text(name)), cases=cases))[len(known) :]]


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("pytest", "test_shop.py::test_discount[50-50]"),
        ("unittest", "test_unit.TotalTest.test_subtests"),
        ("unittest", "test_unit.py::TotalTest::test_lists"),
        ("ctest", "All/Prices.AreSmall/2"),
        ("go_test", "example.org/shop.TestTable/none"),
        ("cargo_test", "demo::tests::adds_up"),
        ("jest", "sum.test.js > objects > boom"),
        ("vitest", "sum.test.js > objects > boom"),
        ("node_spec", "sum.test.js > objects > boom"),
        ("surefire", "shop.ShopTest.addsUp"),
    ],
)
def test_a_failing_test_that_the_output_shows_is_told_once(name: str, case: str) -> None:
    assert told(name, case) == []


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("pytest", "test_shop.py::test_discount[51-50]"),
        ("pytest", "test_other.py::test_lists"),
        ("go_test", "example.org/shop.TestOther/none"),
        ("node_spec", "sum.test.js > objects > bust"),
    ],
)
def test_a_failing_test_that_was_cut_out_of_the_output_is_told_all_the_same(name: str, case: str) -> None:
    assert told(name, case) == [case]


def test_a_case_has_its_words_and_its_file() -> None:
    cases = (
        Case("tests/test_a.py::test_x", CaseStatus.FAILED, "assert 1 == 2\nleft: 1"),
        Case("tests/test_a.py::test_y", CaseStatus.PASSED),
        Case("tests/test_a.py::test_z", CaseStatus.SKIPPED),
    )
    said = outputs([replace(failed("test", "strange words\n"), cases=cases)])

    assert said == (
        "Check `test` (run test): failed\ntests/test_a.py::test_x: assert 1 == 2\n    left: 1\nstrange words"
    )


# -- hostile output ---------------------------------------------------------------------------------------------------

NASTY = [
    "1/1 Test #1: " + "A." * 3000,
    "at " + "(" * 4000,
    "FAILED(" + ")" * 4000,
    "a.py:1:1: " + "[a" * 3000,
    "In a line 1:",
    "a.B.c -- Time elapsed: <<< FAILURE!",
    "x --> y:1:1",
    "=" * 70 + "\nFAIL: x\n" + "-" * 70,
    '  File "a.py", line 3',
    "\x00\x1b[\u2028",
]


@pytest.mark.parametrize("line", NASTY, ids=range(len(NASTY)))
def test_reading_ends_soon_whatever_is_printed(line: str) -> None:
    whole = (line + "\n") * ((128 << 10) // len(line))

    assert len(outputs([failed("test", whole)])) < 3200
