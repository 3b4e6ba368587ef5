"""Command lines, what their ends mean, and where programs are found."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gitbuddy.linters import LINTERS, arguments, batches, ended, from_top, program, within

BY_NAME = {linter.name: linter for linter in LINTERS}
ENDS: list[tuple[str, int, str, str]] = [
    ("ruff check", 0, "", "clean"),
    ("ruff check", 1, "a.py:1:8: F401 [*] `os` imported but unused", "found"),
    ("ruff check", 2, "ruff failed\n  Cause: Failed to load configuration `ruff.toml`", "broken"),
    ("ruff format", 2, "unformatted: File would be reformatted\n --> a.py:1:1", "found"),
    ("flake8", 1, "a.py:1:1: F401 'os' imported but unused", "found"),
    ("flake8", 1, "Traceback (most recent call last):\nValueError: x", "broken"),
    ("pylint", 20, "************* Module a\na.py:1:0: W0611: Unused import os (unused-import)", "found"),
    ("pylint", 21, "a.py:1:0: F0001: No module named b (fatal)", "broken"),
    ("pylint", 32, "pylint: error: Unrecognized option found: nope", "broken"),
    ("pylint", 2, ".pylintrc:1:0: E0015: Unrecognized option found: foo (unrecognized-option)", "broken"),
    ("mypy", 1, 't.py:2:12: error: Incompatible return value type (got "str")  [return-value]', "found"),
    ("mypy", 2, "s.py:1: error: Expected a parameter  [syntax]", "found"),
    ("mypy", 2, "absent.py: error: Cannot read file: No such file or directory", "broken"),
    ("mypy", 2, "a.py:3: error: INTERNAL ERROR -- Please try using mypy master", "broken"),
    ("isort", 1, "Broken 1 paths", "broken"),
    ("black", 123, "error: cannot parse: s.py:1:6", "found"),
    ("black", 1, "would reformat u.py", "found"),
    ("black", 2, "Error: Invalid value for 'SRC ...': Path 'absent.py' does not exist.", "broken"),
    ("eslint", 1, "/x/a.js\n  1:1  error  Unexpected var  no-var", "found"),
    ("eslint", 0, "/x/a.js\n  1:1  warning  'x' is never used  no-unused-vars", "clean"),
    ("eslint", 2, "Oops! Something went wrong! :(", "broken"),
    ("tsc", 1, "a.ts(1,14): error TS2322: Type 'string' is not assignable to type 'number'.", "found"),
    ("tsc", 2, "a.ts(1,14): error TS2322: Type 'string' is not assignable to type 'number'.", "found"),
    ("tsc", 2, "tsconfig.json(1,21): error TS5023: Unknown compiler option 'strct'.", "broken"),
    ("tsc", 1, "error TS6053: File '/x/none.ts' not found.", "broken"),
    ("biome", 1, "a.js:1:7 lint/style/useConst  FIXABLE  \u2501\u2501\u2501\u2501", "found"),
    ("biome", 1, "biome.json:1:2 deserialize \u2501\u2501\u2501\u2501", "broken"),
    ("biome", 1, "absent.js fs/cantRead \u2501\u2501\u2501\u2501", "broken"),
    ("prettier", 1, "[warn] a.js\n[warn] Code style issues found in the above file.", "found"),
    ("prettier", 2, '[error] Invalid configuration for file "/x/ok.js":', "broken"),
    ("prettier", 2, "[error] s.js: SyntaxError: Unexpected token (1:8)", "found"),
    ("cargo clippy", 0, "src/lib.rs:2:5: warning: unneeded `return` statement", "found"),
    ("cargo clippy", 101, "src/lib.rs:3:5: error: unneeded `return` statement", "found"),
    ("cargo clippy", 101, "error: no matching package named `serde` found", "broken"),
    ("cargo fmt", 1, "Diff in /x/src/lib.rs:1:\n-a\n+b", "found"),
    ("cargo fmt", 1, "`cargo metadata` exited with an error", "broken"),
    ("go vet", 2, '# example.org/x\n./main.go:6:2: fmt.Printf format %d has arg "a" of wrong type string', "found"),
    ("go vet", 2, "# command-line-arguments\nvet: ./a.go:2:15: x declared but not used", "found"),
    ("go vet", 1, "go: go.mod file not found in current directory or any parent directory", "broken"),
    ("gofmt", 0, "sub/s.go\n", "found"),
    ("gofmt", 0, "", "clean"),
    ("gofmt", 2, "bad/b.go:2:9: expected ')', found '{'", "found"),
    ("gofmt", 2, "stat absent.go: no such file or directory", "broken"),
    ("clang-tidy", 0, "a.c:1:32: warning: Dereference of null pointer [clang-analyzer-core.NullDereference]", "found"),
    ("clang-tidy", 0, "Running without flags.", "clean"),
    ("clang-tidy", 1, "error: no input files [clang-diagnostic-error]", "broken"),
    ("cppcheck", 2, "a.c:4:12: error: Array 'a[2]' accessed at index 2 [arrayIndexOutOfBounds]", "found"),
    ("cppcheck", 1, "cppcheck: error: could not find or open any of the paths given.", "broken"),
    ("clang-format", 1, "a.c:1:14: error: code should be clang-formatted [-Wclang-format-violations]", "found"),
    ("clang-format", 1, "Error reading .clang-format: Invalid argument", "broken"),
    ("shellcheck", 1, "a.sh:2:6: note: Double quote to prevent globbing. [SC2086]", "found"),
    ("shellcheck", 2, "absent.sh: absent.sh: openBinaryFile: does not exist", "broken"),
    ("shellcheck", 3, "unrecognized option `--nope'", "broken"),
    ("ruff check", 139, "", "broken"),
]


@pytest.mark.parametrize(("name", "code", "output", "expected"), ENDS, ids=lambda value: str(value)[:30])
def test_an_end_means_what_it_means_for_this_tool(name: str, code: int, output: str, expected: str) -> None:
    assert ended(BY_NAME[name], code, output) == expected


def test_every_linter_that_looks_is_in_the_table_of_ends() -> None:
    assert {name for name, *_ in ENDS} == {linter.name for linter in LINTERS if linter.look}


def lines(name: str, *paths: str) -> list[tuple[str, ...]]:
    return list(arguments((name.partition(" ")[0],), BY_NAME[name], paths))


def test_paths_stand_where_the_tool_expects_them() -> None:
    assert lines("ruff check", "a.py", "-b.py") == [("ruff", "--", "a.py", "./-b.py")]
    assert lines("cppcheck", "a.c", "-b.c") == [("cppcheck", "a.c", "./-b.c")]
    assert lines("cargo fmt", "src/a.rs") == [("cargo",)]
    assert lines("go vet", "a.go", "-s/b.go", "-s/c.go") == [("go", "--", ".", "./-s")]


def test_long_lists_of_paths_become_several_commands() -> None:
    paths = [f"folder/{number:04}.py" for number in range(20_000)]
    made = list(batches(paths))

    assert [path for batch in made for path in batch] == paths
    assert len(made) > 1
    assert max(sum(len(path) + 1 for path in batch) for batch in made) <= 132_000
    assert list(batches([])) == []
    assert list(batches(["-x", "y" * 131_070])) == [("./-x",), ("y" * 131_070,)]


def test_command_lines_are_short_enough_where_a_program_may_be_started_with_little() -> None:
    start_each = """
import subprocess
from gitbuddy.linters import batches
made = list(batches([f"folder/{number:04}.py" for number in range(5000)]))
print(len(made), sum(subprocess.run(["true", *batch]).returncode for batch in made))
"""
    limited = 'ulimit -S -s 512 && exec "$@"'
    done = subprocess.run(
        ["sh", "-c", limited, "sh", sys.executable, "-c", start_each], capture_output=True, text=True, check=True
    )

    assert done.stdout == "3 0\n"


def test_paths_below_the_top_become_relative(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real)

    assert within(f"{link}/a.js\n{real}/b.js\n{real}-too/c.js", link) == f"a.js\nb.js\n{real}-too/c.js"


def test_a_path_that_a_tool_names_is_told_from_the_top() -> None:
    assert from_top("", "src/a.py") == "src/a.py"
    assert from_top("web", "./src/a.ts") == "web/src/a.ts"
    assert from_top("web", "../lib/a.ts") == "lib/a.ts"


def tool(folder: Path, name: str = "lint") -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("#!/bin/sh\n")
    (folder / name).chmod(0o755)
    return str(folder / name)


@pytest.mark.parametrize("folder", [".venv/bin", "venv/bin", "node_modules/.bin"])
def test_a_program_of_the_project_comes_first(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    top = tmp_path / "top"
    top.mkdir()
    elsewhere = tool(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    assert program("lint", top) == elsewhere
    assert program("lint", top) != tool(top / folder) == program("lint", top)
    assert program("absent", top) is None


def test_a_program_nearer_to_the_files_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    at_top = tool(tmp_path / "node_modules/.bin")

    assert program("lint", tmp_path, "web/app") == at_top
    assert program("lint", tmp_path, "web/app") != tool(tmp_path / "web/node_modules/.bin")
    assert program("lint", tmp_path, "web/app") == str(tmp_path / "web/node_modules/.bin/lint")
    assert program("lint", tmp_path) == at_top


def test_no_other_folder_of_the_project_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(tmp_path / "bin")
    (tmp_path.parent / f"{tmp_path.name}-link").symlink_to(tmp_path / "bin")
    monkeypatch.chdir(tmp_path)
    entries = (str(tmp_path / "bin"), "bin", "", ".", f"{tmp_path}-link")
    monkeypatch.setenv("PATH", os.pathsep.join(entries))

    assert program("lint", tmp_path) is None


def test_what_cannot_be_run_is_no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path(tool(tmp_path / "a")).chmod(0o644)
    (tmp_path / "b/lint").mkdir(parents=True)
    monkeypatch.setenv("PATH", f"{tmp_path / 'a'}{os.pathsep}{tmp_path / 'b'}")

    assert program("lint", tmp_path / "top") is None


def test_the_room_loads_nothing_heavy() -> None:
    script = "import sys; import gitbuddy.linters; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()

    assert {"dataclasses", "pydantic", "subprocess", "inspect", "click"}.isdisjoint(loaded)
    assert [name for name in loaded if name.startswith("gitbuddy.") and "linters" not in name] == []
