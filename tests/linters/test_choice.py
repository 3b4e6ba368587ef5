"""Which tools a project uses, by its own configuration."""

from __future__ import annotations

import posixpath

import pytest

from gitbuddy.linters import LINTERS, applicable, chosen, placed
from gitbuddy.linters.choice import _parts

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
    ({"a.go": "", "go.mod": ""}, ["go vet", "gofmt"]),
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


def used(files: Files, *commands: str) -> list[str]:
    def read(path: str) -> bytes | None:
        return files[path].encode() if path in files else None

    return [linter.name for linter in applicable(files, read, commands)]


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


def test_names_are_unique_and_every_linter_can_be_found() -> None:
    assert len({linter.name for linter in LINTERS}) == len(LINTERS)
    assert all(linter.config_files or linter.sections or linter.commands for linter in LINTERS)


Installed = set[str]
EVERYTHING = {"ruff", "go", "gofmt", "cargo", "rustfmt", "shellcheck", "cargo-clippy"}
CHOSEN: list[tuple[str, Files, list[str], list[str]]] = [
    ("configured at the top", {"ruff.toml": ""}, ["src/a.py"], ["ruff check"]),
    ("configured beside the file", {"src/.flake8": ""}, ["src/a.py"], ["flake8", "ruff check (as flake8)"]),
    ("configured between", {"src/pyproject.toml": "[tool.black]\n"}, ["src/deep/er/a.py"], ["black"]),
    ("configured elsewhere", {"lib/.flake8": ""}, ["src/a.py"], ["ruff check"]),
    ("configured below", {"src/deep/.flake8": ""}, ["src/a.py"], ["ruff check"]),
    ("a task runner", {"Makefile": "lint:\n\tmypy src\n"}, ["src/a.py"], ["mypy"]),
    ("a workflow", {".github/workflows/lint.yml": "run: pylint src"}, ["src/a.py"], ["pylint"]),
    ("a runner elsewhere", {"docs/Makefile": "mypy"}, ["src/a.py"], ["ruff check"]),
    ("the usual one", {}, ["a.py"], ["ruff check"]),
    ("a formatter is configured", {"pyproject.toml": "[tool.black]\n"}, ["a.py"], ["black"]),
    ("the usual ones of two", {}, ["a.py", "b.sh"], ["ruff check", "shellcheck"]),
    (
        "one language is configured",
        {".flake8": ""},
        ["b.sh", "a.py"],
        ["flake8", "ruff check (as flake8)", "shellcheck"],
    ),
    ("go with a module", {"go.mod": ""}, ["cmd/a.go"], ["go vet", "gofmt"]),
    ("go without a module", {}, ["cmd/a.go"], ["gofmt"]),
    ("rust", {"Cargo.toml": "[package]\n"}, ["src/a.rs"], ["cargo fmt"]),
    ("rust without a project", {"rustfmt.toml": ""}, ["src/a.rs"], []),
    ("rust with clippy", {"Cargo.toml": "[lints.clippy]\n"}, ["src/a.rs"], ["cargo clippy"]),
    ("types", {"web/tsconfig.json": ""}, ["web/src/a.ts"], ["tsc"]),
    ("types of another folder", {"tsconfig.json": "", "Makefile": "tsc"}, ["a.js"], []),
    ("no linter by default", {}, ["a.js", "a.cpp", "a.md"], []),
    ("no file", {"ruff.toml": ""}, [], []),
]


def choose(laid: Files, files: list[str], visible: Installed = EVERYTHING) -> list[str]:
    def read(path: str) -> bytes | None:
        return laid[path].encode() if path in laid else None

    return [linter.name for linter in chosen(files, read, visible.__contains__)]


@pytest.mark.parametrize(("name", "laid", "files", "expected"), CHOSEN, ids=[row[0] for row in CHOSEN])
def test_linters_are_chosen_for_files(name: str, laid: Files, files: list[str], expected: list[str]) -> None:
    assert choose(laid, files) == expected


def test_the_usual_one_is_taken_only_where_it_is_installed() -> None:
    assert choose({"Cargo.toml": ""}, ["a.py", "a.rs", "a.sh"], {"cargo", "shellcheck"}) == ["shellcheck"]


def test_a_configured_one_is_taken_though_it_is_not_installed() -> None:
    assert choose({"mypy.ini": ""}, ["a.py"], set()) == ["mypy"]


def test_only_folders_of_the_files_and_above_are_looked_into_and_no_file_twice() -> None:
    looked: list[str] = []

    def read(path: str) -> bytes | None:
        looked.append(path)
        return None

    chosen(["a/b/c.py", "a/b/d.py"], read, lambda _: True)

    folders = {path.rpartition("/")[0] for path in looked}
    assert folders == {"a/b", "a", "", ".github/workflows", ".husky"}
    assert len(looked) == len(set(looked))


PLACED: list[tuple[str, Files, list[str], dict[str, tuple[str, ...]]]] = [
    (
        "tsc",
        {"web/tsconfig.json": "", "tsconfig.json": ""},
        ["web/a.ts", "b.ts"],
        {"web": ("web/a.ts",), "": ("b.ts",)},
    ),
    ("mypy", {"lib/mypy.ini": ""}, ["lib/src/a.py", "b.py"], {"lib": ("lib/src/a.py",), "": ("b.py",)}),
    ("go vet", {"x/go.mod": "", "x/y/go.mod": ""}, ["x/y/z/a.go", "x/a.txt"], {"x/y": ("x/y/z/a.go",)}),
    ("cargo fmt", {"r/Cargo.toml": "[package]\n"}, ["r/src/a.rs"], {"r": ("r/src/a.rs",)}),
    (
        "cargo clippy",
        {"r/Cargo.toml": "[workspace]\n", "r/p/Cargo.toml": "[lints.clippy]\n", "Cargo.toml": ""},
        ["r/p/src/a.rs"],
        {"r": ("r/p/src/a.rs",)},
    ),
    ("ruff check", {"lib/ruff.toml": ""}, ["lib/a.py"], {"": ("lib/a.py",)}),
]


@pytest.mark.parametrize(("name", "laid", "files", "expected"), PLACED, ids=[row[0] for row in PLACED])
def test_a_linter_starts_where_it_finds_its_settings(
    name: str, laid: Files, files: list[str], expected: dict[str, tuple[str, ...]]
) -> None:
    def read(path: str) -> bytes | None:
        return laid[path].encode() if path in laid else None

    linter = next(linter for linter in LINTERS if linter.name == name)
    assert placed(linter, files, read) == expected


@pytest.mark.parametrize(
    "path", ["a.py", "a", ".bashrc", "..x", "x/.y.z", "x.d/y", "x.d/.y", "a.", "x/y/z.tar.gz", "...", ""]
)
def test_a_path_is_taken_apart_as_posixpath_does(path: str) -> None:
    assert _parts(path) == (posixpath.dirname(path), posixpath.splitext(path)[1])
