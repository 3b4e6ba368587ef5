"""The probe: records what the tests call a function with, and tries fixes on that and on what is next to it."""

from __future__ import annotations

import json
import os
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from gitbuddy.checks import inside
from gitbuddy.core.repair.apart import read, sentence

RUNNERS = {"pytest": ("pytest", "-x", "-n", "2", "-p", "gitbuddy_probe"), "unittest": ("gitbuddy_probe", "discover")}
TOTAL = "def total(items):\n    return sum(items) #\n"
CALL = "def test_it():\n    total([1, 2])\n"


class Project:
    """A file `calc.py`, tests of it, and the answers of the probe."""

    def __init__(self, top: Path, tools: Path) -> None:
        self.top, self.tools = top, tools
        top.mkdir()
        tools.mkdir()
        shutil.copytree(Path(inside.__file__).parent / "gitbuddy_probe", tools / "gitbuddy_probe")

    def answer(
        self,
        code: str,
        tests: str,
        *replaced: tuple[str, str],
        functions: tuple[str, ...] = ("total",),
        names: tuple[str, ...] = ("test_it",),
        runner: str = "pytest",
        importing: str = "from calc import *",
        encoding: str = "utf-8",
        **order: Any,
    ) -> dict[str, Any]:
        """`replaced` are the variants, numbered from 1, each an old text and a new one."""
        text = dedent(code)
        (self.top / "calc.py").write_bytes(text.encode(encoding))
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


def test_nothing_is_written_into_the_project(project: Project) -> None:
    project.answer(TOTAL, CALL, ("sum(items)", "1"))

    assert {path.name for path in project.top.iterdir()} == {"calc.py", "test_calc.py"}
    assert (project.top / "calc.py").read_text() == TOTAL


def test_a_compiled_form_on_the_disk_hides_no_variant(project: Project) -> None:
    (project.top / "calc.py").write_text(TOTAL)
    py_compile.compile(str(project.top / "calc.py"), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)

    assert project.answer(TOTAL, CALL, ("sum(items)", "2"))["outcomes"] == {"base": ["3"], "1": ["2"]}


def test_a_module_whose_assertions_pytest_rewrites_is_replaced_too(project: Project) -> None:
    (project.top / "conftest.py").write_text("import pytest\n\npytest.register_assert_rewrite('calc')\n")

    assert project.answer(TOTAL, CALL, ("sum(items)", "2"))["outcomes"] == {"base": ["3"], "1": ["2"]}


def test_edits_are_of_characters_in_the_encoding_of_the_file(project: Project) -> None:
    code = "# coding: latin-1\n# \u00e9\r\ndef total(items):\r\n    return '\u00e9'\r\n"

    answer = project.answer(code, CALL, ("return '", "return '\u00fc"), encoding="latin-1")

    assert answer["outcomes"] == {"base": ["'\u00e9'"], "1": ["'\u00fc\u00e9'"]}


def test_lines_that_a_variant_writes_among_the_recorded_ones_are_left_out(project: Project) -> None:
    line = '{"module": "a", "folders": [], "function": 9, "values": {"items": "[]"}, "passing": true}'
    noise = f"""\
import contextlib, os


def noise():
    for number in range(3, 40):
        with contextlib.suppress(OSError):
            os.write(number, b'[[[\\n{line}\\n')


def total(items):
    noise()
    return 3 #
"""

    answer = project.answer(
        noise, CALL, ("noise()\n    return", "noise()\n    return 4 +"), ("noise()\n    return", "return")
    )

    assert calls(answer) == ["total([1, 2])"]
    assert answer["outcomes"] == {"base": ["not run"], "1": ["not run"], "2": ["3"]}


@pytest.mark.parametrize(
    ("code", "call", "recorded"),
    [
        pytest.param("def total(a, b=2, *, c=3): pass", "total(1, c=4)", "total(1, c=4)", id="defaults"),
        pytest.param("def total(a, b=2): pass", "total(1, 2)", "total(1)", id="what is the default anyway"),
        pytest.param("def total(a=1, b=2): pass", "total(b=3)", "total(b=3)", id="a gap"),
        pytest.param("def total(a, b=2, *more): pass", "total(1, 2, 3)", "total(1, 2, 3)", id="more"),
        pytest.param("def total(a, **more): pass", "total(a=1, b={2})", "total(1, b={2})", id="more by name"),
        pytest.param("def total(a=1, b=2, /): pass", "total(1, 3)", "total(1, 3)", id="by position only"),
        pytest.param(
            "def total(a): return lambda: a", "total({'x': (1.5, None)})", "total({'x': (1.5, None)})", id="cell"
        ),
        pytest.param('def total(a):\n    """Words."""\n', "total(b'x')", "total(b'x')", id="only documentation"),
        pytest.param("def total(n): return n and total(n - 1)", "total(3)", "total(3)", id="recursion"),
        pytest.param(
            "def total(n): return n and other(n - 1)\ndef other(n): return total(n)",
            "total(2)",
            "total(2)",
            id="mutual",
        ),
        pytest.param("def total(a):\n    yield a", "[*total(1)]", "total(1)", id="a generator"),
        pytest.param(
            "from functools import lru_cache\n\n@lru_cache\ndef total(a): pass", "total(1)", "total(1)", id="wrapped"
        ),
        pytest.param("class A:\n    @staticmethod\n    def f(a): pass", "A.f(1)", "A.f(1)", id="static"),
        pytest.param("class A:\n    @classmethod\n    def f(cls, a): pass", "A.f(1)", "A.f(1)", id="of a class"),
        pytest.param(
            "def total(a):\n    def inner(b): return b\n    return inner(a)", "total(1)", "total(1)", id="one within"
        ),
    ],
)
def test_a_call_is_recorded_as_it_would_be_written(project: Project, code: str, call: str, recorded: str) -> None:
    functions = ("A.f",) if "class A" in code else ("total.<locals>.inner",) if "inner" in code else ("total",)

    answer = project.answer(code + "\n#\n", f"def test_it():\n    {call}\n", functions=functions)

    assert calls(answer) == [recorded]
    assert not answer["outcomes"]["1"][0].startswith("raises")


def test_a_function_is_seen_under_another_name(project: Project) -> None:
    tests = "def test_it():\n    other([5])\n"

    assert calls(project.answer(TOTAL, tests, importing="from calc import total as other")) == ["total([5])"]


@pytest.mark.parametrize(
    ("code", "call", "why"),
    [
        ("class A:\n    def f(self): pass", "A().f()", "A.f: a method needs an object"),
        ("async def total(): pass", "0", "total: a coroutine"),
        ("def total(a): pass", "0", "total: no test calls it"),
        ("def total(a): pass", "total(object())", "total: no call with plain arguments"),
        ("def total(a): pass", "total(float('nan'))", "total: no call with plain arguments"),
        ("def total(a): pass", "total('x' * 2001)", "total: no call with plain arguments"),
        ("def other(a): pass", "0", "total: not there"),
        ("hide = lambda f: lambda a: f(a)\n@hide\ndef total(a): pass", "total(1)", "inputs that could not be run: 1"),
    ],
)
def test_what_cannot_be_tried_is_said(project: Project, code: str, call: str, why: str) -> None:
    functions = ("A.f",) if "class A" in code else ("total",)

    answer = project.answer(code + "\n#\n", f"def test_it():\n    {call}\n", functions=functions)

    assert (answer["inputs"], answer["skipped"]) == ([], [why])


def test_a_call_that_a_failing_test_makes_too_is_not_one_of_passing_tests(project: Project) -> None:
    tests = """\
        def test_wrong():
            total([1])
            assert False


        def test_it():
            total([1])
            total([2])
    """

    answer = project.answer(TOTAL, tests, failing=["test_calc.py::test_wrong"])

    assert {one["call"]: one["passing"] for one in answer["inputs"]} == {"total([1])": False, "total([2])": True}


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ("return {'b', 'a', 'c'}", "{'a', 'b', 'c'}"),
        ("return object()", "<object object at 0x...>"),
        ("return total", "<function total at 0x...>"),
        ("items.append(3)", "None and leaves [1, 2, 3]"),
        ("items.clear(); raise KeyError", "raises KeyError and leaves []"),
        ("yield from items", "generator of [1, 2]"),
        ("yield from range(900)", f"generator of {[*range(50)]}"),
        ("yield 1; raise ValueError", "raises ValueError"),
        ("return map(str, items)", "map of ['1', '2']"),
        ("return Point()", "Point(x=1)"),
        ("return Odd()", "<Odd whose repr raises SystemExit>"),
        ("import random; return random.random() == random.Random(0).random()", "True"),
        ("return sys.stdin.read()", "''"),
    ],
)
def test_an_outcome_is_text_that_is_the_same_each_time(project: Project, body: str, outcome: str) -> None:
    code = f"""\
        import sys


        class Point:
            def __init__(self): self.x = 1


        class Odd:
            def __repr__(self): sys.exit()


        def total(items): {body}
        #
    """

    answer = project.answer(code, "def test_it():\n    next(total([1, 2]))\n")

    assert answer["outcomes"]["1"] == [outcome]


def test_an_input_that_gives_something_else_when_repeated_is_left_out(project: Project) -> None:
    code = "import time\n\n\ndef total(items): return time.monotonic_ns() #\n"

    answer = project.answer(code, CALL)

    assert (answer["inputs"], answer["skipped"]) == ([], ["total([1, 2]): not the same when repeated"])


def test_no_call_sees_what_another_left_behind(project: Project) -> None:
    code = "SEEN = []\n\n\ndef total(a):\n    SEEN.append(a)\n    return len(SEEN) #\n"

    answer = project.answer(code, "def test_it():\n    [total(n) for n in range(3)]\n")

    assert answer["outcomes"]["1"] == ["1", "1", "1"]


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        pytest.param("while True: pass", "does not end", id="a loop"),
        pytest.param(
            "while True:\n        try:\n            while True: pass\n        except BaseException: pass",
            "does not end",
            id="a loop that catches all",
        ),
        pytest.param("signal.alarm(0); signal.pause()", "does not end", id="without its alarm"),
        pytest.param("os._exit(0)", "ends the process", id="an exit"),
        pytest.param("sys.exit(0)", "raises SystemExit", id="a polite exit"),
        pytest.param("os.kill(os.getpid(), 9)", "ends the process", id="a kill"),
        pytest.param("return os.fork() and time.sleep(60)", "does not end", id="a fork"),
        pytest.param("return 'x' * 10 ** 10", "raises MemoryError", id="much memory"),
        pytest.param("print('x' * 10 ** 6); os.write(2, b'x'); return 1", "1", id="garbage"),
        pytest.param("shutil.rmtree(pathlib.Path(os.getcwd()).parent / 'tools'); return 1", "1", id="a deletion"),
        pytest.param("return Odd()", "<Odd whose repr raises ZeroDivisionError>", id="a bad repr"),
    ],
)
def test_a_hostile_variant_is_bounded_and_named_and_the_others_are_tried(
    project: Project, body: str, outcome: str
) -> None:
    code = f"""\
import os, pathlib, shutil, signal, sys, time


class Odd:
    def __repr__(self): 1 / 0


def total(items):
    return 1 #


def spare(items):
    {body}
"""

    answer = project.answer(code, CALL, ("1 #", "2 #"), ("1 #", "spare(items)"), ("1 #", "3 #"), seconds=8, each=0.5)

    assert answer["outcomes"] == {"base": ["1"], "1": ["2"], "2": [outcome], "3": ["3"]}


def test_a_huge_outcome_is_cut_and_still_another_one(project: Project) -> None:
    answer = project.answer(TOTAL, CALL, ("sum(items)", "'x' * 9000 + 'y'"), ("sum(items)", "'x' * 9000 + 'z'"))

    one, other = answer["outcomes"]["1"][0], answer["outcomes"]["2"][0]
    assert one != other
    assert len(one) == len(other) <= 300


def test_tests_that_do_not_end_are_ended_and_their_calls_are_tried(project: Project) -> None:
    answer = project.answer(TOTAL, CALL + "    while True: pass\n", seconds=3)

    assert (calls(answer), answer["outcomes"]["1"]) == (["total([1, 2])"], ["3"])


def test_what_the_time_did_not_reach_is_not_run(project: Project) -> None:
    answer = project.answer(TOTAL, CALL, ("return", "while True: pass\n    return"), seconds=1, each=5)

    assert answer["outcomes"] == {"base": ["3"], "1": ["not run"]}


def test_an_input_that_was_generated_tells_two_fixes_apart(project: Project) -> None:
    fixes = ("sum(items)", "sum(items) + 0"), ("sum(items)", "sum(map(abs, items))")

    answer = project.answer(TOTAL, CALL, *fixes, most=100)

    assert sentence(read(json.dumps(answer)), "2") == (
        "2 different fixes pass your tests; an input that tells them apart: "
        "total([-1, 2]) gives 3 with this one, 1 with another"
    )
