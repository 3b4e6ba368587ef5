"""The warm runner: candidates are laid over the imports, run only the tests that were named, and cannot stop it."""

from __future__ import annotations

import json
import py_compile
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gitbuddy.checks import inside

SCRIPT = Path(inside.__file__).parent / "gitbuddy_screen.py"
WRONG = "def add(a, b):\n    return a - b\n"
RIGHT = WRONG.replace("-", "+")
TESTS = """\
import textwrap

from calc import add


def test_it():
    print("this is no answer")
    assert add(1, 2) == 3


def test_other():
    assert False
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "calc.py").write_text(WRONG)
    (tmp_path / "test_calc.py").write_text(TESTS)
    return tmp_path


def request(number: int, text: str, test: str = "test_it", seconds: float = 20) -> str:
    values = {"id": number, "files": {"calc.py": text}, "tests": [f"test_calc.py::{test}"], "seconds": seconds}
    return json.dumps(values)


def screened(project: Path, *lines: str) -> dict[Any, str]:
    command = [sys.executable, str(SCRIPT), "--workers", "2", "-p", "no:xdist"]
    run = subprocess.run(
        command, cwd=project, input="\n".join([*lines, ""]), capture_output=True, text=True, timeout=60, check=True
    )
    first, *answers = map(json.loads, run.stdout.splitlines())
    assert first == {"ready": True}
    return {answer["id"]: answer["ended"] for answer in answers}


def test_each_candidate_is_seen_by_the_tests_and_nothing_is_written(project: Path) -> None:
    before = {path.name for path in project.iterdir()}

    ended = screened(project, request(1, WRONG), request(2, RIGHT), request(3, WRONG), request(4, RIGHT))

    assert ended == {1: "failed", 2: "passed", 3: "failed", 4: "passed"}
    assert {path.name for path in project.iterdir()} == before
    assert (project / "calc.py").read_text() == WRONG


def test_a_compiled_form_on_the_disk_does_not_hide_a_candidate(project: Path) -> None:
    py_compile.compile(str(project / "calc.py"))
    assert list(project.glob("__pycache__/calc.*"))

    assert screened(project, request(1, RIGHT)) == {1: "passed"}


def test_only_the_named_tests_run(project: Path) -> None:
    assert screened(project, request(1, RIGHT), request(2, RIGHT, "test_other")) == {1: "passed", 2: "failed"}


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        pytest.param("def add(a, b):\n    while True: pass\n", "timeout", id="an endless loop"),
        pytest.param("import os\nos._exit(3)\n", "broken", id="an exit"),
        pytest.param("import os, signal\nos.kill(os.getpid(), 9)\n", "broken", id="a kill"),
        pytest.param("def add(a, b:\n", "broken", id="a syntax error"),
        pytest.param(
            "import os\nif os.fork() == 0:\n    import time; time.sleep(60)\n" + RIGHT, "timeout", id="a fork"
        ),
    ],
)
def test_a_candidate_that_runs_wild_is_named_and_the_next_one_runs(project: Path, text: str, ended: str) -> None:
    lines = request(1, text, seconds=1.5), request(2, RIGHT)

    assert screened(project, *lines) == {1: ended, 2: "passed"}


def test_a_test_that_is_not_there_is_broken(project: Path) -> None:
    assert screened(project, request(1, RIGHT, "test_gone")) == {1: "broken"}


def test_what_is_no_request_is_refused_and_the_next_one_runs(project: Path) -> None:
    lines = "nonsense", "[]", "{}", '{"id": 1, "files": 3, "tests": [], "seconds": 1}', "\x00"

    assert screened(project, *lines, request(2, RIGHT)) == {None: "refused", 2: "passed"}
