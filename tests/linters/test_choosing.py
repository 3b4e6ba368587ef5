"""Which tools a project uses, by its own configuration."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gitbuddy.linters import LINTERS, applicable, chosen

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
    ({"a.py": "", ".flake8": ""}, ["flake8", "ruff check (as flake8)"]),
    ({"a.py": "", "setup.cfg": "[flake8]\n"}, ["flake8", "ruff check (as flake8)"]),
    ({"a.py": "", ".flake8": "", "ruff.toml": ""}, ["ruff check", "flake8"]),
    ({"a.py": "", "pyproject.toml": "[tool.black]\n[tool.isort]\n"}, ["isort", "black"]),
    ({"a.ts": "", "eslint.config.mjs": ""}, ["eslint"]),
    ({"a.js": "", "package.json": '{"scripts": {"lint": "eslint ."}}'}, ["eslint"]),
    ({"a.css": "", ".prettierrc": ""}, ["prettier"]),
    ({"a.js": "", "package.json": '{"prettier": {}}'}, ["prettier"]),
    ({"a.ts": "", "biome.json": ""}, ["biome"]),
    ({"src/a.rs": "", "rustfmt.toml": "", "Cargo.toml": "[lints.clippy]\n"}, ["cargo clippy", "cargo fmt"]),
    ({"a.go": "", "go.mod": ""}, ["gofmt"]),
    ({"a.cpp": "", ".clang-format": ""}, ["clang-format"]),
    ({"a.cpp": "", ".clang-tidy": "", "Makefile": "lint:\n\tcppcheck src\n"}, ["clang-tidy", "cppcheck"]),
    ({"a.py": "", ".pylintrc": "", "mypy.ini": ""}, ["pylint", "mypy"]),
    ({"a.ts": "", "tsconfig.json": ""}, ["tsc"]),
    ({"a.sh": "", ".shellcheckrc": ""}, ["shellcheck"]),
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


def reader(files: Files) -> Callable[[str], bytes | None]:
    return lambda path: files[path].encode() if path in files else None


def used(files: Files, *commands: str) -> list[str]:
    return [linter.name for linter in applicable(files, reader(files), commands)]


@pytest.mark.parametrize(("files", "expected"), USED)
def test_a_configured_tool_is_used(files: Files, expected: list[str]) -> None:
    assert used(files) == expected


@pytest.mark.parametrize("files", UNUSED)
def test_a_tool_that_the_project_does_not_use_is_left_out(files: Files) -> None:
    assert used(files) == []


def test_a_tool_that_a_check_runs_is_used() -> None:
    assert used({"a.py": ""}, "ruff format --check .") == ["ruff format"]


def test_bytes_that_are_no_text_do_not_stop_the_search() -> None:
    assert applicable(["a.py", "pyproject.toml"], lambda _: b"\xff[tool.ruff]\n")[0].name == "ruff check"
    assert applicable(["a.py", "pyproject.toml"], lambda _: None) == ()


def test_names_are_unique_and_every_linter_can_be_found_and_does_something() -> None:
    assert len({linter.name for linter in LINTERS}) == len(LINTERS)
    assert all(linter.config_files or linter.sections or linter.commands for linter in LINTERS)
    assert all(linter.look or linter.mend for linter in LINTERS)


def for_files(files: Files, *names: str, installed: bool = False) -> list[str]:
    return [linter.name for linter in chosen(names, reader(files), lambda _: installed)]


@pytest.mark.parametrize(
    ("files", "expected"), [(f, e) for f, e in USED if not any("github/workflows/" in path for path in f)]
)
def test_for_its_files_a_configured_tool_is_chosen(files: Files, expected: list[str]) -> None:
    assert for_files(files, *files) == expected


def test_configuration_above_a_file_counts_and_beside_its_folder_does_not() -> None:
    files = {"web/eslint.config.js": "", "server/pyproject.toml": "[tool.mypy]\n"}

    assert for_files(files, "web/src/deep/a.js") == ["eslint"]
    assert for_files(files, "server/b.py") == ["mypy"]
    assert for_files(files, "tools/c.js", "tools/d.py") == []


def test_a_language_without_a_linter_has_its_usual_one_where_it_is_installed() -> None:
    assert for_files({}, "a.py", "b.go", "c.rs", "d.sh", "e.js", installed=True) == [
        "ruff check",
        "cargo fmt",
        "gofmt",
        "go vet",
        "shellcheck",
    ]
    assert for_files({}, "a.py", "b.go") == []


def test_whoever_has_a_linter_is_given_no_other() -> None:
    assert for_files({".pylintrc": ""}, "a.py", installed=True) == ["pylint"]


def test_only_tools_for_these_files_are_chosen() -> None:
    files = {"ruff.toml": "", "eslint.config.js": ""}

    assert for_files(files, "a.js") == ["eslint"]
    assert for_files(files, "README") == []
