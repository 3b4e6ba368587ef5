"""pytest and unittest in a real sandbox: what is told of each test, and what bad reports come to."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gitbuddy.checks.cache import Cache
from gitbuddy.checks.run import CheckRunner
from gitbuddy.checks.runners import runner_of
from gitbuddy.sandboxes.bubblewrap import Bubblewrap
from gitbuddy.sandboxes.toolchain import find_toolchain
from gitbuddy.values import Check, CheckKind, CheckResult, Limits, Mounts

PYTEST = ("python3", "-m", "pytest", "-q")
UNITTEST = ("python3", "-m", "unittest")
MIXED = """\
import unittest

import pytest


def test_right():
    assert 1 == 1


def test_wrong():
    assert 1 == 2


@pytest.mark.parametrize("n", [1, 2])
def test_many(n):
    assert n


class TestGroup:
    def test_inside(self):
        pass


@pytest.mark.skip
def test_skipped():
    pass


@pytest.mark.xfail
def test_expected():
    assert 0


@pytest.fixture
def broken():
    raise RuntimeError("no")


def test_without_fixture(broken):
    pass


class Old(unittest.TestCase):
    def test_old(self):
        self.assertEqual(1, 1)
"""
OLD = """\
import unittest


class Sums(unittest.TestCase):
    def test_right(self):
        self.assertEqual(1, 1)

    def test_wrong(self):
        self.assertEqual(1, 2)

    def test_parts(self):
        for n in (1, 2):
            with self.subTest(n=n):
                self.assertEqual(n, 1)

    @unittest.skip("not now")
    def test_skipped(self):
        pass

    @unittest.expectedFailure
    def test_expected(self):
        self.assertEqual(1, 2)


class Unprepared(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise RuntimeError("no")

    def test_never(self):
        pass
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Mounts:
    for name in ("slot", "repo"):
        (tmp_path / name).mkdir()
    return Mounts(tmp_path / "slot", tmp_path / "repo")


Run = Callable[..., CheckResult]


@pytest.fixture
def run(tmp_path: Path, mounts: Mounts, require: Callable[[str], str]) -> Run:
    toolchain = find_toolchain({"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}, Path.home())
    runner = CheckRunner(Bubblewrap(toolchain, Path(require("bwrap"))), Cache(tmp_path / "cache"), Limits())

    def run(command: tuple[str, ...], runner_name: str = "", **files: str) -> CheckResult:
        for name, text in files.items():
            (mounts.worktree / f"{name}.py").write_text(text)
        check = Check("test", command, CheckKind.TEST, 30.0, runner_name)
        return runner.run([check], "tree", mounts)[0]

    return run


def ends(result: CheckResult) -> dict[str, str]:
    return {case.id: case.status.value for case in result.cases or ()}


def test_pytest_tells_of_each_test(run: Run) -> None:
    result = run(PYTEST, test_mixed=MIXED, test_broken="import nothing_of_the_kind\n")

    assert result.status.value == "failed"
    assert ends(result) == {
        "test_broken.py": "failed",
        "test_mixed.py::Old::test_old": "passed",
        "test_mixed.py::TestGroup::test_inside": "passed",
        "test_mixed.py::test_expected": "skipped",
        "test_mixed.py::test_many[1]": "passed",
        "test_mixed.py::test_many[2]": "passed",
        "test_mixed.py::test_right": "passed",
        "test_mixed.py::test_skipped": "skipped",
        "test_mixed.py::test_without_fixture": "failed",
        "test_mixed.py::test_wrong": "failed",
    }
    assert re.search(r"1 failed, 5 passed, 1 skipped, 1 xfailed, 2 errors", result.output)


def test_a_test_may_be_called_like_its_file(run: Run) -> None:
    result = run(PYTEST, test_sum="def test_sum():\n    pass\n")

    assert ends(result) == {"test_sum.py::test_sum": "passed"}


def test_unittest_tells_of_each_test(run: Run) -> None:
    result = run((*UNITTEST, "discover"), test_old=OLD, test_broken="import nothing_of_the_kind\n")

    assert result.status.value == "failed"
    assert ends(result) == {
        "setUpClass (test_old.Unprepared)": "failed",
        "test_broken.py": "failed",
        "test_old.py::Sums::test_expected": "skipped",
        "test_old.py::Sums::test_parts": "failed",
        "test_old.py::Sums::test_right": "passed",
        "test_old.py::Sums::test_skipped": "skipped",
        "test_old.py::Sums::test_wrong": "failed",
    }


@pytest.mark.parametrize("command", [PYTEST, (*PYTEST, "-n", "2"), (*PYTEST, "-x"), (*UNITTEST, "discover")])
def test_a_green_suite_passes_and_shows_nothing_of_the_controls(run: Run, command: tuple[str, ...]) -> None:
    text = "import unittest\n\n\nclass T(unittest.TestCase):\n    def test_a(self):\n        pass\n"
    result = run(command, test_green=text)

    assert (result.status.value, ends(result)) == ("passed", {"test_green.py::T::test_a": "passed"})
    assert "fail" not in result.output.lower()


@pytest.mark.parametrize("command", [(*PYTEST, "-x"), (*PYTEST, "--maxfail=1")])
def test_all_failures_are_told_of(run: Run, command: tuple[str, ...]) -> None:
    result = run(command, test_red="def test_a():\n    assert 0\n\n\ndef test_b():\n    assert 0\n")

    assert ends(result) == {"test_red.py::test_a": "failed", "test_red.py::test_b": "failed"}


@pytest.mark.parametrize(("command", "text"), [(PYTEST, ""), ((*UNITTEST, "discover"), "")])
def test_a_suite_without_tests_cannot_run(run: Run, command: tuple[str, ...], text: str) -> None:
    assert run(command, test_none=text).status.value == "cannot-run"


def test_a_limit_that_the_suite_sets_itself_still_fails_it(run: Run) -> None:
    """A plugin such as one for coverage fails a session in which every test has passed."""
    conftest = "def pytest_sessionfinish(session):\n    session.exitstatus = 3\n"
    result = run(PYTEST, test_green="def test_a():\n    pass\n", conftest=conftest)

    assert result.status.value == "failed"


WRITE = """\
import sys
path = next(word.partition("=")[2] for word in sys.argv if word.startswith("--junitxml="))
"""
REPORTS = {
    "none": "",
    "empty": "open(path, 'w').close()",
    "cut": "open(path, 'w').write('<testsuites><testsuite><testcase name=')",
    "not XML": "open(path, 'w').write('all is well')",
    "another document": "open(path, 'w').write('<html><testcase name=\"a\"/></html>')",
    "entities": "open(path, 'w').write('<!DOCTYPE a [<!ENTITY b \"c\">]><testsuite/>')",
    "binary": "open(path, 'wb').write(bytes(range(256)) * 100)",
    "huge": "f = open(path, 'w'); f.write('<testsuite>'); [f.write('<a/>' * 100_000) for _ in range(200)]; f.close()",
    "a link to a file of the host": "import os; os.symlink('/etc/passwd', path)",
    "a pipe": "import os; os.mkfifo(path)",
    "a folder": "import os; os.mkdir(path)",
    "deep": "open(path, 'w').write('<testsuite>' * 100_000)",
    "tests that do not exist": "open(path, 'w').write('<testsuite><testcase name=\"made up\"/></testsuite>')",
    "too many tests": "f = open(path, 'w'); f.write('<testsuite>'); "
    "[f.write(f'<testcase name=\"{n}\"/>') for n in range(200_002)]; f.write('</testsuite>'); f.close()",
}


@pytest.mark.parametrize("code", REPORTS.values(), ids=REPORTS)
@pytest.mark.parametrize("exit_code", [0, 1])
def test_a_bad_report_is_never_a_pass(run: Run, code: str, exit_code: int) -> None:
    end = "print('3 passed in 0.1s')" if exit_code == 0 else "print('1 failed in 0.1s')"
    result = run(("python3", "-c", f"{WRITE}{code}\n{end}\nsys.exit({exit_code})"), "pytest")

    assert result.status.value == ("untrusted" if exit_code == 0 else "failed")


def test_a_python_that_finds_no_plugin_of_ours_tells_a_whole(run: Run) -> None:
    check = Check("test", ("python3", "-I", "-m", "pytest"), CheckKind.TEST)

    assert runner_of(check) is None
    assert runner_of(Check("test", ("make", "test"), CheckKind.TEST)) is None
    assert runner_of(Check("lint", ("pytest", "--flake8"), CheckKind.LINT)) is None
