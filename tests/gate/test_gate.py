"""The way of a candidate through the gate: what is run, how often, where, and what is made of it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from trial import CALC, PROJECT, PYTEST, RIGHT, TESTS, Given, Trial

from gitbuddy.errors import GitbuddyError
from gitbuddy.sandboxes.plain import Plain
from gitbuddy.sandboxes.toolchain import find_toolchain
from gitbuddy.values import Accepted, CheckStatus, Kind, Refused

BUILT = """\
[checks.build]
command = ["python3", "-c", "import pathlib; p = pathlib.Path('out/made'); p.parent.mkdir(exist_ok=True); p.touch()"]
kind = "build"
"""


def test_what_is_red_on_the_base_is_run_twice_and_then_mended(trial: Trial) -> None:
    examined = trial.examine({"calc.py": RIGHT})

    assert not isinstance(examined, Refused)
    assert isinstance(examined.verdict, Accepted)
    assert examined.verdict.shown[0] == "tests failed on base, pass here: test_calc.py::test_add"
    assert examined.baseline.again == {"test"}
    assert trial.phases() == ["base", "candidate"]


def test_a_test_that_fails_newly_is_run_again_on_both_sides(trial: Trial) -> None:
    examined = trial.examine({"calc.py": RIGHT.replace("a * 2", "a * 3")})

    assert not isinstance(examined, Refused)
    assert examined.verdict == Refused(
        "checks", "new-failure", "test: tests fail that did not fail before: test_calc.py::test_double"
    )
    assert trial.phases() == ["base", "candidate", "suspects again"]


TURN = """\
import os


def turn():
    with open("turns", "a") as file:
        file.write("x")
    return os.path.getsize("turns") % 2
"""


def by_turns(first: bool) -> dict[str, str]:
    """A project with a test that passes every other time, beginning with the first run or the second."""
    tests = TESTS + f"\n\ndef test_by_turns():\n    from turns import turn\n\n    assert turn() == {int(first)}\n"
    return {**PROJECT, "test_calc.py": tests, "turns.py": TURN, ".gitignore": "turns\n"}


def test_what_fails_by_turns_on_the_base_is_named_and_not_blamed(given: Given) -> None:
    trial = given(by_turns(first=True))

    verdict = trial.judge({"calc.py": RIGHT})

    assert trial.measured().results[0].flaky == ("test_calc.py::test_by_turns",)
    assert isinstance(verdict, Accepted)
    assert "flaky, seen to pass and to fail on the same files: test_calc.py::test_by_turns" in verdict.doubts


def test_what_fails_by_turns_only_with_the_change_is_refused(given: Given) -> None:
    trial = given({**PROJECT, "turns.py": TURN, ".gitignore": "turns\n"})
    shaky = RIGHT.replace("a * 2", "a * 2 if turn() == 0 else 0")

    assert trial.reason({"calc.py": f"from turns import turn\n\n\n{shaky}"}) == "unsteady"


def test_a_fix_of_what_only_sometimes_failed_is_no_fix(given: Given) -> None:
    trial = given({**by_turns(first=False), "calc.py": RIGHT})

    assert trial.measured().results[0].flaky == ("test_calc.py::test_by_turns",)
    assert trial.reason({"calc.py": RIGHT + "\n\nEXTRA = 1\n"}) == "still-failing"


def test_a_pass_on_what_another_run_left_behind_is_not_confirmed(given: Given) -> None:
    trial = given({**PROJECT, ".gitignore": "left/\n"})
    leaving = "import os\nos.makedirs('left', exist_ok=True)\n\n\n" + CALC
    leaning = "import os\n\n\n" + CALC.replace("a - b", "a + b if os.path.isdir('left') else 0")

    assert trial.reason({"calc.py": leaving}) == "still-failing"
    verdict = trial.judge({"calc.py": leaning})

    assert isinstance(verdict, Refused)
    assert verdict.reason == "not-confirmed"
    assert "still fails" in verdict.words


def test_a_right_answer_in_a_warm_worktree_is_confirmed_in_a_clean_one(given: Given) -> None:
    trial = given({**PROJECT, ".gitignore": "out/\n", ".buddy/config.toml": PYTEST + BUILT})

    assert trial.reason({"calc.py": RIGHT}) == "accepted"
    assert trial.phases() == ["base", "candidate", "candidate in a clean worktree"]


def test_the_configuration_of_the_tests_is_that_of_the_base(given: Given) -> None:
    trial = given(kind=Kind.CHANGE)
    fixture = "import calc, pytest\n\n\n@pytest.fixture(autouse=True)\ndef mended(monkeypatch):\n"
    fixture += "    monkeypatch.setattr('test_calc.add', lambda a, b: a + b)\n"

    verdict = trial.judge({"conftest.py": fixture, "calc.py": CALC + "\n\nEXTRA = 1\n"})

    assert isinstance(verdict, Refused)
    assert verdict.reason == "configuration"
    assert "conftest.py" in verdict.words


def test_a_change_of_configuration_that_hides_nothing_lands_with_a_doubt(given: Given) -> None:
    trial = given(kind=Kind.CHANGE)

    verdict = trial.judge({"conftest.py": "import pytest\n", "calc.py": RIGHT})

    assert isinstance(verdict, Accepted)


def test_code_that_never_ends_can_be_mended(given: Given) -> None:
    trial = given({**PROJECT, "calc.py": "while True:\n    pass\n", ".buddy/config.toml": PYTEST.replace("30", "2")})

    verdict = trial.judge({"calc.py": RIGHT})

    assert isinstance(verdict, Accepted)
    assert verdict.shown == ("test: timed-out on base, passes here",)


def test_code_that_never_ends_is_not_mended_by_leaving_its_test_out(given: Given) -> None:
    endless = CALC.replace("return a - b", "while True:\n        pass")
    trial = given({**PROJECT, "calc.py": endless, ".buddy/config.toml": PYTEST.replace("30", "2")})

    assert trial.reason({"pytest.ini": "[pytest]\naddopts = --deselect test_calc.py::test_add\n"}) == "configuration"
    with_code = {"pytest.ini": "[pytest]\naddopts = -k double\n", "calc.py": f"{endless}\nX = 1\n"}
    assert trial.reason(with_code) == "configuration"


def test_nothing_is_run_without_walls(given: Given) -> None:
    bench = given().gate.bench
    walls_off = replace(bench.runner, sandbox=Plain(find_toolchain(os.environ, Path.home())))

    with pytest.raises(GitbuddyError, match="runs only in a sandbox, and this is none: plain"):
        replace(bench, runner=walls_off)


def test_without_one_check_that_runs_nothing_is_shown(given: Given) -> None:
    trial = given({**PROJECT, ".buddy/config.toml": '[checks.test]\ncommand = ["no-such-program"]\n'})

    with pytest.raises(GitbuddyError, match="no check of this project can run"):
        trial.measured()


def test_a_suite_that_cannot_be_collected_on_the_base_shows_no_pass(given: Given) -> None:
    trial = given({**PROJECT, "test_calc.py": "import nothing_of_the_kind\n"})

    assert [result.status for result in trial.measured().results] == [CheckStatus.FAILED]
    assert trial.reason({"calc.py": RIGHT}) == "still-failing"


def test_unittest_is_told_test_by_test_too(given: Given) -> None:
    tests = """\
import unittest
from calc import add, double


class Sums(unittest.TestCase):
    def test_add(self):
        self.assertEqual(add(2, 3), 5)

    def test_double(self):
        self.assertEqual(double(4), 8)
"""
    config = '[checks.test]\ncommand = ["python3", "-m", "unittest"]\nkind = "test"\n'
    trial = given({**PROJECT, "test_calc.py": tests, ".buddy/config.toml": config})

    assert trial.reason({"calc.py": RIGHT.replace("a * 2", "a")}) == "new-failure"
    verdict = trial.judge({"calc.py": RIGHT})
    assert isinstance(verdict, Accepted)
    assert verdict.shown[0] == "tests failed on base, pass here: test_calc.py::Sums::test_add"
