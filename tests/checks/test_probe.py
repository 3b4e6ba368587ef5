"""The probe: records what the tests call a function with, and tries fixes on that and on what is next to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from gitbuddy.checks import inside

PARTS = ("gitbuddy_probe", "gitbuddy_nearby", "gitbuddy_trial")
RUNNERS = {"pytest": ("pytest", "-q", "-p", "gitbuddy_probe"), "unittest": ("gitbuddy_probe", "discover")}
TOTAL = "def total(items):\n    return sum(items) #\n"
CALL = "def test_it():\n    total([1, 2])\n"


class Project:
    """A file `calc.py`, tests of it, and the answers of the probe."""

    def __init__(self, top: Path, tools: Path) -> None:
        self.top, self.tools = top, tools
        top.mkdir()
        tools.mkdir()
        for part in PARTS:
            (tools / f"{part}.py").write_bytes((Path(inside.__file__).parent / f"{part}.py").read_bytes())

    def answer(
        self,
        code: str,
        tests: str,
        *replaced: tuple[str, str],
        functions: tuple[str, ...] = ("total",),
        names: tuple[str, ...] = ("test_it",),
        runner: str = "pytest",
        importing: str = "from calc import *",
        **order: Any,
    ) -> dict[str, Any]:
        """`replaced` are the variants, numbered from 1, each an old text and a new one."""
        text = dedent(code)
        (self.top / "calc.py").write_text(text)
        (self.top / "test_calc.py").write_text(f"{importing}\n\n\n{dedent(tests)}")
        edits = [[[text.index(old), text.index(old) + len(old), new]] for old, new in replaced or [("#", "##")]]
        variants = [{"id": str(number), "edits": own} for number, own in enumerate(edits, 1)]
        ids = [f"test_calc.py::{name}" for name in names]
        wanted = {"path": "calc.py", "functions": functions, "tests": ids, "failing": [], "variants": variants}
        (self.tools / "order.json").write_text(json.dumps({**wanted, "seconds": 20, "each": 1, "most": 0, **order}))
        places = {"order": str(self.tools / "order.json"), "answer": str(self.tools / "answers" / "answer.json")}
        environment = {**os.environ, "PYTHONPATH": str(self.tools), "GITBUDDY_PROBE": json.dumps(places)}
        command = [sys.executable, "-m", *RUNNERS[runner]]
        run = subprocess.run(command, cwd=self.top, env=environment, capture_output=True, text=True, timeout=120)
        assert (run.returncode, run.stdout) == (0, ""), run.stderr
        answer: dict[str, Any] = json.loads((self.tools / "answers" / "answer.json").read_text())
        return answer


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project", tmp_path / "tools")


def calls(answer: dict[str, Any]) -> list[str]:
    return [one["call"] for one in answer["inputs"]]


@pytest.mark.parametrize("runner", RUNNERS)
def test_calls_of_the_named_tests_are_recorded_and_tried_with_each_variant(project: Project, runner: str) -> None:
    tests = """\
        import unittest


        class TestTotal(unittest.TestCase):
            def test_it(self):
                self.assertEqual(total([1, 2]), 3)

            def test_wrong(self):
                self.assertEqual(total([-1]), 1)

            def test_other(self):
                total([4])
        """
    names = ("TestTotal::test_it", "TestTotal::test_wrong")
    failing = ["test_calc.py::TestTotal::test_wrong"]

    answer = project.answer(
        TOTAL, tests, ("#", "+ 0"), ("sum(items)", "sum(map(abs, items))"), ("items", "values"),
        runner=runner, names=names[:1], failing=failing,
    )  # fmt: skip

    assert answer["inputs"] == [
        {"call": "total([1, 2])", "recorded": True, "passing": True},
        {"call": "total([-1])", "recorded": True, "passing": False},
    ]
    raised = ["raises NameError"] * 2
    assert answer["outcomes"] == {"base": ["3", "-1"], "1": ["3", "-1"], "2": ["3", "1"], "3": raised}
    assert answer["skipped"] == []
