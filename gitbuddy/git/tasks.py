"""Tasks that wait in the repository: files in `.buddy/tasks/` and `Buddy-Task` trailers of commits.

A task is what is asked, not the commit that carries it: a squash, rebase, cherry-pick or amend brings up the same task
again, with the same id, and it counts once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from gitbuddy.errors import UsageError
from gitbuddy.git.registry import SEALED
from gitbuddy.git.repo import Repo
from gitbuddy.git.run import run_git
from gitbuddy.git.taskfile import FOLDER, LIMIT, make_task, read_task
from gitbuddy.values import Task

__all__ = ["Found", "find_tasks", "read_task", "tasks_of"]

OURS: Final = "buddy/"
SUFFIXES: Final = (".md", ".json")
SLUG: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
TRAILERS: Final = ("Buddy-Task", "Buddy-Kind", "Buddy-Files", "Buddy-Needs")
MOST_COMMITS: Final = 5_000
"""Commits with a trailer that are looked at, newest first."""


@dataclass(frozen=True, slots=True)
class Found:
    """Tasks, each once, and what is wrong with those that cannot be read."""

    tasks: tuple[Task, ...]
    problems: tuple[str, ...]


def find_tasks(repo: Repo, limit: int = LIMIT) -> Found:
    """All tasks on local branches but those gitbuddy made (`buddy/*`): files by name, then trailers, oldest first.

    The same task in several places has its base where it counts most: on the branch that is checked out, else on the
    first branch by name (files) or on the newest commit (trailers).
    """
    tasks: dict[str, Task] = {}
    problems: dict[str, None] = {}
    for reading in (*_files(repo, limit), *_trailers(repo, limit)):
        if isinstance(reading, Task):
            tasks.setdefault(reading.id, reading)
        else:
            problems[reading] = None
    return Found(tuple(tasks.values()), tuple(problems))


def tasks_of(repo: Repo, commit: str, limit: int = LIMIT) -> Found:
    """The tasks that the trailers of one commit ask for."""
    readings = [
        reading for oid, values in _log(repo, ["--no-walk", commit]) for reading in _of_commit(oid, values, limit)
    ]
    tasks = tuple(reading for reading in readings if isinstance(reading, Task))
    return Found(tasks, tuple(reading for reading in readings if isinstance(reading, str)))


def _branches(repo: Repo) -> list[tuple[str, str]]:
    """(name, tip) of the branches people made, the one that is checked out first."""
    here = repo.head_branch()
    mine = [(name, tip) for name, tip in repo.branches().items() if not name.startswith(OURS)]
    return sorted(mine, key=lambda branch: (branch[0] != here, branch[0]))


def _files(repo: Repo, limit: int) -> list[Task | str]:
    found: dict[tuple[str, str], Task | str] = {}
    for branch, tip in _branches(repo):
        for path in repo.objects.files(tip, FOLDER):
            name = PurePosixPath(path)
            if name.suffix in SUFFIXES and name.stem.lower() != "readme":
                reading = _file(repo, branch, tip, path, limit)
                key = reading.id if isinstance(reading, Task) else reading
                found.setdefault((path, key), reading)
    return [found[key] for key in sorted(found)]


def _file(repo: Repo, branch: str, tip: str, path: str, limit: int) -> Task | str:
    place = f"{branch}:{path}"
    slug = PurePosixPath(path).stem
    size = repo.objects.size(tip, path) or 0
    if not SLUG.fullmatch(slug):
        return f"task {place}: a file name that makes no slug: {slug}"
    if size > 4 * limit + 65_536:
        return f"task {place}: it is too long: {size} bytes"
    file = repo.read(tip, path)
    try:
        return read_task(file.data if file else b"", base=tip, source="file", place=place, slug=slug, limit=limit)
    except UsageError as error:
        return error.message


def _trailers(repo: Repo, limit: int) -> list[Task | str]:
    """Newest commit first in git's order; the same request further down is not listed again."""
    found: dict[str, Task | str] = {}
    here = repo.head_branch()
    own = [] if here is None or here.startswith(OURS) else [f"refs/heads/{here}"]
    for revisions in ([own] if own else []) + [[f"--exclude={OURS}*", "--branches"]]:
        for commit, values in _log(repo, revisions):
            for reading in reversed(tuple(_of_commit(commit, values, limit))):
                found.setdefault(reading.id if isinstance(reading, Task) else reading, reading)
    return list(reversed(found.values()))


def _of_commit(commit: str, values: Mapping[str, list[str]], limit: int) -> Iterator[Task | str]:
    """One task for each `Buddy-Task` of a commit; its other trailers hold for all of them."""
    shared: dict[str, Any] = {
        "kind": values["Buddy-Kind"][-1] if values["Buddy-Kind"] else None,
        "files": " ".join(values["Buddy-Files"]),
        "needs": " ".join(values["Buddy-Needs"]),
    }
    for text in values["Buddy-Task"]:
        try:
            yield make_task(shared | {"text": text}, base=commit, source="trailer", place=commit[:12], limit=limit)
        except UsageError as error:
            yield error.message


def _log(repo: Repo, revisions: list[str]) -> Iterator[tuple[str, Mapping[str, list[str]]]]:
    """(commit, values by trailer), parsed by git's own rules for trailers."""
    fields = "%x00".join(f"%(trailers:key={name},valueonly,unfold,separator=%x0a)" for name in TRAILERS)
    command = ["log", "-z", f"--max-count={MOST_COMMITS}", "--regexp-ignore-case", "--basic-regexp"]
    command += ["--no-show-signature", "--no-color", f"--grep=^{TRAILERS[0]}", f"--format=%H%x00{fields}"]
    out = run_git([*command, *revisions, "--"], git_dir=repo.common_dir, environment=SEALED)
    parts = out.decode("utf-8", "replace").split("\0")
    width = 1 + len(TRAILERS)
    for start in range(0, len(parts) - width + 1, width):
        commit, *values = parts[start : start + width]
        yield commit, {name: value.splitlines() for name, value in zip(TRAILERS, values, strict=True)}
