from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gitbuddy.core.failures import failures

TESTS = """\
import unittest
import pytest

class T(unittest.TestCase):
    def test_x(self):
        self.assertEqual(1, 2)

@pytest.mark.parametrize("v", ["a b", "c - d"])
def test_p(v):
    assert not v

@pytest.fixture
def bad():
    raise ValueError("x")

def test_e(bad):
    pass

def test_fine():
    pass
"""
CARGO = """\
running 2 tests
test tests::adds ... FAILED
test tests::is_fine ... ok

failures:

---- tests::adds stdout ----
thread 'tests::adds' panicked at src/lib.rs:9:9:
assertion `left == right` failed
"""
GO = """\
--- FAIL: TestAdd (0.00s)
    --- FAIL: TestAdd/negative (0.00s)
        add_test.go:9: got 1
FAIL
FAIL\texample.org/add\t0.002s
FAIL\texample.org/other [build failed]
"""
CTEST = """\
50% tests passed, 1 tests failed out of 2

The following tests FAILED:
\t  1 - adds up (Failed)
\t 12 - crashes (SEGFAULT)
Errors while running CTest
"""
JEST = """\
FAIL ./sum.test.js
  \u25cf sums \u203a adds up

    expect(received).toBe(expected) // Object.is equality
"""
TAP = "TAP version 13\n# Subtest: adds up\nnot ok 1 - adds up\nok 2 - is fine\nnot ok 3 - later # TODO\n"
SPEC = "\u2716 adds up (1.811422ms)\n  AssertionError: 1 == 2\n\u2714 is fine (0.16145ms)\n"
UNITTEST = """\
======================================================================
FAIL: test_sub (test_a.T.test_sub) (i=1)
----------------------------------------------------------------------
ERROR: test_b (unittest.loader._FailedTest.test_b)
----------------------------------------------------------------------
FAILED (failures=1, errors=1)
"""
SUREFIRE = (
    "[ERROR] Failures:\n[ERROR]   CalcTest.adds:12 expected: <3> but was: <4>\n[ERROR] Tests run: 2, Failures: 1\n"
)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        pytest.param(CARGO, {"tests::adds"}, id="cargo"),
        pytest.param(GO, {"TestAdd", "TestAdd/negative", "example.org/other"}, id="go"),
        pytest.param(CTEST, {"adds up", "crashes"}, id="ctest"),
        pytest.param(JEST, {"./sum.test.js", "sums \u203a adds up"}, id="jest"),
        pytest.param(TAP, {"adds up", "later"}, id="tap"),
        pytest.param(SPEC, {"adds up"}, id="node"),
        pytest.param(
            UNITTEST,
            {"test_sub (test_a.T.test_sub) (i=1)", "test_b (unittest.loader._FailedTest.test_b)"},
            id="unittest",
        ),
        pytest.param(SUREFIRE, {"CalcTest.adds"}, id="surefire"),
        pytest.param("SUBFAILED(i=1) test_a.py::T::test_sub - no\n", {"test_a.py::T::test_sub"}, id="pytest-subtest"),
        pytest.param("\x1b[31mFAILED\x1b[0m test_a.py::test_x\r\n", {"test_a.py::test_x"}, id="colour"),
        pytest.param(
            "ERROR test_b.py\n!!! Interrupted: 1 error during collection !!!\n", {"test_b.py"}, id="collection"
        ),
    ],
)
def test_reads_the_names_that_runners_print(output: str, expected: set[str]) -> None:
    assert failures(output) == expected


@pytest.mark.parametrize(
    "output", ["", "3 passed in 0.01s\n", "FAILED (failures=1)\n", "Segmentation fault\n", "FAIL\n", "# fail 1\n"]
)
def test_names_nothing_where_no_test_is_named(output: str) -> None:
    assert failures(output) == frozenset()


def test_reads_a_real_pytest_run(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(TESTS)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert failures(done.stdout) == {
        "test_a.py::T::test_x",
        "test_a.py::test_p[a b]",
        "test_a.py::test_p[c - d]",
        "test_a.py::test_e",
    }


def test_reads_a_real_node_run(tmp_path: Path, require: Callable[[str], str]) -> None:
    (tmp_path / "a.test.js").write_text(
        "const { test } = require('node:test'); const assert = require('assert');\n"
        "test('adds up', () => { assert.equal(1, 2) });\ntest('is fine', () => {});\n"
    )
    done = subprocess.run([require("node"), "--test"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "adds up" in failures(done.stdout)
    assert "is fine" not in failures(done.stdout)
