"""Checks of small real projects, run by real tools in a real sandbox."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gitbuddy.checks.cache import Cache
from gitbuddy.checks.detect import detect
from gitbuddy.checks.run import CheckRunner
from gitbuddy.errors import GitbuddyError
from gitbuddy.sandboxes.bubblewrap import Bubblewrap
from gitbuddy.sandboxes.plain import Plain
from gitbuddy.sandboxes.toolchain import Toolchain, find_toolchain
from gitbuddy.values import Check, CheckKind, CheckResult, CheckStatus, Limits, Mounts

LIMITS = Limits(seconds=60)


@pytest.fixture
def toolchain() -> Toolchain:
    return find_toolchain({"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}, Path.home())


@pytest.fixture
def mounts(tmp_path: Path) -> Mounts:
    (tmp_path / "slot").mkdir()
    return Mounts(tmp_path / "slot", tmp_path / "slot")


@pytest.fixture
def runner(tmp_path: Path, toolchain: Toolchain) -> CheckRunner:
    return CheckRunner(Plain(toolchain), Cache(tmp_path / "cache"), LIMITS)


def shell(name: str, script: str, kind: CheckKind = CheckKind.TEST, timeout: float = 60.0) -> Check:
    return Check(name, ("sh", "-c", script), kind, timeout)


def names(results: tuple[CheckResult, ...]) -> list[str]:
    return [result.check.name for result in results]


def test_checks_run_in_order_and_stop_when_told(runner: CheckRunner, mounts: Mounts) -> None:
    checks = (
        shell("test", "echo test >> order"),
        shell("lint", "echo lint >> order", CheckKind.LINT),
        shell("build", "echo build >> order; exit 1", CheckKind.BUILD),
    )
    results = runner.run(checks, "tree", mounts, stop=lambda result: result.status is CheckStatus.FAILED)

    assert names(results) == ["lint", "build"]
    assert (mounts.worktree / "order").read_text() == "lint\nbuild\n"


def test_results_say_how_it_ended(runner: CheckRunner, mounts: Mounts) -> None:
    checks = (shell("a", "echo fine"), shell("b", "exit 3"), Check("c", ("no-such-tool",), CheckKind.TEST))
    results = runner.run((*checks, shell("d", "sleep 30", timeout=0.3)), "tree", mounts)

    assert [(result.status.value, result.exit_code) for result in results] == [
        ("passed", 0),
        ("failed", 3),
        ("cannot-run", None),
        ("timed-out", None),
    ]
    assert results[0].output == "fine\n"


def test_only_what_the_caller_remembers_is_remembered(runner: CheckRunner, mounts: Mounts) -> None:
    check = shell("a", "echo x >> runs")
    first = runner.run((check,), "tree", mounts)
    second = runner.run((check,), "tree", mounts)
    runner.remember("tree", mounts, second)
    third = runner.run((check,), "tree", mounts)
    runner.run((check,), "other tree", mounts)

    assert [result[0].cached for result in (first, second, third)] == [False, False, True]
    assert (mounts.worktree / "runs").read_text() == "x\n" * 3


def test_a_remembered_build_is_redone_when_a_later_check_needs_its_traces(runner: CheckRunner, mounts: Mounts) -> None:
    build = shell("build", "echo made > product", CheckKind.BUILD)
    test = shell("test", "test -e product")
    runner.remember("tree", mounts, runner.run((build,), "tree", mounts))
    (mounts.worktree / "product").unlink()
    results = runner.run((build, test), "tree", mounts)

    assert [(result.status.value, result.cached) for result in results] == [("passed", False), ("passed", False)]

    runner.remember("tree", mounts, results)

    assert all(result.cached for result in runner.run((build, test), "tree", mounts))


def test_output_is_clean_and_relative(runner: CheckRunner, mounts: Mounts) -> None:
    (result,) = runner.run((shell("a", r'printf "\033[31m%s/a.py:1: no\033[0m\n" "$PWD"'),), "tree", mounts)

    assert result.output == "a.py:1: no\n"


def test_setup_commands_prepare_the_worktree(runner: CheckRunner, mounts: Mounts) -> None:
    runner.set_up((("touch", "one"), ("touch", "two")), mounts)

    assert {path.name for path in mounts.worktree.iterdir()} == {"one", "two"}


@pytest.mark.parametrize(
    ("command", "ending"),
    [(("sh", "-c", "echo why; exit 7"), "exit code 7"), (("no-such-tool",), "it did not start")],
)
def test_a_setup_command_that_fails_is_a_clear_error(
    runner: CheckRunner, mounts: Mounts, command: tuple[str, ...], ending: str
) -> None:
    with pytest.raises(GitbuddyError) as caught:
        runner.set_up((command,), mounts)

    assert ending in caught.value.message
    assert caught.value.message.endswith(": " + " ".join(command))


def lay_out(mounts: Mounts, files: Mapping[str, str]) -> tuple[Check, ...]:
    for path, text in files.items():
        (mounts.worktree / path).parent.mkdir(parents=True, exist_ok=True)
        (mounts.worktree / path).write_text(text)
    return detect(list(files), lambda path: files[path].encode())


PYTHON_TESTS = {"add.py": "def add(a, b):\n    return a + b\n", "pyproject.toml": "[tool.ruff]\n[tool.mypy]\n"}
NODE_TEST = "require('node:test')('adds', () => require('node:assert').equal(1 + 1, %d))\n"
C_FILES = {
    "CMakeLists.txt": "cmake_minimum_required(VERSION 3.16)\nproject(x C)\nenable_testing()\n"
    "add_executable(x x.c)\nadd_test(NAME x COMMAND x)\n",
    "x.c": "int main(void) { return 0; }\n",
}
PROJECTS: tuple[tuple[str, Mapping[str, str], dict[str, str]], ...] = (
    (
        "python3",
        {**PYTHON_TESTS, "test_add.py": "from add import add\n\n\ndef test_adds():\n    assert add(1, 1) == 2\n"},
        {"ruff": "passed", "mypy": "passed", "pytest": "passed"},
    ),
    (
        "python3",
        {
            **PYTHON_TESTS,
            "test_add.py": "from add import add\nimport os\n\n\ndef test_adds():\n    assert add(1, 1) == 3\n",
        },
        {"ruff": "failed", "mypy": "passed", "pytest": "failed"},
    ),
    ("python3", {"test_a.py": "def test_a(:\n"}, {"pytest": "failed"}),
    ("python3", {"conftest.py": ""}, {"pytest": "cannot-run"}),
    ("python3", {"test_a.py": "import unittest\n"}, {"unittest": "cannot-run"}),
    ("node", {"a.test.js": NODE_TEST % 2}, {"node-test": "passed"}),
    ("node", {"a.test.js": NODE_TEST % 3}, {"node-test": "failed"}),
    ("npm", {"package.json": '{"scripts": {"lint": "no-such-linter ."}}'}, {"npm-lint": "cannot-run"}),
    ("cmake", C_FILES, {"cmake-configure": "passed", "cmake-build": "passed", "ctest": "passed"}),
    ("cmake", {**C_FILES, "x.c": "int main(void) { return 1; }\n"}, {"cmake-build": "passed", "ctest": "failed"}),
    ("cmake", {**C_FILES, "x.c": "int main(void) { return }\n"}, {"cmake-build": "failed", "ctest": "failed"}),
    (
        "cargo",
        {
            "Cargo.toml": '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n',
            "src/lib.rs": "#[test]\nfn adds() {\n    assert_eq!(1 + 1, 2);\n}\n",
        },
        {"cargo-build": "passed", "cargo-test": "passed"},
    ),
    ("go", {"go.mod": "module x\n\ngo 1.19\n", "x.go": "package x\n"}, {"go-vet": "passed", "go-test": "cannot-run"}),
    ("make", {"Makefile": "test:\n\t@test 1 = 1\n"}, {"make-test": "passed"}),
    ("make", {"Makefile": "test:\n\t@test 1 = 2\n"}, {"make-test": "failed"}),
)


@pytest.mark.parametrize(("tool", "files", "expected"), PROJECTS)
def test_real_projects_are_checked_by_their_real_tools(
    tmp_path: Path,
    mounts: Mounts,
    toolchain: Toolchain,
    require: Callable[[str], str],
    tool: str,
    files: Mapping[str, str],
    expected: dict[str, str],
) -> None:
    require(tool)
    sandbox = Bubblewrap(toolchain, Path(require("bwrap")))
    results = CheckRunner(sandbox, Cache(tmp_path / "cache"), LIMITS).run(lay_out(mounts, files), "tree", mounts)
    statuses = {result.check.name: result.status.value for result in results}

    assert {name: statuses[name] for name in expected} == expected
