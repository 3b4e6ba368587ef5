"""Which tools a project uses, by its own configuration."""

from __future__ import annotations

import pytest

from gitbuddy.proposers.fixer import FIXERS, applicable
from gitbuddy.values import Check, CheckKind

Files = dict[str, str]

USED: list[tuple[Files, list[str]]] = [
    ({"a.py": "", "ruff.toml": ""}, ["ruff check"]),
    ({"a.py": "", "pyproject.toml": "[tool.ruff]\n"}, ["ruff check"]),
    ({"a.py": "", "pyproject.toml": "[tool.ruff.lint]\n"}, ["ruff check"]),
    ({"sub/a.pyi": "", "sub/pyproject.toml": "[tool.ruff]\n"}, ["ruff check"]),
    ({"a.py": "", "pyproject.toml": "[tool.ruff.format]\n"}, ["ruff check", "ruff format"]),
    ({"a.py": "", "Makefile": "lint:\n\truff check .\n\truff format --check .\n"}, ["ruff check", "ruff format"]),
    ({"a.py": "", ".pre-commit-config.yaml": "- id: ruff\n- id: ruff-format\n"}, ["ruff check", "ruff format"]),
    ({"a.py": "", ".github/workflows/ci.yml": "run: black --check ."}, ["black"]),
    ({"a.py": "", ".flake8": ""}, ["ruff check (as flake8)"]),
    ({"a.py": "", "setup.cfg": "[flake8]\n"}, ["ruff check (as flake8)"]),
    ({"a.py": "", ".flake8": "", "ruff.toml": ""}, ["ruff check"]),
    ({"a.py": "", "pyproject.toml": "[tool.black]\n[tool.isort]\n"}, ["isort", "black"]),
    ({"a.ts": "", "eslint.config.mjs": ""}, ["eslint"]),
    ({"a.js": "", "package.json": '{"scripts": {"lint": "eslint ."}}'}, ["eslint"]),
    ({"a.css": "", ".prettierrc": ""}, ["prettier"]),
    ({"a.js": "", "package.json": '{"prettier": {}}'}, ["prettier"]),
    ({"a.ts": "", "biome.json": ""}, ["biome"]),
    ({"src/a.rs": "", "rustfmt.toml": "", "Cargo.toml": "[lints.clippy]\n"}, ["cargo clippy", "cargo fmt"]),
    ({"a.go": "", "go.mod": ""}, ["gofmt"]),
    ({"a.cpp": "", ".clang-format": ""}, ["clang-format"]),
]

UNUSED: list[Files] = [
    {},
    {"a.py": ""},
    {"a.py": "", "pyproject.toml": "[project]\n"},
    {"a.txt": "", "ruff.toml": ""},
    {"a.py": "", "Makefile": "blackbox:\n\tpython blackbox.py --no-black-magic unblack .\n"},
    {"a.py": "", "docs/Makefile": "ruff check"},
    {"a.py": "", "notes.md": "we like ruff check"},
    {"a.js": "", "package.json": "{}"},
    {"a.rs": "", "Cargo.toml": "[package]\n"},
    {"a.cpp": ""},
]


def used(files: Files, *checks: Check) -> list[str]:
    def read(path: str) -> bytes | None:
        return files[path].encode() if path in files else None

    return [fixer.name for fixer in applicable(files, read, checks)]


@pytest.mark.parametrize(("files", "expected"), USED)
def test_a_configured_tool_is_used(files: Files, expected: list[str]) -> None:
    assert used(files) == expected


@pytest.mark.parametrize("files", UNUSED)
def test_a_tool_that_the_project_does_not_use_is_left_out(files: Files) -> None:
    assert used(files) == []


def test_a_tool_that_a_check_runs_is_used() -> None:
    check = Check("format", ("ruff", "format", "--check", "."), CheckKind.LINT)

    assert used({"a.py": ""}, check) == ["ruff format"]


def test_bytes_that_are_no_text_do_not_stop_the_search() -> None:
    assert applicable(["a.py", "pyproject.toml"], lambda _: b"\xff[tool.ruff]\n")[0].name == "ruff check"
    assert applicable(["a.py", "pyproject.toml"], lambda _: None) == ()


def test_names_are_unique_and_every_fixer_can_be_found() -> None:
    assert len({fixer.name for fixer in FIXERS}) == len(FIXERS)
    assert all(fixer.config_files or fixer.sections or fixer.commands for fixer in FIXERS)
