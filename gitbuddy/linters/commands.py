"""Command lines for a linter, the program that it is on this machine, and what its ending means."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from gitbuddy.linters.table import Linter

BATCH = 96 << 10
"""Bytes of paths in one command line: below the 128 KiB that one argument may have on Linux, and far below all."""
OWN = (".venv/bin", "venv/bin", "node_modules/.bin")
"""Folders of a checkout in which a project keeps its tools."""


def arguments(command: Sequence[str], linter: Linter, paths: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The command lines that run a linter on files: in batches, and no path can be taken for an option."""
    if linter.whole_project:
        return (tuple(command),)
    mark = ("--",) if linter.separator else ()
    return tuple((*command, *mark, *batch) for batch in batches(paths))


def batches(paths: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The paths as arguments that no tool can take for an option, in command lines of a sane length."""
    batch: list[str] = []
    size = 0
    for path in paths:
        argument = f"./{path}" if path.startswith("-") else path
        if batch and size + len(os.fsencode(argument)) > BATCH:
            yield tuple(batch)
            batch, size = [], 0
        batch.append(argument)
        size += len(os.fsencode(argument)) + 1
    if batch:
        yield tuple(batch)


def ended(linter: Linter, exit_code: int, output: str) -> str:
    """What an ending says: "clean", "found", or "broken" where the tool could not look."""
    if exit_code in linter.found:
        return "found"
    if exit_code != 0:
        return "broken"
    return "found" if linter.prints and output.strip() else "clean"


def program(name: str, top: Path) -> str | None:
    """The program of this name, absolute: the project's own first, then the one on PATH.

    Relative entries of PATH are passed over, and so are those that lead into the checkout: what lies about in a
    repository is no tool.
    """
    for folder in OWN:
        path = top / folder / name
        if path.is_file() and os.access(path, os.X_OK):
            return str(path)
    folders = [
        folder
        for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)
        if Path(folder).is_absolute() and not Path(folder).is_relative_to(top)
    ]
    return shutil.which(name, path=os.pathsep.join(folders))
