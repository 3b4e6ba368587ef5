"""Writing a task down as a task file.

What is written is read back with the reader that will find it, and refused if that gives another task.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import yaml

from gitbuddy.errors import GitbuddyError, UsageError
from gitbuddy.git.opening import locate
from gitbuddy.git.taskfile import FOLDER, make_task, read_task
from gitbuddy.values import Kind, Task

NOWHERE: Final = "0" * 40
"""The base of a task that is not committed yet."""
MOST_NAMES: Final = 100


def wanted(text: str, kind: Kind, files: Sequence[str], accept: Sequence[str], *, slug: str = "") -> Task:
    """The task that is asked for; `UsageError` if it is none."""
    raw = {"text": _plain(text), "kind": kind.value, "files": list(files), "accept": list(accept)}
    return make_task(raw, base=NOWHERE, source="file" if slug else "trailer", place="command line", slug=slug)


def write_file(directory: Path, task: Task) -> Path:
    """Write a task file that does not exist yet, named after the slug; it is not added to the index. Its path."""
    top = locate(directory).top
    text = as_markdown(task)
    refuse_other(task, read_task(text, base=NOWHERE, source="file", place="the task file", slug=task.slug))
    folder = _folder(top)
    for name in _names(task.slug):
        with suppress(FileExistsError):
            _write_new(folder / name, text)
            return folder / name
    raise GitbuddyError(f"all names for this task file are taken: {folder / task.slug}.md", "give it other first words")


def as_markdown(task: Task) -> bytes:
    """The task as a task file. It always has front matter, so no text can be taken for one."""
    lists = {name: list(values) for name in ("files", "accept") if (values := getattr(task, name))}
    head = [f"kind: {task.kind.value}", *(f"{name}: {_flow(values)}" for name, values in lists.items())]
    return "\n".join(["---", *head, "---", task.text, ""]).encode()


def _flow(values: list[str]) -> str:
    return yaml.safe_dump(values, default_flow_style=True, allow_unicode=True, width=9999).strip()


def _plain(text: str) -> str:
    """The text with the line ends of a task file; `UsageError` for what is no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(
            f"the text is not UTF-8: character {error.start}", "check the encoding of your terminal"
        ) from error
    return text.replace("\r\n", "\n")


def refuse_other(task: Task, *found: Task) -> None:
    """`UsageError` unless exactly this task was found, wherever it was found."""
    if not same(task, *found):
        hint = "write it in other words, or without unusual characters; a task file keeps more than a commit does"
        raise UsageError(f"the task would not be read as it is written: {task.text[:60]!r}", hint)


def same(task: Task, *found: Task) -> bool:
    """Whether exactly this task was found, wherever it was found."""
    return [_facts(task)] == [_facts(one) for one in found]


def _facts(task: Task) -> Mapping[str, Any]:
    facts = replace(task, base=NOWHERE, origin=replace(task.origin, place=""))
    return {name: getattr(facts, name) for name in Task.__dataclass_fields__}


def _folder(top: Path) -> Path:
    """The folder of task files, made if it is not there; never one that lies outside the work tree."""
    folder = top / FOLDER
    if not folder.resolve().is_relative_to(top):
        raise GitbuddyError(f"the folder of task files leads out of the work tree: {folder}", "make it a plain folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GitbuddyError(f"the folder of task files cannot be made: {folder}: {error.strerror}") from error
    return folder


def _names(slug: str) -> Iterator[str]:
    # A file called README is no task.
    first = f"{slug}-task" if slug == "readme" else slug
    yield f"{first}.md"
    yield from (f"{first}-{number}.md" for number in range(2, MOST_NAMES))


def _write_new(path: Path, text: bytes) -> None:
    """Write a whole file under a name that nothing has, or `FileExistsError`."""
    if any(os.path.lexists(path.with_suffix(ending)) for ending in (".md", ".json")):
        raise FileExistsError(path)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.write_bytes(text)
        os.link(new, path)
    except FileExistsError:
        raise
    except OSError as error:
        raise GitbuddyError(f"the task file cannot be written: {path}: {error.strerror}") from error
    finally:
        new.unlink(missing_ok=True)
