"""Writing a task down where it will be found again: a task file, or the message of a commit.

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
from gitbuddy.git.repo import Repo
from gitbuddy.git.run import run_as_the_user
from gitbuddy.git.taskfile import make_task, read_task
from gitbuddy.git.tasks import FOLDER, OURS, tasks_of
from gitbuddy.values import Kind, Task

NOWHERE: Final = "0" * 40
"""The base of a task that is not committed yet."""
MOST_NAMES: Final = 100
SUBJECT: Final = 64


def wanted(text: str, kind: Kind, files: Sequence[str], accept: Sequence[str], *, slug: str = "") -> Task:
    """The task that is asked for; `UsageError` if it is none."""
    raw = {"text": _plain(text), "kind": kind.value, "files": list(files), "accept": list(accept)}
    return make_task(raw, base=NOWHERE, source="file" if slug else "trailer", place="command line", slug=slug)


def write_file(directory: Path, task: Task) -> Path:
    """Write a task file that does not exist yet, named after the slug; it is not added to the index. Its path."""
    top = locate(directory).top
    text = as_markdown(task)
    _same(task, read_task(text, base=NOWHERE, source="file", place="the task file", slug=task.slug))
    folder = _folder(top)
    for name in _names(task.slug):
        with suppress(FileExistsError):
            _write_new(folder / name, text)
            return folder / name
    raise GitbuddyError(f"all names for this task file are taken: {folder / task.slug}.md", "give it other first words")


def commit(directory: Path, task: Task) -> str:
    """Make an empty commit that asks for the task, as the user would; returns its id. What is staged stays staged."""
    repo = Repo.open(directory)
    branch = repo.head_branch()
    if branch is None or branch.startswith(OURS):
        where = f"this branch: {branch}" if branch else "a detached HEAD"
        raise GitbuddyError(f"gitbuddy looks for tasks on your branches, not on {where}", "check out a branch of yours")
    message = as_message(task)
    _same(task, *tasks_of(repo, repo.commit_tree(repo.tree_of(repo.head()), [repo.head()], message.decode())).tasks)
    before = repo.head()
    options = ["--quiet", "--allow-empty", "--only", "--cleanup=verbatim", "--file=-"]
    code = run_as_the_user(["-c", "i18n.commitEncoding=UTF-8", "commit", *options], cwd=repo.top, stdin=message)
    made = repo.head()
    if code or made == before:
        raise GitbuddyError(f"git commit made no commit, its exit code: {code}", "see what it says above")
    if [_facts(found) for found in tasks_of(repo, made).tasks] != [_facts(task)]:
        hint = "a hook changed its message; see git show, and take it back with: git reset --soft HEAD~1"
        raise GitbuddyError(f"the commit does not ask for the task as it was given: {made[:12]}", hint)
    return made


def as_markdown(task: Task) -> bytes:
    """The task as a task file. It always has front matter, so no text can be taken for one."""
    lists = {name: list(values) for name in ("files", "accept") if (values := getattr(task, name))}
    head = [f"kind: {task.kind.value}", *(f"{name}: {_flow(values)}" for name, values in lists.items())]
    return "\n".join(["---", *head, "---", task.text, ""]).encode()


def as_message(task: Task) -> bytes:
    """The task as a commit message: a subject, and the trailers as its last paragraph."""
    if task.accept:
        raise UsageError("a commit cannot name tests that must pass: --accept", "write a task file: --file")
    if "\n" in task.text:
        raise UsageError(
            "a commit can ask for one paragraph only, and this text has several lines", "write a task file: --file"
        )
    subject = task.text if len(task.text) <= SUBJECT else f"{task.text[: SUBJECT - 3].rstrip()}..."
    trailers = [f"Buddy-Task: {task.text}", f"Buddy-Kind: {task.kind.value}"]
    trailers += [f"Buddy-Files: {' '.join(task.files)}"] if task.files else []
    return "\n".join([f"task: {subject}", "", *trailers, ""]).encode()


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


def _same(task: Task, *found: Task) -> None:
    if [_facts(task)] != [_facts(one) for one in found]:
        hint = "write it in other words, or without unusual characters; a task file keeps more than a commit does"
        raise UsageError(f"the task would not be read as it is written: {task.text[:60]!r}", hint)


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
