"""Every tool of the table on a small file that is bad, one that is fine, one that is no program, and bad settings."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from gitbuddy.core.problems import read_diagnostics
from gitbuddy.linters import LINTERS, Linter, arguments, ended, program, within

Require = Callable[[str], str]
BY_NAME = {linter.name: linter for linter in LINTERS}
NODE = ("eslint", "prettier", "biome")
"""Those that come from npm, in the folder that NODE_MODULES names."""
RUSTUP = Path.home() / ".rustup"
"""Where rustup keeps its toolchains unless told otherwise; the tests have another home."""


class Sample(NamedTuple):
    """What a tool sees. `line` is where its first complaint about `bad` stands, None where it names only the file.

    `garbage` is no program in this language; `settings` is a settings file that the tool cannot read.
    """

    path: str
    bad: str
    good: str
    line: int | None
    garbage: str
    on_garbage: str = "found"
    config: tuple[tuple[str, str], ...] = ()
    settings: tuple[str, str] | None = None
    mended: bool = True


IMPORT, ASIDE, NO_PYTHON = "import os\n\nx = 1\n", "x = 1\n", "def f(:\n"
CARGO = (("Cargo.toml", '[package]\nname = "x"\nversion = "0.1.0"\nedition = "2021"\n'),)
GO = (("go.mod", "module example.org/x\n\ngo 1.19\n"),)
ESLINT = (("eslint.config.mjs", 'export default [{ rules: { "no-var": "error" } }];\n'),)
TSC = (("tsconfig.json", "{}"),)
CLANG_TIDY = (
    (".clang-tidy", "Checks: '-*,readability-braces-around-statements'\n"),
    ("compile_flags.txt", "-std=c11\n"),
)
SAMPLES = {
    "ruff check": Sample("a.py", IMPORT, ASIDE, 1, NO_PYTHON, settings=("ruff.toml", "[x")),
    "flake8": Sample("a.py", IMPORT, ASIDE, 1, NO_PYTHON, settings=(".flake8", "[flake8]\nmax-line-length = x\n")),
    "ruff check (as flake8)": Sample("a.py", IMPORT, ASIDE, 1, NO_PYTHON),
    "pylint": Sample("a.py", f'"""Doc."""\n\n{IMPORT}', '"""Doc."""\n', 3, NO_PYTHON),
    "mypy": Sample("a.py", "def f() -> int:\n    return 'a'\n", ASIDE, 2, NO_PYTHON),
    "isort": Sample(
        *("a.py", "import sys\nimport os\n", "import os\nimport sys\n", None, NO_PYTHON, "clean"),
        settings=(".isort.cfg", "[settings]\nprofile = none-such\n"),
    ),
    "ruff format": Sample("a.py", "x = {  'a':1 }\n", 'x = {"a": 1}\n', 1, NO_PYTHON, settings=("ruff.toml", "[x")),
    "black": Sample("a.py", "x = {  'a':1 }\n", 'x = {"a": 1}\n', None, NO_PYTHON, settings=("pyproject.toml", "[x")),
    "eslint": Sample(
        "a.js",
        "let x = 1;\nvar y = x;\n",
        "let x = 1;\nlet y = x;\n",
        2,
        "let = (;\n",
        "found",
        ESLINT,
        ("eslint.config.mjs", 'export default [{ rules: { "none/such": "error" } }];\n'),
    ),
    "tsc": Sample(
        "a.ts",
        'export const a: number = "x";\n',
        "export const a: number = 1;\n",
        1,
        "let = (;\n",
        "found",
        TSC,
        ("tsconfig.json", "{"),
    ),
    "biome": Sample(
        "a.js",
        "const a = 1\n\nexport  default a;\n",
        "const a = 1;\n\nexport default a;\n",
        None,
        "let = (;\n",
        "found",
        (("biome.json", "{}"),),
        ("biome.json", '{"none": 1}'),
    ),
    "prettier": Sample(*("a.js", "const a = 1\n", "const a = 1;\n", None, "let = (;\n"), settings=(".prettierrc", "{")),
    "cargo clippy": Sample(
        "src/lib.rs",
        "pub fn f() -> u8 {\n    return 1;\n}\n",
        "pub fn f() -> u8 {\n    1\n}\n",
        2,
        "pub fn f( {\n",
        "found",
        CARGO,
        ("Cargo.toml", "[package"),
    ),
    "cargo fmt": Sample(
        "src/lib.rs",
        "pub fn f( ) {}\n",
        "pub fn f() {}\n",
        1,
        "pub fn f( {\n",
        "found",
        CARGO,
        ("Cargo.toml", "[package"),
    ),
    "go vet": Sample(
        "sub/a.go",
        'package sub\n\nimport "fmt"\n\nfunc F() {\n\tfmt.Printf("%d\\n", "a")\n}\n',
        "package sub\n",
        6,
        "package sub\nfunc F( {\n",
        "found",
        GO,
        ("go.mod", "modul"),
    ),
    "gofmt": Sample("a.go", "package a\nfunc F( ) {}\n", "package a\n\nfunc F() {}\n", None, "package a\nfunc F( {\n"),
    "clang-tidy": Sample(
        "a.c",
        "int f(int p) {\n  if (p) return 1;\n  return 0;\n}\n",
        "int f(int p) {\n  if (p) { return 1;\n}\n  return 0;\n}\n",
        2,
        "int f( {\n",
        "found",
        CLANG_TIDY,
    ),
    "cppcheck": Sample(
        "a.c",
        "int f(void)\n{\n    int a[2] = {0, 0};\n    return a[2];\n}\n",
        "int f(void) { return 0; }\n",
        4,
        "int f( {\n",
    ),
    "clang-format": Sample(
        "a.c", "int f( void );\n", "int f(void);\n", 1, "int f( {\n", "clean", settings=(".clang-format", "None: 1\n")
    ),
    "shellcheck": Sample("a.sh", "#!/bin/sh\necho $1\n", '#!/bin/sh\necho "$1"\n', 2, "#!/bin/sh\nif true; then\n"),
}
LOOKING = [name for name in SAMPLES if BY_NAME[name].look]
MENDING = [name for name in SAMPLES if BY_NAME[name].mend]


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tools beside this Python, and those of npm in the folder that NODE_MODULES names."""
    folders = [str(Path(sys.executable).parent), os.environ["PATH"]]
    if named := os.environ.get("NODE_MODULES"):
        folders.insert(0, f"{named}/.bin")
    monkeypatch.setenv("PATH", os.pathsep.join(folders))
    if "RUSTUP_HOME" not in os.environ and RUSTUP.is_dir():
        monkeypatch.setenv("RUSTUP_HOME", str(RUSTUP))


@pytest.fixture
def installed(require: Require) -> Callable[[Linter], None]:
    def check(linter: Linter) -> None:
        if linter.name in NODE and not os.environ.get("NODE_MODULES"):
            (pytest.fail if os.environ.get("CI") else pytest.skip)("not set: NODE_MODULES")
        for name in filter(None, (linter.program, linter.needs)):
            require(name)
        if linter.program == "cargo" and subprocess.run(["cargo", "--version"], capture_output=True).returncode:
            # rustup's cargo is there for every user, and the toolchain behind it for those who have set one up
            (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no toolchain behind cargo")

    return check


def lay_out(top: Path, sample: Sample, text: str) -> None:
    for path, content in (*sample.config, (sample.path, text)):
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(content)


def run(top: Path, linter: Linter, command: tuple[str, ...], path: str) -> tuple[int, str]:
    """Exit code and output of one of its commands for one path."""
    ((name, *rest),) = arguments(command, linter, [path])
    started = program(name, top)
    assert started
    done = subprocess.run(
        [started, *rest], cwd=top, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.returncode, within(done.stdout, top)


def look(top: Path, linter: Linter, path: str) -> tuple[str, str]:
    code, output = run(top, linter, linter.look, path)
    return ended(linter, code, output), output


def contents(top: Path) -> dict[str, bytes]:
    """All files but what cargo builds."""
    files = (path for path in top.rglob("*") if path.is_file() and "target" not in path.relative_to(top).parts)
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in files if path.name != "Cargo.lock"}


def test_every_linter_has_a_sample() -> None:
    assert list(SAMPLES) == [linter.name for linter in LINTERS]


@pytest.mark.parametrize("name", LOOKING)
def test_looking_finds_names_the_place_and_changes_nothing(
    name: str, tmp_path: Path, installed: Callable[[Linter], None]
) -> None:
    linter, sample = BY_NAME[name], SAMPLES[name]
    installed(linter)
    lay_out(tmp_path, sample, sample.bad)
    before = contents(tmp_path)

    end, output = look(tmp_path, linter, sample.path)

    assert end == "found", output
    places = {(problem.path, problem.line) for problem in read_diagnostics(output)}
    assert (sample.path, sample.line) in places, output
    assert contents(tmp_path) == before


@pytest.mark.parametrize("name", LOOKING)
def test_looking_at_what_is_fine_is_clean(name: str, tmp_path: Path, installed: Callable[[Linter], None]) -> None:
    linter, sample = BY_NAME[name], SAMPLES[name]
    installed(linter)
    lay_out(tmp_path, sample, sample.good)

    end, output = look(tmp_path, linter, sample.path)

    assert (end, read_diagnostics(output)) == ("clean", ()), output


@pytest.mark.parametrize("name", LOOKING)
def test_what_is_no_program_is_a_finding(name: str, tmp_path: Path, installed: Callable[[Linter], None]) -> None:
    linter, sample = BY_NAME[name], SAMPLES[name]
    installed(linter)
    lay_out(tmp_path, sample, sample.garbage)

    end, output = look(tmp_path, linter, sample.path)

    assert end == sample.on_garbage, output
    assert [problem.path for problem in read_diagnostics(output)][:1] == [sample.path] * (end == "found"), output


@pytest.mark.parametrize("name", [name for name in LOOKING if SAMPLES[name].settings])
def test_settings_that_cannot_be_read_are_no_finding(
    name: str, tmp_path: Path, installed: Callable[[Linter], None]
) -> None:
    linter, sample = BY_NAME[name], SAMPLES[name]
    assert sample.settings
    installed(linter)
    lay_out(tmp_path, sample, sample.good)
    (tmp_path / sample.settings[0]).write_text(sample.settings[1])

    end, output = look(tmp_path, linter, sample.path)

    assert end == "broken", output


@pytest.mark.parametrize("name", MENDING)
def test_mending_mends_and_then_looking_is_clean(
    name: str, tmp_path: Path, installed: Callable[[Linter], None]
) -> None:
    linter, sample = BY_NAME[name], SAMPLES[name]
    installed(linter)
    lay_out(tmp_path, sample, sample.bad)

    run(tmp_path, linter, linter.mend, sample.path)

    assert (tmp_path / sample.path).read_text() != sample.bad
    if linter.look:
        end, output = look(tmp_path, linter, sample.path)
        assert end == "clean", output
