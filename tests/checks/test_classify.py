"""What the end of a command means. The outputs are real ones, cut to the lines that matter."""

from __future__ import annotations

import pytest

from gitbuddy.checks.classify import classify
from gitbuddy.values import CheckStatus, CompletedCommand

PASSED, FAILED = CheckStatus.PASSED, CheckStatus.FAILED
CANNOT_RUN, TIMED_OUT = CheckStatus.CANNOT_RUN, CheckStatus.TIMED_OUT
PYTEST = "python3 -m pytest -q"
UNITTEST = "python3 -m unittest discover"

CASES = (
    (PYTEST, 0, ".                         [100%]\n1 passed in 0.01s\n", PASSED),
    (PYTEST, 1, "FAILED test_a.py::test_a - assert 1 == 2\n1 failed in 0.02s\n", FAILED),
    (PYTEST, 2, "ERROR test_b.py\n!!!!!!! Interrupted: 1 error during collection !!!!!!!\n1 error in 0.09s\n", FAILED),
    (PYTEST, 3, "INTERNALERROR> Traceback (most recent call last):\n", FAILED),
    (PYTEST, 4, "ERROR: usage: __main__.py [options]\n__main__.py: error: unrecognized arguments: --cov\n", CANNOT_RUN),
    (PYTEST, 4, "ImportError while loading conftest 'tests/conftest.py'.\n", CANNOT_RUN),
    (PYTEST, 5, "\nno tests ran in 0.00s\n", CANNOT_RUN),
    (PYTEST, 1, "/usr/bin/python3: No module named pytest\n", CANNOT_RUN),
    (PYTEST, 1, ".venv/bin/python3: No module named pytest\n", CANNOT_RUN),
    (PYTEST, 1, "E   ModuleNotFoundError: No module named 'pytest_mock'\n1 failed in 0.02s\n", FAILED),
    (PYTEST, 1, "E   python3: No module named pytester\n1 failed\n", FAILED),
    (PYTEST, 137, "", FAILED),
    # Ended from inside with exit code 0: by os._exit before the end, and by an exit hook after it.
    (PYTEST, 0, "", CANNOT_RUN),
    (PYTEST, 0, "collected 2 items\n", CANNOT_RUN),
    (PYTEST, 0, "FAILED test_a.py::test_a - assert 1 == 2\n1 failed, 3 passed in 0.02s\n", FAILED),
    ("pytest", 0, "===== 1 failed, 3 passed in 0.02s =====\n", FAILED),
    ("pytest -qq", 0, "...                         [100%]\n", PASSED),
    (PYTEST, 0, "s                           [100%]\n1 skipped in 0.01s\n", PASSED),
    (UNITTEST, 0, "", CANNOT_RUN),
    (UNITTEST, 0, "F\nFAILED (failures=1)\n", CANNOT_RUN),
    (UNITTEST, 0, "..s\nRan 3 tests in 0.000s\n\nOK (skipped=1)\n", PASSED),
    (UNITTEST, 0, "..\n------\nRan 2 tests in 0.000s\n\nOK\n", PASSED),
    (UNITTEST, 0, "\n------\nRan 0 tests in 0.000s\n\nOK\n", CANNOT_RUN),
    (UNITTEST, 5, "\n------\nRan 0 tests in 0.000s\n\nNO TESTS RAN\n", CANNOT_RUN),
    (
        UNITTEST,
        1,
        "E\nImportError: Failed to import test module: test_a\nRan 1 test in 0.000s\n\nFAILED (errors=1)\n",
        FAILED,
    ),
    ("ruff check .", 1, "a.py:1:8: F401 `os` imported but unused\nFound 1 error.\n", FAILED),
    ("ruff check .", 2, "ruff failed\n  Cause: Failed to parse pyproject.toml\n", CANNOT_RUN),
    ("mypy .", 1, "a.py:1: error: Incompatible types\nFound 1 error in 1 file\n", FAILED),
    (
        "mypy .",
        2,
        "a.py:1: error: invalid syntax  [syntax]\nFound 1 error in 1 file (errors prevented further checking)\n",
        FAILED,
    ),
    (
        "mypy .",
        2,
        "usage: mypy [-h] [-v] [-V] [more options; see below]\nmypy: error: unrecognized arguments: --x\n",
        CANNOT_RUN,
    ),
    ("mypy x", 2, "mypy: can't read file 'x': No such file or directory\n", CANNOT_RUN),
    ("npm run --silent lint", 1, "/a.js\n  1:1  error  'x' is not defined  no-undef\n", FAILED),
    ("npm run --silent lint", 1, 'npm error Missing script: "lint"\n', CANNOT_RUN),
    ("npm run --silent lint", 127, "sh: 1: eslint: not found\n", CANNOT_RUN),
    ("node --test", 0, "TAP version 13\n1..0\n# tests 0\n# suites 0\n# pass 0\n", CANNOT_RUN),
    ("node --test", 0, "ok 1 - x\n1..1\n# tests 1\n# pass 1\n# fail 0\n", PASSED),
    ("node --test", 0, "\u2139 tests 0\n\u2139 suites 0\n\u2139 pass 0\n", CANNOT_RUN),
    ("npx vitest run", 1, "\nNo test files found, exiting with code 1\n\ninclude: **/*.test.ts\n", CANNOT_RUN),
    ("npm run --silent test", 1, "No tests found, exiting with code 1\nRun with `--passWithNoTests`\n", CANNOT_RUN),
    ("jest", 1, "Tests:       1 failed, 1 total\n", FAILED),
    ("tsc --noEmit", 2, "a.ts(1,53): error TS2322: Type 'string' is not assignable to type 'number'.\n", FAILED),
    ("tsc --noEmit", 2, "error TS18003: No inputs were found in config file 'tsconfig.json'.\n", CANNOT_RUN),
    ("tsc --noEmit", 2, "a.ts(1,1): error TS5083: text of a file\n", FAILED),
    ("node --test", 1, "not ok 1 - x\n1..1\n# tests 1\n# fail 1\n", FAILED),
    (
        "cmake --build build",
        2,
        "x.c:1:1: error: unknown type name 'in'\ngmake: *** [Makefile:91: all] Error 2\n",
        FAILED,
    ),
    ("ctest --test-dir build", 0, "No tests were found!!!\n", CANNOT_RUN),
    ("ctest --test-dir build", 8, "50% tests passed, 1 tests failed out of 2\nErrors while running CTest\n", FAILED),
    ("cargo test --offline", 0, "running 1 test\ntest t ... ok\n\n   Doc-tests x\n\nrunning 0 tests\n", PASSED),
    ("cargo test --offline", 0, "running 0 tests\n\ntest result: ok. 0 passed\n", CANNOT_RUN),
    ("cargo test --offline", 101, "running 1 test\ntest t ... FAILED\n", FAILED),
    (
        "cargo build --offline",
        101,
        "error: no matching package named `serde` found\nlocation searched: crates.io index\n",
        CANNOT_RUN,
    ),
    ("cargo clippy", 101, "error: no such command: `clippy`\n", CANNOT_RUN),
    ("go test ./...", 0, "ok  \tx\t0.002s\n?   \tx/y\t[no test files]\n", PASSED),
    ("go test ./...", 0, "?   \tx\t[no test files]\n", CANNOT_RUN),
    ("go build ./...", 1, "a.go:3:8: no required module provides package y; to add it:\n\tgo get y\n", CANNOT_RUN),
    ("mvn --offline test", 1, "[ERROR] Tests run: 1, Failures: 1\n[ERROR] There are test failures.\n", FAILED),
    (
        "mvn --offline test",
        1,
        "[ERROR] Cannot access central (https://repo) in offline mode and the artifact\n",
        CANNOT_RUN,
    ),
    ("mvn --offline test", 0, "[INFO] No tests to run.\n[INFO] BUILD SUCCESS\n", CANNOT_RUN),
    ("make test", 2, "make: *** No rule to make target 'test'.  Stop.\n", CANNOT_RUN),
    ("make test", 2, "make: *** No rule to make target 'x.c', needed by 'test'.  Stop.\n", FAILED),
    ("make test", 2, "make: *** [Makefile:2: test] Error 1\n", FAILED),
    ("./check", 126, "", CANNOT_RUN),
    ("./check", 0, "", PASSED),
    ("./check", 1, "Ran 0 tests\n", FAILED),
    ("./check", None, "bwrap: execvp ./check: No such file or directory\n", CANNOT_RUN),
)


@pytest.mark.parametrize(("command", "code", "output", "expected"), CASES)
def test_endings_are_told_apart(command: str, code: int | None, output: str, expected: CheckStatus) -> None:
    done = CompletedCommand(code, output.encode(), 0.1)

    assert classify(command.split(), done, output) is expected


@pytest.mark.parametrize("code", [0, 1, 143])
def test_what_had_no_time_has_neither_passed_nor_failed(code: int) -> None:
    assert classify(["make"], CompletedCommand(code, b"", 1.0, timed_out=True), "") is TIMED_OUT
