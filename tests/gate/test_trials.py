"""Trials beyond the checks: faults for new tests, coverage of what a refactoring touched, nothing run at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from trial import PROJECT, PYTEST, RIGHT, TESTS, Given, Trial

from gitbuddy.core.targets import targets
from gitbuddy.sandboxes.propose_only import ProposeOnly
from gitbuddy.values import Accepted, Change, Kind, Origin, Patch, Refused, Task, Unverified

GOOD = "\n\ndef test_double_again():\n    assert double(5) == 10\n"
BLIND = "\n\ndef test_something():\n    assert double(5) is not None\n"
ONLY = {**PROJECT, "calc.py": RIGHT}


@pytest.fixture
def writing(given: Given) -> Trial:
    """A task that asks for tests of code that is right."""
    return given(ONLY, Kind.TEST)


def test_a_new_test_that_notices_a_fault_is_accepted(writing: Trial) -> None:
    verdict = writing.judge({"test_calc.py": TESTS + GOOD})

    assert isinstance(verdict, Accepted)
    assert verdict.shown[-1].startswith("each of 1 new tests noticed a fault put into the code (")
    assert "faults for the new tests" in writing.phases()


def test_a_test_that_passes_whatever_the_code_does_is_refused(writing: Trial) -> None:
    verdict = writing.judge({"test_calc.py": TESTS + GOOD + BLIND.replace("double(5) is not None", "True")})

    assert isinstance(verdict, Refused)
    assert (verdict.reason, "test_calc.py::test_something" in verdict.words) == ("blind-test", True)
    assert (writing.slot.path / "calc.py").read_text() == RIGHT


def test_where_there_is_no_code_to_put_faults_into_nothing_is_shown(given: Given) -> None:
    trial = given({"test_a.py": "def test_a():\n    assert 1\n", ".buddy/config.toml": PYTEST}, Kind.TEST)

    verdict = trial.judge({"test_a.py": "def test_a():\n    assert 1\n\n\ndef test_b():\n    assert 2\n"})

    assert isinstance(verdict, Unverified)
    assert verdict.reason == "no-mutants"


@pytest.mark.parametrize(
    ("files", "test", "text", "expected"),
    [
        (("src/shop.py",), "tests/test_x.py", "", ("src/shop.py",)),
        ((), "tests/test_cart.py", "", ("src/cart.py",)),
        ((), "tests/cart.test.js", "", ("src/cart.py",)),
        ((), "tests/test_all.py", "from shop import total\n", ("src/shop.py",)),
        ((), "tests/test_all.py", "", ()),
        (("tests/test_all.py",), "tests/test_all.py", "import shop\n", ("src/shop.py",)),
    ],
)
def test_what_new_tests_are_about(files: tuple[str, ...], test: str, text: str, expected: tuple[str, ...]) -> None:
    task = Task(Kind.TEST, "x", "b", Origin("cli"), files)
    patch = Patch((Change(test, None, text.encode()),))

    assert targets(task, patch, ["src/shop.py", "src/cart.py", "tests/test_shop.py", "README.md"]) == expected


def test_a_refactoring_keeps_what_the_tests_run(given: Given) -> None:
    trial = given({**PROJECT, "calc.py": RIGHT}, Kind.REFACTOR)
    unused = RIGHT.replace(
        "    return a * 2", "    if a > 1000:\n        b = a\n        return b + b\n    return a * 2"
    )

    lower = trial.judge({"calc.py": unused})
    same = trial.judge({"calc.py": RIGHT.replace("a * 2", "2 * a")})

    assert isinstance(lower, Refused)
    assert lower.reason == "coverage-lower"
    assert isinstance(same, Accepted)
    assert same.shown[-1] == "the tests run 100.0 % of the touched files, 100.0 % on the base"


def test_without_a_sandbox_nothing_runs_and_nothing_is_verified(trial: Trial) -> None:
    nothing = replace(trial.gate.bench.runner, sandbox=ProposeOnly())
    trial.gate = replace(trial.gate, bench=replace(trial.gate.bench, runner=nothing))

    verdict = trial.judge({"calc.py": RIGHT})

    assert isinstance(verdict, Unverified)
    assert verdict.reason == "no-sandbox"
    assert trial.reason({"calc.py": RIGHT + "def broken(:\n"}) == "syntax"
    assert trial.phases() == []
