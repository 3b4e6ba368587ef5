"""Which file of the task an edit is for, where its path is written in another way than the task writes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from gitbuddy.core.formats.refusal import refusal
from gitbuddy.globs import is_glob
from gitbuddy.values import Edit, Replace, WriteFile

_ABSOLUTE = re.compile(r"/|~/|[A-Za-z]:/")


def only_file(task_files: Sequence[str]) -> str | None:
    """The task's one file, if it names exactly one and that without wildcards."""
    found = _literal(task_files)
    return found[0] if len(task_files) == len(found) == 1 else None


def placed(edits: tuple[Edit, ...], task_files: Sequence[str]) -> tuple[Edit, ...]:
    """The edits with the paths of the task. Raises `Rejected` where one names no file, or two texts meet in one."""
    only = only_file(task_files)
    if only is None and not all(edit.path for edit in edits):
        raise refusal("no-path", "An edit names no file. Write the path of the file on the line above it.")
    found = tuple(replace(edit, path=_settled(edit, edits, task_files)) for edit in edits)
    texts: dict[str, WriteFile] = {}
    for edit in found:
        if isinstance(edit, WriteFile) and texts.setdefault(edit.path, edit) != edit:
            raise refusal("ambiguous-path", f"The answer holds two different texts for one file: {edit.path}")
    return found


def _settled(edit: Edit, edits: Sequence[Edit], task_files: Sequence[str]) -> str:
    files, only = _literal(task_files), only_file(task_files)
    path = edit.path.replace("\\", "/")
    if not path:
        return only or ""
    if path in files or edit.path in files:
        return path if path in files else edit.path
    if path[:2] in ("a/", "b/") and path[2:] in files:
        return path[2:]
    if _ABSOLUTE.match(path):
        # A container's own folder above the repository; a name without a folder says too little to be sure.
        ends = [file for file in files if "/" in file and path.endswith(f"/{file}")]
        return ends[0] if len(ends) == 1 else edit.path
    return only if only and _is_name_of(only, path, edit, edits) else edit.path


def _is_name_of(only: str, path: str, edit: Edit, edits: Sequence[Edit]) -> bool:
    """A bare name is the task's one file when the lines must match there, or when nothing else is written."""
    certain = (isinstance(edit, Replace) and bool(edit.search.strip())) or (
        isinstance(edit, WriteFile) and len(edits) == 1
    )
    return certain and only.rsplit("/", 1)[-1] == path


def _literal(task_files: Sequence[str]) -> tuple[str, ...]:
    return tuple(file.removeprefix("./") for file in task_files if not is_glob(file) and not file.endswith("/"))
