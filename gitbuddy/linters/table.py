"""The table of linters.

A look prints one line or block for each complaint, in a form that `core.problems` reads, and leaves every file alone;
a project may have told its tool to mend on sight, so options say otherwise. No look leaves a cache in the checkout
where the tool can be told so.
"""

from __future__ import annotations

from typing import NamedTuple

PYTHON = (".py", ".pyi")
SCRIPT = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")
TYPED = (".ts", ".tsx", ".mts", ".cts")
STYLED = (*SCRIPT, ".vue", ".css", ".scss", ".less", ".html", ".json", ".md", ".yml", ".yaml")
C = (".c", ".cc", ".cpp", ".cxx")
C_LIKE = (*C, ".h", ".hh", ".hpp", ".hxx", ".m", ".mm", ".proto")
RUST = (".rs",)
GO = (".go",)
SHELL = (".sh", ".bash")


class Linter(NamedTuple):
    """A tool that looks at files, and may mend them in place.

    `look` and `mend` are commands to which paths are added, unless the tool works on the `whole_project`; () where it
    cannot. A project uses it when it has one of `config_files` (by base name), when one of `sections` stands in a file
    of that base name, or when one of `commands` is run by a check or written in a task runner's or workflow's file.

    `found` are the exit codes that say that something was found, `prints` that whatever is printed is a finding too:
    such tools end with 0 all the same. `separator` says whether `--` may stand before the paths. `usual` tools are
    taken for a language that has no linter set up, where they are installed.
    """

    name: str
    suffixes: tuple[str, ...]
    look: tuple[str, ...] = ()
    mend: tuple[str, ...] = ()
    config_files: tuple[str, ...] = ()
    sections: tuple[tuple[str, str], ...] = ()
    commands: tuple[str, ...] = ()
    whole_project: bool = False
    found: frozenset[int] = frozenset({1})
    prints: bool = False
    separator: bool = True
    usual: bool = False


_RUFF_FILES = ("ruff.toml", ".ruff.toml")
_FLAKE8 = (("setup.cfg", "[flake8]"), ("tox.ini", "[flake8]"))
_PRETTIER = (
    *(f".prettierrc{suffix}" for suffix in ("", ".json", ".yml", ".yaml", ".toml", ".js", ".cjs", ".mjs")),
    *(f"prettier.config.{suffix}" for suffix in ("js", "cjs", "mjs", "ts")),
)
_ESLINT = (
    *(f"eslint.config.{suffix}" for suffix in ("js", "mjs", "cjs", "ts", "mts")),
    *(f".eslintrc{suffix}" for suffix in ("", ".js", ".cjs", ".json", ".yml", ".yaml")),
)

LINTERS = (
    Linter(
        "ruff check",
        PYTHON,
        ("ruff", "check", "--no-fix", "--no-cache", "--force-exclude", "--output-format=concise", "--quiet"),
        ("ruff", "check", "--fix", "--exit-zero", "--no-cache", "--force-exclude"),
        _RUFF_FILES,
        (("pyproject.toml", "[tool.ruff"),),
        ("ruff check", "id: ruff"),
        usual=True,
    ),
    Linter(
        "flake8",
        PYTHON,
        ("flake8", "--format=default"),
        (),
        (".flake8",),
        _FLAKE8,
        ("flake8",),
    ),
    Linter(
        "ruff check (as flake8)",
        PYTHON,
        (),
        ("ruff", "check", "--fix", "--exit-zero", "--no-cache", "--isolated", "--select", "E,F,W"),
        (".flake8",),
        _FLAKE8,
        ("flake8",),
    ),
    Linter(
        "pylint",
        PYTHON,
        ("pylint", "--output-format=text", "--score=n", "--persistent=n"),
        (),
        (".pylintrc", "pylintrc"),
        (("pyproject.toml", "[tool.pylint"), ("setup.cfg", "[pylint"), ("tox.ini", "[pylint")),
        ("pylint",),
        # a sum of bits: 1 fatal, 2 error, 4 warning, 8 refactor, 16 convention; 32 is a wrong call
        found=frozenset(range(2, 32, 2)),
    ),
    Linter(
        "mypy",
        PYTHON,
        ("mypy", "--cache-dir=/dev/null", "--no-pretty", "--no-color-output", "--no-error-summary"),
        (),
        ("mypy.ini", ".mypy.ini"),
        (("pyproject.toml", "[tool.mypy"), ("setup.cfg", "[mypy")),
        ("mypy",),
    ),
    Linter(
        "ruff format",
        PYTHON,
        ("ruff", "format", "--check", "--no-cache", "--force-exclude", "--quiet"),
        ("ruff", "format", "--no-cache", "--force-exclude"),
        (),
        (("pyproject.toml", "[tool.ruff.format]"), ("ruff.toml", "[format]"), (".ruff.toml", "[format]")),
        ("ruff format", "ruff-format"),
    ),
    Linter(
        "isort",
        PYTHON,
        ("isort", "--check-only"),
        ("isort",),
        (".isort.cfg",),
        (("pyproject.toml", "[tool.isort]"),),
        ("isort",),
    ),
    Linter(
        "black",
        PYTHON,
        ("black", "--check"),
        ("black", "--quiet"),
        (),
        (("pyproject.toml", "[tool.black]"),),
        ("black",),
        found=frozenset({1}),
    ),
    Linter(
        "eslint", SCRIPT, ("eslint",), ("eslint", "--fix"), _ESLINT, (("package.json", '"eslintConfig"'),), ("eslint",)
    ),
    Linter(
        "tsc",
        TYPED,
        ("tsc", "--noEmit", "--pretty", "false"),
        (),
        ("tsconfig.json",),
        (),
        ("tsc",),
        whole_project=True,
        found=frozenset({1, 2}),
    ),
    Linter(
        "biome",
        STYLED,
        ("biome", "check", "--colors=off"),
        ("biome", "check", "--write"),
        ("biome.json", "biome.jsonc"),
        (),
        ("biome",),
    ),
    Linter(
        "prettier",
        STYLED,
        ("prettier", "--check", "--ignore-unknown"),
        ("prettier", "--write", "--ignore-unknown"),
        _PRETTIER,
        (("package.json", '"prettier":'),),
        ("prettier",),
    ),
    Linter(
        "cargo clippy",
        RUST,
        ("cargo", "clippy", "--offline", "--quiet", "--message-format=short", "--", "-D", "warnings"),
        ("cargo", "clippy", "--fix", "--allow-no-vcs", "--allow-dirty", "--offline", "--quiet"),
        ("clippy.toml", ".clippy.toml"),
        (("Cargo.toml", "lints.clippy]"),),
        ("cargo clippy",),
        whole_project=True,
        found=frozenset({101}),
    ),
    Linter(
        "cargo fmt",
        RUST,
        ("cargo", "fmt", "--all", "--check", "--", "-l"),
        ("cargo", "fmt", "--all"),
        ("rustfmt.toml", ".rustfmt.toml"),
        (),
        ("cargo fmt", "rustfmt"),
        whole_project=True,
        usual=True,
    ),
    Linter("gofmt", GO, ("gofmt", "-l"), ("gofmt", "-w"), ("go.mod",), prints=True, found=frozenset(), usual=True),
    Linter(
        "go vet",
        GO,
        ("go", "vet", "./..."),
        (),
        (),
        (),
        ("go vet",),
        whole_project=True,
        found=frozenset({1, 2}),
        usual=True,
    ),
    Linter(
        "clang-tidy",
        C,
        ("clang-tidy", "--quiet"),
        (),
        (".clang-tidy",),
        (),
        ("clang-tidy",),
        prints=True,
        separator=False,
    ),
    Linter(
        "cppcheck",
        C,
        ("cppcheck", "--quiet", "--error-exitcode=1", "--template=gcc"),
        (),
        (),
        (),
        ("cppcheck",),
        separator=False,
    ),
    Linter(
        "clang-format",
        C_LIKE,
        ("clang-format", "--dry-run", "--Werror"),
        ("clang-format", "-i"),
        (".clang-format", "_clang-format"),
        (),
        ("clang-format",),
    ),
    Linter(
        "shellcheck", SHELL, ("shellcheck", "--format=gcc"), (), (".shellcheckrc",), (), ("shellcheck",), usual=True
    ),
)
"""In the order they run: what mends comes before what lays out."""
