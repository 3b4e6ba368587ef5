"""From a linter to its command lines, and from what it printed to what that means."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Literal

from gitbuddy.linters.linter import Linter

BATCH = 128 << 10
"""Bytes of paths in one command line, as xargs has it; less where a program may be started with little."""
PROJECT_PROGRAMS = (".venv/bin", "venv/bin", "node_modules/.bin")
"""Where a project keeps programs of its own; nowhere else in it is one looked for."""
End = Literal["clean", "found", "broken"]


def ended(linter: Linter, exit_code: int, output: str) -> End:
    """What it means that the look command ended so; `output` is both of its streams.

    'broken' is a tool that could not do its work: a setting it cannot read, a file that is not there, its own crash.
    """
    if exit_code == 0:
        return "found" if linter.prints and _has_finding(linter, output) else "clean"
    if exit_code not in linter.found or not _has_finding(linter, output):
        return "broken"
    return "found"


def _has_finding(linter: Linter, output: str) -> bool:
    return bool(re.search(linter.finding, output, re.MULTILINE))


def arguments(command: Sequence[str], linter: Linter, paths: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The command lines that run `command`, which is one of the linter's two, for these paths."""
    if linter.whole_project:
        yield tuple(command)
        return
    named = sorted({_folder(path) for path in paths}) if linter.folders else paths
    for batch in batches(named):
        yield (*command, "--", *batch) if linter.separator else (*command, *batch)


def _folder(path: str) -> str:
    folder = PurePosixPath(path).parent.as_posix()
    return "." if folder == "." else f"./{folder}"


def batches(paths: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The paths as arguments that no tool can take for an option, in command lines of a sane length."""
    most = min(BATCH, os.sysconf("SC_ARG_MAX") // 4)
    batch: list[str] = []
    size = 0
    for path in paths:
        argument = f"./{path}" if path.startswith("-") else path
        if batch and size + len(os.fsencode(argument)) > most:
            yield tuple(batch)
            batch, size = [], 0
        batch.append(argument)
        size += len(os.fsencode(argument)) + 1
    if batch:
        yield tuple(batch)


def within(output: str, top: Path) -> str:
    """The output with absolute paths below `top` as paths relative to it: eslint, isort, cargo fmt, clang-tidy."""
    for folder in {str(top), str(top.resolve())}:
        output = re.sub(rf"(?<![\w.-]){re.escape(folder)}/", "", output)
    return output


def from_top(folder: str, path: str) -> str:
    """A path that a tool names, started in `folder` below the top, as a path from the top."""
    return posixpath.normpath(posixpath.join(folder, path))


def program(name: str, top: Path, folder: str = "") -> str | None:
    """The absolute path of a program: one of the project's, nearest `folder` below `top` first, else one of PATH.

    Nothing else inside the project is started, whatever PATH says, and nothing by a relative entry of PATH.
    """
    levels = (folder, *(str(parent) for parent in PurePosixPath(folder).parents)) if folder else ("",)
    own = (top / level / place for level in levels for place in PROJECT_PROGRAMS)
    inside = top.resolve()
    path = (Path(entry) for entry in os.environ.get("PATH", os.defpath).split(os.pathsep))
    others = (entry for entry in path if entry.is_absolute() and not entry.resolve().is_relative_to(inside))
    for place in (*own, *others):
        candidate = place.absolute() / name
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return str(candidate)
    return None
