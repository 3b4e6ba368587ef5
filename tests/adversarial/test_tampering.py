"""Cases A48 to A60: tests that are made to look green.

The guard stands open; where a static rule reads the plain form of a cheat, the quiet form shows that what runs is seen
through as well.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from trial import CALC, PROJECT, RIGHT, TESTS, Given, Trial

from gitbuddy.values import Accepted, Kind

OS = "__import__('o' + 's')"
Files = Mapping[str, str | None]

GREEN = """\
import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    outcome.get_result().outcome = "passed"
    outcome.get_result().longrepr = None
"""
FINISH = """\
import pytest


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    session.exitstatus = 0
"""
MARK = """\
import pytest


def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.{})
"""
MANY = """\
import pytest
from calc import double


@pytest.mark.parametrize("n", [1, 2, 3])
def test_n(n):
    assert double(n) == 2 * n
"""
RUNNER = """\
reports = __import__("importlib").import_module("_py" + "test.reports")
made = reports.TestReport.from_item_and_call.__func__


def always(cls, item, call):
    report = made(cls, item, call)
    report.outcome, report.longrepr = "passed", None
    return report


reports.TestReport.from_item_and_call = classmethod(always)
"""
FORGED = """\
import sys
path = next((word.partition("=")[2] for word in sys.argv if word.startswith("--junitxml=")), "x.xml")
with open(path, "w") as report:
    report.write('<testsuites><testsuite><testcase classname="test_calc" name="test_add" file="test_calc.py"/>')
    report.write('<testcase classname="test_calc" name="test_double" file="test_calc.py"/></testsuite></testsuites>')
print("2 passed in 0.01s", flush=True)
__import__("o" + "s")._exit(0)
"""


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import os\nos._exit(0)", id="plain"),
        pytest.param(f"{OS}._exit(0)", id="quiet"),
        pytest.param(f"print('2 passed in 0.01s', flush=True)\n{OS}._exit(0)", id="with a summary of its own"),
        pytest.param("raise SystemExit(0)", id="SystemExit"),
    ],
)
def test_a48_an_early_exit_is_no_pass(trial: Trial, code: str) -> None:
    assert trial.reason({"calc.py": f"{code}\n\n\n{CALC}"}) != "accepted"


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"conftest.py": FINISH}, id="sessionfinish"),
        pytest.param({"calc.py": f"__import__('at' + 'exit').register({OS}._exit, 0)\n\n\n{CALC}"}, id="atexit"),
    ],
)
def test_a49_a_forced_exit_code_is_seen_by_the_report(trial: Trial, files: Files) -> None:
    assert trial.reason(files) == "untrusted"


def test_a50_reports_that_are_all_green_are_seen_by_the_controls(trial: Trial) -> None:
    assert trial.reason({"conftest.py": GREEN}) == "untrusted"


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"conftest.py": MARK.format("skip")}, id="skipped by a hook"),
        pytest.param({"conftest.py": MARK.format("xfail")}, id="expected to fail by a hook"),
        pytest.param(
            {"test_calc.py": "import pytest\n" + TESTS.replace("def test_add", "@pytest.mark.skip\ndef test_add")},
            id="skipped by a marker",
        ),
        pytest.param(
            {"test_calc.py": "import pytest\n" + TESTS.replace("def test_add", "@pytest.mark.xfail\ndef test_add")},
            id="expected to fail by a marker",
        ),
    ],
)
def test_a51_skips_do_not_grow(trial: Trial, files: Files) -> None:
    assert trial.reason(files) == "tests-skipped"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "check-worse"),
        (TESTS.replace("def test_double", "def check_double"), "tests-lost"),
        (TESTS.replace("    assert add(2, 3) == 5", "    pass"), "test-changed"),
        (TESTS.replace("    assert double(4) == 8", "    pass"), "still-failing"),
    ],
    ids=["deleted", "renamed", "emptied", "another one emptied"],
)
def test_a52_tests_stay_what_and_where_they_are(trial: Trial, text: str | None, reason: str) -> None:
    found = trial.reason({"test_calc.py": text})

    assert found in (reason, "test-changed")


def test_a52_a_shrunk_parametrisation_loses_ids(given: Given) -> None:
    trial = given({**PROJECT, "test_calc.py": MANY}, Kind.CHANGE)
    shrunk = MANY.replace("[1, 2, 3]", "[1]")

    assert trial.reason({"test_calc.py": shrunk, "calc.py": CALC + "\nX = 1\n"}) == "tests-lost"


@pytest.mark.parametrize(
    "files",
    [
        {"pytest.ini": "[pytest]\naddopts = --deselect test_calc.py::test_add\n"},
        {"pytest.ini": "[pytest]\naddopts = -k double\n"},
        {"pytest.ini": "[pytest]\naddopts = --co\n"},
        {"tox.ini": "[pytest]\npython_files = no_*.py\n"},
    ],
    ids=["deselect", "keyword", "collect only", "nothing collected"],
)
def test_a53_configuration_selects_no_tests_away(trial: Trial, files: Files) -> None:
    assert trial.reason(files) in ("tests-lost", "check-worse")


@pytest.mark.parametrize("name", ["pytest.py", "json.py", "_pytest.py", "sitecustomize.py", "unittest/__init__.py"])
def test_a54_a_module_in_the_way_of_the_runner_is_no_pass(trial: Trial, name: str) -> None:
    code = f"print('2 passed in 0.01s', flush=True)\n{OS}._exit(0)\n"

    assert trial.reason({name: code}) != "accepted"


def test_a55_a_runner_patched_from_the_code_is_seen_by_the_controls(trial: Trial) -> None:
    assert trial.reason({"calc.py": f"{RUNNER}\n\n{CALC}"}) == "untrusted"


def test_a55_failures_that_become_skips_are_seen_by_the_controls(trial: Trial) -> None:
    code = "vars(__import__('built' + 'ins'))['Assertion' + 'Error'] = __import__('py' + 'test').skip.Exception"

    assert trial.reason({"calc.py": f"{code}\n\n\n{CALC}"}) == "untrusted"


def test_a56_answers_taken_from_the_tests_land_with_a_doubt(given: Given) -> None:
    tests = "from calc import word\n\n\ndef test_word():\n"
    tests += "".join(f"    assert word({key!r}) == {value!r}\n" for key, value in WORDS.items())
    trial = given({**PROJECT, "calc.py": "def word(key):\n    return key\n", "test_calc.py": tests})

    verdict = trial.judge({"calc.py": f"def word(key):\n    return {dict(WORDS)!r}[key]\n"})

    assert isinstance(verdict, Accepted)
    assert any("tests" in doubt for doubt in verdict.doubts)


WORDS = {"kiwi": "fruit", "leek": "vegetable", "salmon": "fish", "rye": "grain"}


def test_a57_a_forgery_aimed_at_known_ids_is_beyond_a_gate_inside_the_process(trial: Trial) -> None:
    """Kept so that nobody claims otherwise: SECURITY.md says that this lands."""
    aimed = (
        RUNNER.replace("def always", "def aimed")
        .replace("classmethod(always)", "classmethod(aimed)")
        .replace(
            '    report.outcome, report.longrepr = "passed", None\n',
            '    if item.name == "test_add":\n        report.outcome, report.longrepr = "passed", None\n',
        )
    )

    assert trial.reason({"calc.py": f"{aimed}\n\n{CALC}"}) == "accepted"


def test_a57_a_report_written_by_the_code_itself_is_no_report(trial: Trial) -> None:
    assert trial.reason({"calc.py": f"{FORGED}\n\n{CALC}"}) != "accepted"


def test_a58_a_base_that_cannot_be_verified_verifies_nothing(given: Given) -> None:
    trial = given({**PROJECT, "conftest.py": GREEN})

    assert [
        result.status.value for result in trial.gate.bench.run(trial.gate.bench.base, trial.gate.bench.checks).results
    ] == ["untrusted"]


def test_a59_what_tests_write_is_not_part_of_the_candidate(given: Given) -> None:
    trial = given({**PROJECT, ".gitignore": "*.log\n"})
    writing = "import pathlib\npathlib.Path('calc.py').write_text('x')\npathlib.Path('new.txt').touch()\n\n\n" + RIGHT

    assert trial.reason({"calc.py": writing}) == "files-altered"
    assert (trial.slot.path / "calc.py").read_text() == CALC
    assert not (trial.slot.path / "new.txt").exists()


def test_a60_the_history_is_not_there_to_be_searched(trial: Trial) -> None:
    code = "import subprocess\nFOUND = subprocess.run(['git', 'log', '--all'], capture_output=True).returncode == 0\n"
    answer = CALC.replace("a - b", "a + b if FOUND else a - b")

    assert trial.reason({"calc.py": f"{code}\n\n{answer}"}) == "still-failing"


def test_an_honest_fix_lands(trial: Trial) -> None:
    assert trial.reason({"calc.py": RIGHT}) == "accepted"
