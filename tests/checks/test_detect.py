"""Small projects and the checks they have."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from gitbuddy.checks.detect import detect, languages
from gitbuddy.values import CheckKind

Files = Mapping[str, str]
CASE = "import unittest\n\n\nclass T(unittest.TestCase):\n    pass\n"
FUNCTION = "def test_a() -> None:\n    pass\n"


def scripts(**named: str) -> str:
    return json.dumps({"name": "x", "scripts": named})


def found(files: Files, *programs: str) -> list[str]:
    def read(path: str) -> bytes | None:
        return files[path].encode() if path in files else None

    return [check.name for check in detect(list(files), read, lambda program: program in programs)]


def runner(files: Files, name: str) -> str:
    def read(path: str) -> bytes | None:
        return files[path].encode()

    return next(check.runner for check in detect(list(files), read) if check.name == name)


def command(files: Files, name: str) -> str:
    def read(path: str) -> bytes | None:
        return files[path].encode()

    return next(" ".join(check.command) for check in detect(list(files), read) if check.name == name)


CASES: tuple[tuple[Files, list[str]], ...] = (
    ({"test_a.py": CASE}, ["unittest"]),
    ({"test_a.py": FUNCTION}, ["pytest"]),
    ({"tests/test_a.py": CASE, "conftest.py": ""}, ["pytest"]),
    ({"a.py": "", "pytest.ini": "[pytest]\n"}, ["pytest"]),
    ({"a.py": "", "pyproject.toml": "[tool.pytest.ini_options]\n"}, ["pytest"]),
    ({"a.py": "", "tox.ini": "[pytest]\n"}, ["pytest"]),
    ({"test_a.py": CASE, "pyproject.toml": '[dependency-groups]\ndev = ["pytest>=8"]\n'}, ["pytest"]),
    ({"test_a.py": CASE, "requirements-dev.txt": "pytest-cov==5\n"}, ["unittest"]),
    ({"a.py": "", "pyproject.toml": "[tool.ruff]\n"}, ["ruff"]),
    ({"a.py": "", "pyproject.toml": "[tool.ruff.format]\n"}, ["ruff", "ruff-format"]),
    ({"a.py": "", ".pre-commit-config.yaml": "- repo: https://github.com/astral-sh/ruff-pre-commit\n"}, ["ruff"]),
    ({"a.py": "", "setup.cfg": "[flake8]\n[mypy]\n"}, ["flake8", "mypy"]),
    ({"a.py": "", "mypy.ini": "[mypy]\n"}, ["mypy"]),
    ({"manage.py": "os.environ; django", "app/tests.py": CASE}, ["django"]),
    ({"package.json": scripts(lint="eslint .", build="tsc", test="jest")}, ["npm-lint", "npm-build", "npm-test"]),
    ({"package.json": scripts(typecheck="tsc --noEmit")}, ["npm-typecheck"]),
    ({"package.json": scripts(test="jest"), "tsconfig.json": "{}"}, ["tsc", "npm-test"]),
    ({"package.json": scripts(types="tsc"), "tsconfig.json": "{}"}, ["npm-types"]),
    ({"package.json": scripts(test='echo "Error: no test specified" && exit 1')}, []),
    ({"package.json": scripts(), "a.test.js": ""}, ["node-test"]),
    ({"test/a.js": ""}, ["node-test"]),
    ({"CMakeLists.txt": "project(x)\n"}, ["cmake-configure", "cmake-build"]),
    ({"CMakeLists.txt": "Enable_Testing ()\n"}, ["cmake-configure", "cmake-build", "ctest"]),
    ({"Cargo.toml": "[package]\n"}, ["cargo-build", "cargo-test"]),
    ({"Cargo.toml": "[lints.clippy]\nall = 'warn'\n"}, ["clippy", "cargo-build", "cargo-test"]),
    ({"go.mod": "module x\n"}, ["go-vet", "go-build", "go-test"]),
    ({"pom.xml": "<project/>"}, ["maven-test"]),
    ({"Makefile": "lint:\n\ntest: all\n"}, ["make-lint", "make-test"]),
    ({"Makefile": ".PHONY: check\ncheck all:\n"}, ["make-check"]),
    ({"Makefile": "test:\n", "test_a.py": FUNCTION}, ["pytest"]),
    ({"Makefile": "lint:\n", "test_a.py": FUNCTION}, ["make-lint", "pytest"]),
)
NOTHING: tuple[Files, ...] = (
    {},
    {"README.md": "pytest"},
    {"a.py": "x = 1\n"},
    {"pyproject.toml": "[tool.ruff]\n"},
    {"package.json": "not json"},
    {"package.json": "[]"},
    {"package.json": json.dumps({"scripts": {"test": 1}})},
    {"Makefile": "test := 1\nCFLAGS=-O2\nall:\n"},
    {"sub/Makefile": "test:\n"},
    {"a.py": "", "pyproject.toml": "broken ["},
    {"a.py": "", "setup.cfg": "broken"},
)


@pytest.mark.parametrize(("files", "expected"), CASES)
def test_checks_are_found(files: Files, expected: list[str]) -> None:
    assert found(files) == expected


@pytest.mark.parametrize("files", NOTHING)
def test_nothing_is_found_where_nothing_is(files: Files) -> None:
    assert found(files) == []


def test_linters_nobody_asked_for_are_used_when_they_are_there() -> None:
    assert found({"a.py": ""}, "ruff") == ["ruff"]
    assert found({"Cargo.toml": "[package]\n"}, "cargo-clippy") == ["clippy", "cargo-build", "cargo-test"]


def test_kinds_come_in_order_whatever_the_languages() -> None:
    files = {"test_a.py": FUNCTION, "mypy.ini": "", "Cargo.toml": "[lints.clippy]\na = 1\n", "go.mod": "module x"}

    def read(path: str) -> bytes | None:
        return files[path].encode()

    kinds = [check.kind for check in detect(list(files), read)]

    assert kinds == sorted(kinds, key=list(CheckKind).index)


COMMANDS = (
    ({"tests/test_a.py": CASE}, "unittest", "python3 -m unittest discover -s tests"),
    ({"tests/test_a.py": CASE, "tests/__init__.py": ""}, "unittest", "python3 -m unittest discover"),
    ({"test_a.py": CASE}, "unittest", "python3 -m unittest discover"),
    (
        {"a.py": "", "mypy.ini": "[mypy]\nfiles = src\n"},
        "mypy",
        "mypy --cache-dir=/dev/null --no-pretty --no-color-output",
    ),
    ({"CMakeLists.txt": "", "build/x": ""}, "cmake-build", "cmake --build build-gitbuddy --parallel 2"),
    ({"Cargo.toml": "", "Cargo.lock": ""}, "cargo-test", "cargo test --offline --locked"),
    ({"package.json": scripts(lint="x")}, "npm-lint", "npm run --silent lint"),
)


@pytest.mark.parametrize(("files", "name", "expected"), COMMANDS)
def test_commands_fit_the_project(files: Files, name: str, expected: str) -> None:
    assert command(files, name) == expected


BIN = "[package]\nname = 'x'\n[[test]]\nname = 't'\nharness = false\n"
RUNNERS: tuple[tuple[Files, str, str], ...] = (
    ({"package.json": scripts(test="node --test")}, "npm-test", "node"),
    ({"package.json": scripts(test="c8 npx vitest run")}, "npm-test", "vitest"),
    ({"package.json": scripts(test="jest && eslint .")}, "npm-test", ""),
    ({"package.json": scripts(lint="jest")}, "npm-lint", ""),
    ({"Cargo.toml": "[package]\nname = 'x'\n"}, "cargo-test", ""),
    ({"Cargo.toml": BIN}, "cargo-test", "custom"),
    ({"Cargo.toml": "[workspace]\n", "a/Cargo.toml": "[lib]\nharness = false\n"}, "cargo-test", "custom"),
    ({"Cargo.toml": "test = 1\nlib = []\n[[bench]]\nharness = false\n"}, "cargo-test", ""),
)


@pytest.mark.parametrize(("files", "name", "expected"), RUNNERS)
def test_the_runner_is_named_where_the_words_do_not_say_it(files: Files, name: str, expected: str) -> None:
    assert runner(files, name) == expected


def test_a_file_that_cannot_be_read_is_no_error() -> None:
    assert detect(["pyproject.toml", "a.py", "test_a.py"], lambda path: None) == ()


def test_languages_are_told_by_suffix() -> None:
    assert languages(["a.py", "b/C.RS", "x.h", "Makefile", "noext"]) == {"python", "rust", "c"}
