"""The deterministic tools that mend lint, as a table, and which of them a project uses. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath

from gitbuddy.values import Check

READ_AT_MOST = 200
"""Configuration files that are searched for a tool's name."""
PYTHON = (".py", ".pyi")
SCRIPT = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")
STYLED = (*SCRIPT, ".vue", ".css", ".scss", ".less", ".html", ".json", ".md", ".yml", ".yaml")
C_LIKE = (".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".m", ".mm", ".proto")
RUNNERS = ("Makefile", "justfile", "tox.ini", "noxfile.py", "package.json", ".pre-commit-config.yaml")
"""Files in which projects write down the commands they run; workflows are looked at as well."""


@dataclass(frozen=True, slots=True)
class Fixer:
    """A tool that rewrites files in place.

    A project uses it when it has one of `config_files` (by base name), when one of `sections` stands in a file of that
    base name, or when one of `commands` is run by a check or written in a task runner's or workflow's file.
    `whole_project` tools take no paths.
    """

    name: str
    command: tuple[str, ...]
    suffixes: tuple[str, ...]
    config_files: tuple[str, ...] = ()
    sections: tuple[tuple[str, str], ...] = ()
    commands: tuple[str, ...] = ()
    whole_project: bool = False


RUFF_SETTINGS = (("pyproject.toml", "[tool.ruff"),)
FIXERS = (
    Fixer(
        "ruff check",
        ("ruff", "check", "--fix", "--exit-zero", "--no-cache", "--force-exclude"),
        PYTHON,
        ("ruff.toml", ".ruff.toml"),
        RUFF_SETTINGS,
        ("ruff check", "id: ruff"),
    ),
    Fixer(
        "ruff check (as flake8)",
        ("ruff", "check", "--fix", "--exit-zero", "--no-cache", "--isolated", "--select", "E,F,W"),
        PYTHON,
        (".flake8",),
        (("setup.cfg", "[flake8]"), ("tox.ini", "[flake8]")),
        ("flake8",),
    ),
    Fixer(
        "ruff format",
        ("ruff", "format", "--no-cache", "--force-exclude"),
        PYTHON,
        (),
        (("pyproject.toml", "[tool.ruff.format]"), ("ruff.toml", "[format]"), (".ruff.toml", "[format]")),
        ("ruff format", "ruff-format"),
    ),
    Fixer("isort", ("isort",), PYTHON, (".isort.cfg",), (("pyproject.toml", "[tool.isort]"),), ("isort",)),
    Fixer("black", ("black", "--quiet"), PYTHON, (), (("pyproject.toml", "[tool.black]"),), ("black",)),
    Fixer(
        "eslint",
        ("eslint", "--fix"),
        SCRIPT,
        (
            *(f"eslint.config.{suffix}" for suffix in ("js", "mjs", "cjs", "ts", "mts")),
            *(f".eslintrc{suffix}" for suffix in ("", ".js", ".cjs", ".json", ".yml", ".yaml")),
        ),
        (("package.json", '"eslintConfig"'),),
        ("eslint",),
    ),
    Fixer("biome", ("biome", "check", "--write"), STYLED, ("biome.json", "biome.jsonc"), (), ("biome",)),
    Fixer(
        "prettier",
        ("prettier", "--write", "--ignore-unknown"),
        STYLED,
        (
            *(f".prettierrc{suffix}" for suffix in ("", ".json", ".yml", ".yaml", ".toml", ".js", ".cjs", ".mjs")),
            *(f"prettier.config.{suffix}" for suffix in ("js", "cjs", "mjs", "ts")),
        ),
        (("package.json", '"prettier":'),),
        ("prettier",),
    ),
    Fixer(
        "cargo clippy",
        ("cargo", "clippy", "--fix", "--allow-no-vcs", "--allow-dirty", "--offline", "--quiet"),
        (".rs",),
        ("clippy.toml", ".clippy.toml"),
        (("Cargo.toml", "lints.clippy]"),),
        ("cargo clippy",),
        whole_project=True,
    ),
    Fixer(
        "cargo fmt",
        ("cargo", "fmt", "--all"),
        (".rs",),
        ("rustfmt.toml", ".rustfmt.toml"),
        (),
        ("cargo fmt", "rustfmt"),
        whole_project=True,
    ),
    Fixer("gofmt", ("gofmt", "-w"), (".go",), ("go.mod",)),
    Fixer("clang-format", ("clang-format", "-i"), C_LIKE, (".clang-format", "_clang-format"), (), ("clang-format",)),
)
"""In the order they run: what mends comes before what lays out."""


def applicable(
    paths: Collection[str], read: Callable[[str], bytes | None], checks: Sequence[Check] = ()
) -> tuple[Fixer, ...]:
    """The fixers this project uses, judged by its tracked files at the base and by its checks."""
    names = {PurePosixPath(path).name for path in paths}
    suffixes = {PurePosixPath(path).suffix for path in paths}
    commands = [" ".join(check.command) for check in checks] + list(_runner_texts(paths, read))
    chosen = tuple(
        fixer
        for fixer in FIXERS
        if suffixes.intersection(fixer.suffixes)
        and (names.intersection(fixer.config_files) or _configured(fixer, paths, read) or _run(fixer, commands))
    )
    return _without_doubles(chosen)


def _without_doubles(chosen: tuple[Fixer, ...]) -> tuple[Fixer, ...]:
    """A project's own ruff settings say more than the imitation of flake8."""
    own = any(fixer.name == "ruff check" for fixer in chosen)
    return tuple(fixer for fixer in chosen if not (own and fixer.name == "ruff check (as flake8)"))


def _configured(fixer: Fixer, paths: Collection[str], read: Callable[[str], bytes | None]) -> bool:
    wanted = dict(fixer.sections)
    holders = (path for path in paths if PurePosixPath(path).name in wanted)
    return any(wanted[PurePosixPath(path).name] in _text(path, read) for path in islice(holders, READ_AT_MOST))


def _run(fixer: Fixer, commands: Sequence[str]) -> bool:
    return any(_word(wanted).search(command) for wanted in fixer.commands for command in commands)


def _word(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(text)}(?![\w-])")


def _runner_texts(paths: Collection[str], read: Callable[[str], bytes | None]) -> Iterator[str]:
    workflows = (path for path in paths if path in RUNNERS or path.startswith(".github/workflows/"))
    for path in islice(workflows, READ_AT_MOST):
        yield _text(path, read)


def _text(path: str, read: Callable[[str], bytes | None]) -> str:
    return (read(path) or b"").decode("utf-8", "replace")
