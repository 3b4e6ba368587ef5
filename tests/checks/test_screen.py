"""The warm runner: candidates are laid over the imports, run only the tests that were named, and cannot stop it."""

from __future__ import annotations

import json
import os
import py_compile
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from gitbuddy.checks import inside

NAME = "screen_ab12"
PYTEST = [sys.executable, "-m", "pytest", "-p", NAME]
UNITTEST = [sys.executable, "-m", NAME]
KINDS = [pytest.param(PYTEST, id="pytest"), pytest.param(UNITTEST, id="unittest")]
WRONG = "def add(a, b):\n    return a - b\n"
RIGHT = WRONG.replace("-", "+")
IT = "test_calc.py::Calc::test_it"
TESTS = """\
import textwrap
import unittest

from calc import add


class Calc(unittest.TestCase):
    def test_it(self):
        print("this is no answer")
        assert add(1, 2) == 3

    def test_other(self):
        assert False, "no\\nmore"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "calc.py").write_text(WRONG)
    (folder / "test_calc.py").write_text(TESTS)
    return folder


def whole(text: str, old: str = WRONG) -> dict[str, Any]:
    return {"calc.py": [[0, len(old), text]]}


def request(number: int, text: str = WRONG, tests: Sequence[str] = (IT,), **named: Any) -> str:
    return json.dumps({"id": number, "edits": whole(text), "tests": [*tests], "seconds": 20, **named})


def started(project: Path, command: Sequence[str]) -> tuple[subprocess.Popen[bytes], Path, Path]:
    channel = project.parent / "channel"
    channel.mkdir()
    shutil.copytree(Path(inside.__file__).parent / "gitbuddy_screen", channel / NAME)
    requests, answers = channel / "requests", channel / "answers"
    settings = {"requests": str(requests), "answers": str(answers), "workers": 2, "memory": 1 << 31}
    variables = {"PYTHONPATH": str(channel), "GITBUDDY_SCREEN": json.dumps(settings)}
    return subprocess.Popen(command, cwd=project, env={**os.environ, **variables}), requests, answers


def answered(project: Path, command: Sequence[str], *lines: str) -> dict[Any, Mapping[str, Any]]:
    process, requests, answers = started(project, command)
    requests.write_text("\n".join([*lines, '{"end": true}', ""]))
    assert process.wait(20) == 0
    first, *told = map(json.loads, answers.read_text().splitlines())
    assert first == {"ready": True}
    return {one["id"]: one for one in told}


def screened(project: Path, command: Sequence[str], *lines: str) -> dict[Any, str]:
    return {number: one["ended"] for number, one in answered(project, command, *lines).items()}


def traced(project: Path, command: Sequence[str], tests: Sequence[str] = (), **named: Any) -> Mapping[str, Any]:
    return answered(project, command, request(1, RIGHT, tests, trace=True, **named))[1]


def by_id(answer: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {test["id"]: test for test in answer["tests"]}


@pytest.mark.parametrize("command", KINDS)
def test_each_candidate_is_seen_by_the_tests_and_nothing_is_written(project: Path, command: list[str]) -> None:
    before = {path.name for path in project.iterdir()}
    texts = WRONG, RIGHT, WRONG, RIGHT

    ended = screened(project, command, *(request(number, text) for number, text in enumerate(texts)))

    assert ended == {0: "failed", 1: "passed", 2: "failed", 3: "passed"}
    assert {path.name for path in project.iterdir()} == before
    assert (project / "calc.py").read_text() == WRONG


@pytest.mark.parametrize("command", KINDS)
def test_a_compiled_form_on_the_disk_does_not_hide_a_candidate(project: Path, command: list[str]) -> None:
    py_compile.compile(str(project / "calc.py"))
    assert list(project.glob("__pycache__/calc.*"))

    assert screened(project, command, request(1, RIGHT)) == {1: "passed"}


@pytest.mark.parametrize("command", KINDS)
def test_only_the_named_tests_run(project: Path, command: list[str]) -> None:
    other = [IT, "test_calc.py::Calc::test_other"]

    assert screened(project, command, request(1, RIGHT), request(2, RIGHT, other)) == {1: "passed", 2: "failed"}


@pytest.mark.parametrize("command", KINDS)
@pytest.mark.parametrize(
    ("text", "ended"),
    [
        pytest.param("def add(a, b):\n    while True: pass\n", "timeout", id="an endless loop"),
        pytest.param("import os\nos._exit(3)\n", "broken", id="an exit"),
        pytest.param("import os, signal\nos.kill(os.getpid(), 9)\n", "broken", id="a kill"),
        pytest.param("import os, signal\nos.killpg(0, 9)\n", "broken", id="a kill of its group"),
        pytest.param("import os, signal\nos.kill(os.getppid(), 9)\n" + RIGHT, "passed", id="a kill of its parent"),
        pytest.param("def add(a, b:\n", "broken", id="a syntax error"),
        pytest.param("import os\nos.closerange(3, 99)\nwhile True: pass\n", "broken", id="all files closed"),
        pytest.param("def add(a, b):\n    return add(a, b)\n", "failed", id="an endless recursion"),
        pytest.param("import shutil\nshutil.rmtree('.', True)\n" + RIGHT, "passed", id="all files deleted"),
        pytest.param("open('calc.py', 'w').write('x = 1')\n" + RIGHT, "passed", id="a file overwritten"),
        pytest.param("import shutil, tempfile\nshutil.rmtree(tempfile.gettempdir())\n", "broken", id="no folder"),
        pytest.param("import os\nif os.fork() == 0:\n    while True: pass\n" + RIGHT, "passed", id="a fork"),
        pytest.param("x = 'a' * (1 << 40)\n" + RIGHT, "broken", id="much memory"),
    ],
)
def test_a_candidate_that_runs_wild_is_named_and_the_next_ones_run(
    project: Path, command: list[str], text: str, ended: str
) -> None:
    lines = request(1, text, seconds=3), request(2, RIGHT), request(3, RIGHT), request(4, WRONG)
    # One at a time: what runs beside it may see what it did.
    process, requests, answers = started(project, command)
    for count, line in enumerate(lines, 2):
        with requests.open("a") as file:
            file.write(line + "\n")
        wait_for(answers, count)
    with requests.open("a") as file:
        file.write('{"end": true}\n')

    assert process.wait(20) == 0
    first, *others = [json.loads(line)["ended"] for line in answers.read_text().splitlines()[1:]]
    assert first == ended or "rmtree" in text  # which may miss its own files before it ends
    assert others == ["passed", "passed", "failed"]
    assert (project / "calc.py").read_text() == WRONG


def wait_for(answers: Path, count: int) -> None:
    for _ in range(3000):
        if answers.exists() and len(answers.read_text().splitlines()) >= count:
            return
        time.sleep(0.01)
    raise AssertionError(f"no {count} answers")


@pytest.mark.parametrize("command", KINDS)
def test_a_test_that_is_not_there_is_broken(project: Path, command: list[str]) -> None:
    assert screened(project, command, request(1, RIGHT, ["test_calc.py::Calc::test_gone"])) == {1: "broken"}


def test_what_is_no_request_is_refused_and_the_next_one_runs(project: Path) -> None:
    outside = json.dumps({"id": 1, "edits": {"../calc.py": []}, "tests": [], "seconds": 1})
    lines = "nonsense", "[]", "{}", '{"id": 1, "edits": 3, "tests": [], "seconds": 1}', "\x00", outside

    assert screened(project, PYTEST, *lines, request(2, RIGHT)) == {None: "refused", 2: "passed"}


def test_half_a_line_waits_for_its_other_half(project: Path) -> None:
    process, requests, answers = started(project, PYTEST)
    line = request(1, RIGHT) + "\n"
    with requests.open("a") as file:
        file.write(line[:20])
        file.flush()
        wait_for(answers, 1)
        time.sleep(0.2)
        assert len(answers.read_text().splitlines()) == 1
        file.write(line[20:] + '{"end": true}\n')

    assert process.wait(20) == 0
    assert json.loads(answers.read_text().splitlines()[1])["ended"] == "passed"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(
            "# coding: latin-1\r\nS = 'é'\r\n\r\ndef add(a, b):\r\n    return a - b\r\n".encode("latin-1"), id="cookie"
        ),
        pytest.param("S = 'é'\n\ndef add(a, b):\n    return a - b\n".encode("utf-8-sig"), id="mark"),
    ],
)
def test_edits_count_characters_of_the_decoded_file(project: Path, data: bytes) -> None:
    (project / "calc.py").write_bytes(data)
    (project / "test_calc.py").write_text(
        TESTS + "        \n    def test_text(self):\n        import calc\n        assert calc.S == 'éü'\n"
    )
    text = data.decode("latin-1" if b"latin" in data else "utf-8-sig")
    at, quote = text.index("-", text.index("return")), text.index("é") + 1
    edits = {"calc.py": [[quote, quote, "ü"], [at, at + 1, "+"]]}
    tests = [IT, "test_calc.py::Calc::test_text"]

    assert screened(project, PYTEST, request(1, tests=tests, edits=edits)) == {1: "passed"}


def test_an_edit_that_does_not_fit_is_broken(project: Path) -> None:
    past, gone = {"calc.py": [[5, 999, ""]]}, {"gone.py": [[0, 1, ""]]}

    assert screened(project, PYTEST, request(1, edits=past), request(2, edits=gone)) == {1: "broken", 2: "broken"}


def test_ids_may_hold_brackets_and_colons(project: Path) -> None:
    body = (
        "import pytest\nfrom calc import add\n@pytest.mark.parametrize('a', ['x::y[1]', '[::'])\n"
        "def test_p(a):\n    assert (a == '[::') == (add(1, 2) < 0)\n"
    )
    (project / "test_p.py").write_text(body)
    first, second = "test_p.py::test_p[x::y[1]]", "test_p.py::test_p[[::]"

    assert screened(project, PYTEST, request(1, WRONG, [first]), request(2, WRONG, [second])) == {
        1: "failed",
        2: "passed",
    }


@pytest.mark.parametrize("name", ["conftest.py", "plugged.py"])
def test_what_a_conftest_or_a_plugin_has_imported_can_be_edited(project: Path, name: str) -> None:
    (project / name).write_text(
        "from calc import add\nimport pytest\n@pytest.fixture\ndef three():\n    return add(1, 2)\n"
    )
    (project / "test_f.py").write_text("def test_f(three):\n    assert three == 3\n")
    command = [*PYTEST, "-p", "plugged"] if name == "plugged.py" else PYTEST
    tests = ["test_f.py::test_f"]

    assert screened(project, command, request(1, RIGHT, tests), request(2, WRONG, tests)) == {1: "passed", 2: "failed"}


def test_a_test_file_can_be_edited(project: Path) -> None:
    edits = {"test_calc.py": [[TESTS.index("== 3"), TESTS.index("== 3") + 4, "== -1"]]}

    assert screened(project, PYTEST, request(1, edits=edits), request(2)) == {1: "passed", 2: "failed"}


def test_the_options_of_the_command_hold(project: Path) -> None:
    (project / "other.ini").write_text("[pytest]\npython_files = check_*.py\n")
    (project / "check_calc.py").write_text(
        "import warnings\nfrom calc import add\ndef test_w():\n    warnings.warn('x')\n    assert add(1, 2) == 3\n"
    )
    tests = ["check_calc.py"]

    assert screened(project, [*PYTEST, "-c", "other.ini"], request(1, RIGHT, tests)) == {1: "passed"}
    shutil.rmtree(project.parent / "channel")
    strict = [*PYTEST, "-W", "error", "-c", "other.ini"]
    assert screened(project, strict, request(1, RIGHT, tests)) == {1: "failed"}


@pytest.mark.parametrize("options", ["-n 2", "--cov=calc --cov-fail-under=100", "-x --lf", "--capture=fd -v"])
def test_plugins_that_spread_or_measure_are_off(project: Path, options: str) -> None:
    (project / "pytest.ini").write_text(f"[pytest]\naddopts = {options}\n")
    before = {path.name for path in project.iterdir()}

    answers = answered(project, PYTEST, request(1, RIGHT), request(2, WRONG), request(3, RIGHT, [], trace=True))

    assert {number: one["ended"] for number, one in answers.items()} == {1: "passed", 2: "failed", 3: "failed"}
    assert by_id(answers[3])[IT]["lines"]["calc.py"] == [2]
    assert {path.name for path in project.iterdir()} == before


def test_ids_are_from_the_top_of_pytest_where_the_folder_is_below(project: Path) -> None:
    (project.parent / "pytest.ini").write_text("[pytest]\n")

    assert screened(project, PYTEST, request(1, RIGHT, [f"project/{IT}"])) == {1: "passed"}


def test_a_candidate_has_neither_the_answers_nor_the_requests_open(project: Path) -> None:
    text = RIGHT + (
        "import os\n"
        "o"
        "p"
        "e"
        "n"
        "e"
        "d"
        " "
        "="
        " "
        "["
        "o"
        "s"
        "."
        "readlink(f'/proc/self/fd/{n}') for n in range(3, 50) if os.path.exists(f'/proc/self/fd/{n}')]\n"
        "assert not [n for n in opened if 'channel' in n]\n"
    )

    assert screened(project, PYTEST, request(1, text), request(2, text)) == {1: "passed", 2: "passed"}


@pytest.mark.parametrize("command", KINDS)
def test_a_trace_tells_each_test_with_its_lines(project: Path, command: list[str]) -> None:
    answer = traced(project, command)
    tests = by_id(answer)

    assert answer["ended"] == "failed"
    assert answer["imported"]["calc.py"] == [1]
    assert set(tests) == {IT, "test_calc.py::Calc::test_other"}
    assert tests[IT]["lines"] == {"calc.py": [2], "test_calc.py": [9, 10]}
    assert (tests[IT]["ended"], tests[IT]["trace"], tests[IT]["error"]) == ("passed", [], "")
    other = tests["test_calc.py::Calc::test_other"]
    assert (other["ended"], other["lines"], other["error"]) == ("failed", {"test_calc.py": [13]}, "AssertionError: no")
    assert other["trace"] == [["test_calc.py", 13]]


@pytest.mark.parametrize("command", KINDS)
def test_a_trace_tells_of_files_that_cannot_be_collected(project: Path, command: list[str]) -> None:
    (project / "test_bad.py").write_text("import os\nimport nonsuch\n")
    (project / "test_worse.py").write_text("\ndef x(:\n")

    tests = by_id(traced(project, command))

    assert tests["test_bad.py"]["error"] == "ModuleNotFoundError: No module named 'nonsuch'"
    assert (tests["test_bad.py"]["ended"], tests["test_bad.py"]["trace"]) == ("failed", [["test_bad.py", 2]])
    assert tests["test_worse.py"]["trace"] == [["test_worse.py", 2]]
    assert tests[IT]["ended"] == "passed"


def written(project: Path, body: str) -> None:
    lines = ["import threading, time, unittest", "class T(unittest.TestCase):", *body.splitlines()]
    (project / "test_calc.py").write_text("\n".join([*lines[:2], *("    " + line for line in lines[2:])]))


@pytest.mark.parametrize("command", KINDS)
def test_a_test_that_takes_too_long_is_told_with_where_it_was(project: Path, command: list[str]) -> None:
    written(project, "def test_a(self):\n    while True:\n        pass\ndef test_b(self):\n    pass\n")

    tests = by_id(traced(project, command, each=0.5))

    assert tests["test_calc.py::T::test_a"]["ended"] == "timeout"
    assert {3, 4, 5} > set(tests["test_calc.py::T::test_a"]["lines"]["test_calc.py"]) >= {4}
    assert tests["test_calc.py::T::test_a"]["trace"][0][0] == "test_calc.py"
    assert tests["test_calc.py::T::test_b"]["ended"] == "passed"


@pytest.mark.parametrize("command", KINDS)
def test_a_test_that_swallows_its_timeout_is_the_last(project: Path, command: list[str]) -> None:
    body = (
        "def test_a(self):\n    while True:\n        try:\n            time.sleep(9)\n"
        "        except BaseException:\n            pass\n"
    )
    written(project, "def test_0(self):\n    pass\n" + body + "def test_b(self):\n    pass\n")

    answer = traced(project, command, each=0.5)

    assert answer["ended"] == "failed"
    assert [test["ended"] for test in answer["tests"]] == ["passed", "timeout"]


@pytest.mark.parametrize("command", KINDS)
def test_a_trace_that_takes_too_long_tells_what_was_finished(project: Path, command: list[str]) -> None:
    written(project, "def test_0(self):\n    pass\ndef test_a(self):\n    time.sleep(60)\n")

    answer = traced(project, command, each=50, seconds=2)

    assert answer["ended"] == "timeout"
    assert [test["id"] for test in answer["tests"]] == ["test_calc.py::T::test_0"]


@pytest.mark.parametrize("command", KINDS)
def test_lines_of_threads_and_of_fixtures_are_the_tests(project: Path, command: list[str]) -> None:
    body = "def setUp(self):\n    self.x = 1\ndef tearDown(self):\n    self.x = 2\ndef work(self):\n    self.x = 3\n"
    test = "def test_a(self):\n    t = threading.Thread(target=self.work)\n    t.start()\n    t.join()\n"
    written(project, body + test + "def test_b(self):\n    raise unittest.SkipTest('x')\n")

    tests = by_id(traced(project, command))

    assert tests["test_calc.py::T::test_a"]["lines"] == {"test_calc.py": [4, 6, 8, 10, 11, 12]}
    assert tests["test_calc.py::T::test_b"]["ended"] == "skipped"


@pytest.mark.parametrize("folder", [".hidden", "site-packages", "env"])
def test_lines_of_others_are_not_told(project: Path, folder: str) -> None:
    (project / folder).mkdir()
    (project / folder / "pyvenv.cfg").write_text("")
    (project / folder / "other.py").write_text("def f():\n    return 1\n")
    (project / "test_calc.py").write_text(
        f"import sys\nsys.path.insert(0, {folder!r})\nimport other\ndef test_a():\n    other.f()\n"
    )

    answer = traced(project, PYTEST)

    assert set(answer["imported"]) == {"test_calc.py"}
    assert by_id(answer)["test_calc.py::test_a"]["lines"] == {"test_calc.py": [5]}


def test_unittest_takes_dotted_names_and_the_arguments_of_the_command(project: Path) -> None:
    (project / "sub").mkdir()
    (project / "sub" / "__init__.py").touch()
    shutil.move(project / "test_calc.py", project / "sub" / "check_calc.py")
    command = [*UNITTEST, "discover", "-s", "sub", "-t", ".", "-p", "check_*.py"]
    ids = ["sub.check_calc.Calc.test_it"], ["sub/check_calc.py::Calc::test_it"]

    assert screened(project, command, *(request(n, RIGHT, tests) for n, tests in enumerate(ids))) == {
        0: "passed",
        1: "passed",
    }


@pytest.mark.parametrize("command", KINDS)
def test_told_to_end_now_it_answers_nothing_more(project: Path, command: list[str]) -> None:
    endless = "def add(a, b):\n    while True: pass\n"
    process, requests, answers = started(project, command)
    waits = [request(number, endless, seconds=600) for number in range(8)]
    requests.write_text("\n".join([request(99), *waits, ""]))
    until = time.monotonic() + 20
    while b'"id": 99' not in answers.read_bytes() if answers.exists() else True:
        assert time.monotonic() < until
        time.sleep(0.05)

    with requests.open("a") as file:
        file.write('{"end": true, "now": true}\n')

    assert process.wait(20) == 0
    assert {json.loads(line).get("ended") for line in answers.read_text().splitlines()[2:]} <= {"timeout"}
