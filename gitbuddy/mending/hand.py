"""The files in hand: where their checkout begins, which they are, and which tools the project has for them.

Asks git only where no files are named; a hook that finds nothing to do is not to wait.
"""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from gitbuddy.linters import chosen, placed, program
from gitbuddy.mending.look import Tool
from gitbuddy.mending.plain import Command, run

LISTING = 60.0
"""Seconds that git may take to list the files of a folder."""


class Hand(NamedTuple):
    """A checkout, files in it by their path from its top, the tools for them, and programs that are not here."""

    top: Path
    files: tuple[str, ...]
    tools: tuple[Tool, ...]
    missing: tuple[str, ...]


def top_of(directory: Path) -> Path | None:
    """The top of the checkout around a folder, symbolic links resolved; None outside of one."""
    start = directory.resolve()
    return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), None)


def hand_of(top: Path, files: Sequence[str]) -> Hand:
    """Files of a checkout, by their paths from its top, with the tools that the project has for them."""
    read = _reader(top)
    tools, missing = [], set[str]()
    for linter in chosen(files, read, lambda name: program(name, top) is not None):
        for folder, own in placed(linter, files, read).items():
            if path := program(linter.program, top, folder):
                tools.append(Tool(linter, path, folder, own))
            else:
                missing.add(linter.program)
    return Hand(top, tuple(files), tuple(tools), tuple(sorted(missing)))


def _reader(top: Path) -> Callable[[str], bytes | None]:
    """Read small files of the checkout, each once."""
    known: dict[str, bytes | None] = {}

    def read(path: str) -> bytes | None:
        if path not in known:
            known[path] = _small(top / path)
        return known[path]

    return read


def _small(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(1 << 20)
    except OSError:
        return None


def files_of(top: Path, directory: Path, given: Sequence[str]) -> tuple[str, ...]:
    """The given files and folders, as seen from `directory`, else all tracked files.

    Raises `ValueError` for a path that does not exist or leads out of the checkout.
    """
    if not given:
        return _tracked(top, ".")
    files: dict[str, None] = {}
    here, above = str(directory.resolve()), f"{top}{os.sep}"
    for name in given:  # by strings: a thousand paths as objects take longer than a linter
        path = f"{here}/{name}" if _is_plain(name) else posixpath.normpath(posixpath.join(here, name))
        inside = "." if path == str(top) else path.removeprefix(above)
        if inside == path or f"/{inside}/".find("/.git/") >= 0:
            raise ValueError(f"this path leads out of the checkout: {name}")
        try:
            kind = os.lstat(path).st_mode
        except OSError as error:
            raise ValueError(f"there is no such file: {name}") from error
        files.update(dict.fromkeys(_tracked(top, inside)) if stat.S_ISDIR(kind) else {inside: None})
    return tuple(files)


def _is_plain(name: str) -> bool:
    """Whether a path has nothing that must be worked out: it goes straight down, each folder written once."""
    return name[:1] not in "/." and name[-1:] != "/" and "/." not in name and "//" not in name


def _tracked(top: Path, folder: str) -> tuple[str, ...]:
    git = program("git", top) or "git"
    command = Command("", (git, "--literal-pathspecs", "ls-files", "-z", "--", folder))
    (ended,) = run([command], top, LISTING)
    if ended.exit_code != 0:
        raise ValueError(f"git cannot list the files here: {ended.output.strip()[:200]}")
    names = dict.fromkeys(name for name in ended.output.split("\0") if name)
    return tuple(name for name in names if (top / name).is_file())
