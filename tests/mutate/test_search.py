"""A failing test goes green without a model: searched in the sandbox, shown by the gate, landed as a branch."""

from __future__ import annotations

from pathlib import Path

import pytest
from searched import CALC, CONFIG, TESTS, searched

PROJECT = {"calc.py": CALC, "test_calc.py": TESTS}


@pytest.fixture(autouse=True)
def search_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITBUDDY_MUTATE_SECONDS")


def test_a_wrong_operator_is_mended_and_every_other_byte_stays(tmp_path: Path) -> None:
    made = searched(tmp_path, PROJECT)

    assert made.landed() == CALC.replace("result + rebate", "result - rebate")
    assert [attempt.tier.name for attempt in made.outcome.attempts] == ["mutate"]
    assert made.repo.git("status", "--porcelain") == ""
    assert "search_complete" in made.names()


def test_line_ends_marks_and_encodings_stay(tmp_path: Path) -> None:
    head = "# -*- coding: latin-1 -*-\n# preis: \xa3\n"
    source = (head + CALC).replace("\n", "\r\n").encode("latin-1")

    made = searched(tmp_path, {"calc.py": source, "test_calc.py": TESTS})

    assert made.outcome.branch
    made.repo.git("checkout", "--quiet", made.outcome.branch)
    assert (made.repo.path / "calc.py").read_bytes() == source.replace(b"result + rebate", b"result - rebate")


def test_tests_of_unittest_are_searched_by_too(tmp_path: Path) -> None:
    tests = """\
import unittest
from calc import total


class TotalTest(unittest.TestCase):
    def test_rebate(self):
        self.assertEqual(total([10, 20], 5), 25)

    def test_total(self):
        self.assertEqual(total([1]), 1)
"""
    config = CONFIG.replace('"pytest", "-q"', '"unittest", "discover"')

    made = searched(tmp_path, {"calc.py": CALC, "test_calc.py": tests}, config=config)

    assert "result - rebate" in made.landed()


def test_only_the_files_of_the_task_are_changed(tmp_path: Path) -> None:
    made = searched(tmp_path, {**PROJECT, "other.py": "X = 1\n"}, only=("other.py",))

    assert made.outcome.state == "gave-up"
    assert made.refusal.startswith("no-target: the failing tests run no line of this project that may be changed")


@pytest.mark.parametrize("only", ["calc.py", "*.py", "**"])
def test_files_may_be_named_by_a_pattern(tmp_path: Path, only: str) -> None:
    assert "result - rebate" in searched(tmp_path, PROJECT, only=(only,)).landed()


def test_what_the_project_protects_is_not_searched(tmp_path: Path) -> None:
    made = searched(tmp_path, PROJECT, config=CONFIG + '[guard]\nprotect = ["calc.py"]\n')

    assert made.refusal.startswith("no-target: the failing tests run no line of this project that may be changed")


def test_where_it_ends_the_next_tier_is_told_where_the_fault_may_be(tmp_path: Path) -> None:
    source = CALC.replace("return   result + rebate", "return 'nothing a small edit could mend'")

    made = searched(tmp_path, {"calc.py": source, "test_calc.py": TESTS}, seconds=4)

    assert made.refusal.startswith("no-repair: none of ")
    assert "calc.py:6" in made.refusal
    search = made.last.proposal.search if made.last.proposal else None
    assert search
    assert ("calc.py", 6) in {(suspect.path, suspect.line) for suspect in search.suspects[:8]}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        pytest.param({"calc.py": CALC.replace("result + r", "result - r")}, "nothing to fix", id="nothing fails"),
        pytest.param({"test_calc.py": "import nosuch\n" + TESTS}, "No module named 'nosuch'", id="a module"),
        pytest.param({"calc.py": "def total(:\n"}, "calc.py", id="a syntax error"),
        pytest.param({"test_calc.py": "def test_x():\n    assert False\n"}, "run no line", id="no code of the project"),
    ],
)
def test_where_there_is_nothing_to_search_it_says_so(tmp_path: Path, files: dict[str, str], words: str) -> None:
    made = searched(tmp_path, {**PROJECT, **files})

    assert made.outcome.state == "gave-up"
    assert words in made.outcome.reason


def test_a_base_that_does_not_come_to_an_end_is_mended(tmp_path: Path) -> None:
    source = "def down(n):\n    seen = []\n    while n > 0:\n        seen.append(n)\n        n += 1\n    return seen\n"
    tests = "from calc import down\n\n\ndef test_down():\n    assert down(3) == [3, 2, 1]\n"

    made = searched(tmp_path, {"calc.py": source, "test_calc.py": tests}, config=CONFIG.replace("20", "3"))

    assert made.landed() == source.replace("n += 1", "n -= 1")


@pytest.mark.parametrize(
    "wild",
    [
        pytest.param("import os\n\n\ndef gone(flag=False):\n    if flag:\n        os.unlink(__file__)\n", id="deletes"),
        pytest.param("import os\n\n\ndef gone(flag=False):\n    while flag:\n        os.fork()\n", id="forks"),
        pytest.param("import os\n\n\ndef gone(flag=False):\n    while flag:\n        pass\n", id="never ends"),
    ],
)
def test_a_mutant_that_runs_wild_costs_time_and_nothing_else(tmp_path: Path, wild: str) -> None:
    source = f"{wild}\n\ndef total(a, b):\n    gone()\n    return a * b\n"
    tests = "from calc import total\n\n\ndef test_total():\n    assert total(2, 3) == 5\n    assert total(1, 1) == 2\n"

    made = searched(tmp_path, {"calc.py": source, "test_calc.py": tests}, seconds=30)

    assert made.landed() == source.replace("a * b", "a + b")
    assert made.repo.git("status", "--porcelain") == ""


def test_where_the_tests_allow_two_repairs_it_says_on_what_they_differ(tmp_path: Path) -> None:
    source = "def grade(points):\n    if points > 50:\n        return 'passed'\n    return 'failed'\n"
    tests = """\
from calc import grade


def test_grade():
    assert grade(60) == 'passed'
    assert grade(50) == 'passed'
    assert grade(0) == 'failed'
"""

    made = searched(tmp_path, {"calc.py": source, "test_calc.py": tests})

    (doubt, *_) = made.doubts
    assert " different fixes pass your tests; an input that tells them apart: grade(" in doubt
    assert f"- {doubt}" in made.repo.git("log", "-1", "--format=%B", str(made.outcome.branch))
    assert made.last.proposal
    assert made.last.proposal.reply.count("--- a/calc.py") > 1


@pytest.mark.parametrize("first", [True, False])
def test_a_long_function_is_searched_as_far_as_time_allows(tmp_path: Path, first: bool) -> None:
    rows = "".join(f"    if y == {number}:\n        return {number * 7}\n" for number in range(2500))
    start, end = ("x - 1", "y") if first else ("x", "y - 1")
    source = f"def table(x):\n    y = {start}\n{rows}    return {end}\n"
    tests = "from calc import table\n\n\ndef test_table():\n    assert table(9000) == 9001\n"

    made = searched(tmp_path, {"calc.py": source, "test_calc.py": tests}, seconds=15)

    if first:
        assert made.landed() == source.replace("x - 1", "x + 1")
    else:
        assert made.refusal.startswith("no-repair: none of ")
        assert made.last.seconds < 60
