"""Which linters a project uses, judged by its own files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice

from gitbuddy.linters.table import LINTERS, Linter

Read = Callable[[str], bytes | None]
"""Gives the bytes of a file by its path from the top, None where there is none."""

READ_AT_MOST = 200
"""Configuration files that are searched for a tool's name."""
RUNNERS = ("Makefile", "justfile", "tox.ini", "noxfile.py", "package.json", ".pre-commit-config.yaml")
"""Files at the top in which projects write down the commands they run; workflows are looked at as well."""
WORKFLOWS = tuple(f".github/workflows/{name}.yml" for name in ("ci", "lint", "test", "tests", "main", "checks"))
CONFIGURED = frozenset(name for linter in LINTERS for name in linter.config_files)
HOLDERS = frozenset(name for linter in LINTERS for name, _ in linter.sections)


def applicable(paths: Collection[str], read: Read, commands: Sequence[str] = ()) -> tuple[Linter, ...]:
    """The linters a project uses, judged by all its tracked paths and by the `commands` of its checks."""
    suffixes = {posixpath.splitext(path)[1] for path in paths}
    names = {posixpath.basename(path) for path in paths}
    holders = [path for path in paths if posixpath.basename(path) in HOLDERS]
    runners = [path for path in paths if path in RUNNERS or path.startswith(".github/workflows/")]
    return _used(suffixes, names, holders, [*commands, *_texts(runners, read)], read)


def chosen(files: Collection[str], read: Read, visible: Callable[[str], bool]) -> tuple[Linter, ...]:
    """The linters a project uses for these files, judged by the configuration in their folders and above.

    For a language without any, its usual ones where they are `visible` (can be run here).
    """
    suffixes = {posixpath.splitext(path)[1] for path in files}
    folders = _folders(files)
    fitting = [linter for linter in LINTERS if suffixes.intersection(linter.suffixes)]
    wanted = {name for linter in fitting for name in (*linter.config_files, *(name for name, _ in linter.sections))}
    there = [
        path
        for path in (_join(folder, name) for folder in folders for name in sorted(wanted))
        if read(path) is not None
    ]
    names = {posixpath.basename(path) for path in there}
    holders = [path for path in there if posixpath.basename(path) in HOLDERS]
    used = _used(suffixes, names, holders, list(_texts((*RUNNERS, *WORKFLOWS), read)), read)
    return _with_usual(used, fitting, visible)


def _used(
    suffixes: Collection[str], names: Collection[str], holders: Sequence[str], commands: Sequence[str], read: Read
) -> tuple[Linter, ...]:
    used = tuple(
        linter
        for linter in LINTERS
        if not set(linter.suffixes).isdisjoint(suffixes)
        and (
            not set(linter.config_files).isdisjoint(names)
            or _configured(linter, holders, read)
            or _run(linter, commands)
        )
    )
    return _without_doubles(used)


def _without_doubles(used: tuple[Linter, ...]) -> tuple[Linter, ...]:
    """A project's own ruff settings say more than the imitation of flake8."""
    own = any(linter.name == "ruff check" for linter in used)
    return tuple(linter for linter in used if not (own and linter.name == "ruff check (as flake8)"))


def _with_usual(
    used: tuple[Linter, ...], fitting: Sequence[Linter], visible: Callable[[str], bool]
) -> tuple[Linter, ...]:
    served = {suffix for linter in used if linter.look for suffix in linter.suffixes}
    added = {
        linter.name
        for linter in fitting
        if linter.usual and served.isdisjoint(linter.suffixes) and visible(linter.look[0])
    }
    # gofmt is told by go.mod, which says nothing of vet
    return tuple(linter for linter in LINTERS if linter in used or linter.name in added)


def _folders(files: Iterable[str]) -> list[str]:
    """The folders of these files and all above them, "" for the top."""
    found: dict[str, None] = {"": None}
    for path in files:
        folder = posixpath.dirname(path)
        while folder and folder not in found:
            found[folder] = None
            folder = posixpath.dirname(folder)
    return list(found)


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _configured(linter: Linter, holders: Sequence[str], read: Read) -> bool:
    wanted = dict(linter.sections)
    own = (path for path in holders if posixpath.basename(path) in wanted)
    return any(wanted[posixpath.basename(path)] in _text(path, read) for path in islice(own, READ_AT_MOST))


def _run(linter: Linter, commands: Sequence[str]) -> bool:
    return any(_word(wanted).search(command) for wanted in linter.commands for command in commands)


def _word(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(text)}(?![\w-])")


def _texts(paths: Iterable[str], read: Read) -> Iterator[str]:
    for path in islice(paths, READ_AT_MOST):
        yield _text(path, read)


def _text(path: str, read: Read) -> str:
    return (read(path) or b"").decode("utf-8", "replace")
