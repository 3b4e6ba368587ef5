"""Which linters a project uses, judged by its configuration, its checks, and what its task runners say."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import PurePosixPath

from gitbuddy.linters.linter import Linter
from gitbuddy.linters.table import LINTERS

Read = Callable[[str], bytes | None]
"""The bytes of a file by its path from the top of the checkout; None where there is no such file."""
READ_AT_MOST = 200
"""Configuration files that are searched for a tool's name."""
RUNNERS = (
    *("Makefile", "makefile", "GNUmakefile", "justfile", "Justfile", "Taskfile.yml", "tox.ini", "noxfile.py"),
    *("package.json", ".pre-commit-config.yaml", "lefthook.yml", ".gitlab-ci.yml", ".husky/pre-commit"),
)
"""Files in which projects write down the commands they run; workflows are looked at as well."""
WORKFLOWS = ".github/workflows/"
USUAL_WORKFLOWS = tuple(
    f"{WORKFLOWS}{name}.{ending}"
    for name in ("ci", "lint", "main", "test", "tests", "build", "check", "checks", "python", "go", "rust", "node")
    for ending in ("yml", "yaml")
)
"""Where folders cannot be listed, only workflows of these names are found."""
USUAL = ("ruff check", "gofmt", "go vet", "cargo fmt", "shellcheck")
"""Those that a language without any configured linter is looked at with."""
STAND_IN = "ruff check (as flake8)"


def chosen(files: Collection[str], read: Read, visible: Callable[[str], bool]) -> tuple[Linter, ...]:
    """The linters that the project uses for these files, in the order in which they run.

    Configuration counts in the folders of the files and above them. Where no linter is configured for a language, its
    usual one is taken if its program is `visible`.
    """
    reading = _remembered(read)
    places = _places(files)
    fitting = tuple(linter for linter in LINTERS if not places.keys().isdisjoint(linter.suffixes))
    around = {each: _folders({f for suffix in each for f in places.get(suffix, ())}) for each in _kinds(fitting)}
    used = [linter for linter in fitting if _is_used(linter, around[linter.suffixes], reading)]
    covered = {suffix for linter in used for suffix in linter.suffixes}
    usual = [
        linter
        for linter in fitting
        if linter.name in USUAL
        and not covered.intersection(linter.suffixes)
        and (not linter.roots or any(_has_root(linter, folder, reading) for folder in around[linter.suffixes]))
        and all(visible(name) for name in (linter.program, linter.needs) if name)
    ]
    return _without_doubles(tuple(linter for linter in LINTERS if linter in used or linter in usual))


def placed(linter: Linter, files: Collection[str], read: Read) -> dict[str, tuple[str, ...]]:
    """The files that are for this linter, by the folder to start it in; both from the top, which is the folder "".

    That is the top, but for tools that know no settings but those of the folder they are started in: those start where
    the nearest settings above a file are; cargo, in the workspace of the nearest package.
    """
    reading = _remembered(read)
    homes: dict[str, list[str]] = {}
    home = cache(lambda folder: _home(linter, folder, reading) if linter.starts_at_settings else "")
    for path in files:
        folder, suffix = _parts(path)
        if suffix in linter.suffixes:
            homes.setdefault(home(folder), []).append(path)
    return {home: tuple(found) for home, found in homes.items()}


def _home(linter: Linter, folder: str, read: Read) -> str:
    folders = _folders([folder])
    having = [folder for folder in folders if _has_root(linter, folder, read)] if linter.roots else []
    having = having or [folder for folder in folders if _is_configured(linter, folder, read)]
    workspaces = (folder for folder in having if "[workspace" in _text(f"{folder}Cargo.toml", read))
    return next(workspaces if linter.program == "cargo" else iter(()), having[0] if having else "").rstrip("/")


def applicable(paths: Collection[str], read: Read, commands: Sequence[str] = ()) -> tuple[Linter, ...]:
    """The linters this project uses, judged by all its tracked files and by the command lines of its checks."""
    by_name: dict[str, list[str]] = {}
    for path in paths:
        by_name.setdefault(PurePosixPath(path).name, []).append(path)
    runners = [path for path in paths if path in RUNNERS or path.startswith(WORKFLOWS)]
    said = [*commands, *(_text(path, read) for path in islice(runners, READ_AT_MOST))]
    suffixes = {PurePosixPath(path).suffix for path in paths}

    def named(name: str) -> Iterator[str]:
        return islice(by_name.get(name, ()), READ_AT_MOST)

    return _without_doubles(
        tuple(
            linter
            for linter in LINTERS
            if suffixes.intersection(linter.suffixes)
            and (not linter.roots or any(name in by_name for name in linter.roots))
            and (
                any(name in by_name for name in linter.config_files)
                or any(text in _text(path, read) for name, text in linter.sections for path in named(name))
                or _is_run(linter, said)
            )
        )
    )


def _is_used(linter: Linter, folders: Sequence[str], read: Read) -> bool:
    if linter.roots and not any(_has_root(linter, folder, read) for folder in folders):
        return False
    if any(_is_configured(linter, folder, read) for folder in folders):
        return True
    return bool(linter.commands) and _is_run(linter, [_text(path, read) for path in (*RUNNERS, *USUAL_WORKFLOWS)])


def _is_configured(linter: Linter, folder: str, read: Read) -> bool:
    return any(read(folder + name) is not None for name in linter.config_files) or any(
        text in _text(folder + name, read) for name, text in linter.sections
    )


def _has_root(linter: Linter, folder: str, read: Read) -> bool:
    return any(read(folder + name) is not None for name in linter.roots)


def _places(files: Collection[str]) -> dict[str, set[str]]:
    """The folders of the files by the files' endings: each path is taken apart once, there may be thousands."""
    places: dict[str, set[str]] = {}
    for path in files:
        folder, suffix = _parts(path)
        places.setdefault(suffix, set()).add(folder)
    return places


def _parts(path: str) -> tuple[str, str]:
    """The folder and the ending of a path, as `posixpath` tells them in three times the time."""
    folder, _, name = path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    return folder, f"{dot}{ending}" if stem.strip(".") else ""


def _kinds(linters: Collection[Linter]) -> frozenset[tuple[str, ...]]:
    return frozenset(linter.suffixes for linter in linters)


def _folders(direct: Collection[str]) -> list[str]:
    """These folders and those above them, each with a slash behind it; the top is empty."""
    found = dict.fromkeys(str(folder) for path in direct for folder in PurePosixPath(path, "file").parents)
    return ["" if folder == "." else f"{folder}/" for folder in found]


def _without_doubles(linters: tuple[Linter, ...]) -> tuple[Linter, ...]:
    """A project's own ruff settings say more than the imitation of flake8."""
    own = any(linter.name == "ruff check" for linter in linters)
    return tuple(linter for linter in linters if not (own and linter.name == STAND_IN))


def _is_run(linter: Linter, texts: Sequence[str]) -> bool:
    return any(_word(wanted).search(text) for wanted in linter.commands for text in texts)


def _word(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(text)}(?![\w-])")


def _remembered(read: Read) -> Read:
    """Each file is read once."""
    known: dict[str, bytes | None] = {}

    def remembered(path: str) -> bytes | None:
        if path not in known:
            known[path] = read(path)
        return known[path]

    return remembered


def _text(path: str, read: Read) -> str:
    return (read(path) or b"").decode("utf-8", "replace")
