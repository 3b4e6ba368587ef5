"""What a person typed, made into a task."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gitbuddy.core.rules.scope import covers
from gitbuddy.errors import GitbuddyError, UsageError
from gitbuddy.git.records import ENDED
from gitbuddy.git.tasks import read_task
from gitbuddy.session import Session, based_on_needs, project_settings, standings_of
from gitbuddy.values import Event, Kind, Origin, Task

MAX_BYTES = 1 << 20
"""Bytes of a task that are read at most; the text limit of the settings is far below."""


def task_of(
    session: Session,
    text: str | None,
    source: str | None,
    kind: str | None,
    files: Sequence[str],
    accept: Sequence[str],
    checks: Sequence[str],
    base: str,
    tier: str | None,
    job: str | None,
    again: bool,
) -> Task:
    """The one task that the arguments name: a text, a file or stdin, or a known task by id."""
    if sum(given is not None for given in (text, source, job)) != 1:
        raise UsageError("name exactly one task: a TEXT, --task FILE, or --job ID", 'git buddy run "what to do"')
    if job is not None:
        return _next_run(session, _known(session, job), again)
    commit = session.repo.resolve(base)
    if operation := session.repo.operation():
        words = f"a {operation} is in progress; the task starts from {base} as committed: {commit[:12]}"
        session.emit(Event("notice", "", {"words": words}))
    if source is not None:
        task = read_task(_read(source), base=commit, source="json", place=source)
    else:
        task = _typed(text or "", commit)
    task = replace(
        task,
        kind=Kind(kind) if kind else task.kind,
        files=tuple(files) or task.files,
        accept=tuple(accept) or task.accept,
        checks=tuple(checks) or task.checks,
        tier=tier or task.tier,
        origin=replace(task.origin, key=commit),
    )
    return _next_run(session, _bounded(session, task), again)


def _typed(text: str, commit: str) -> Task:
    if not text.strip():
        raise UsageError("the task is empty", 'say what to do: git buddy run "make the failing test pass"')
    return Task(Kind.CHANGE, text.strip(), commit, Origin("cli", place="command line"))


def _bounded(session: Session, task: Task) -> Task:
    limit = project_settings(session.repo, task.base).limits.task_characters
    if len(task.text) > limit:
        raise UsageError(f"the task is longer than {limit} characters: {len(task.text)}", "split it into smaller tasks")
    tracked = session.repo.paths(task.base)
    missing = [name for name in task.files if not any(covers(name, path) for path in tracked)]
    if missing and task.kind not in (Kind.GENERATE, Kind.TEST, Kind.TRANSLATE):
        hint = "check the path (it is relative to the top of the repository), or use --kind generate for a new file"
        raise UsageError(f"no such file at the base commit: {missing[0]}", hint)
    return task


def _read(source: str) -> bytes:
    try:
        if source == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with Path(source).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"cannot read the task file: {source}: {error.strerror}", "give a readable file, or - for stdin"
        ) from error


def _known(session: Session, job: str) -> Task:
    """A task found in the repository, or one that already has a record, by the beginning of its id."""
    found = [standing for standing in standings_of(session)[0] if standing.task.id.startswith(job)]
    if len(found) != 1:
        return session.records.find(job).task
    if found[0].state == "blocked":
        raise GitbuddyError(f"the task is not ready: {found[0].why}", "git buddy list")
    return based_on_needs(session, found[0])


def _next_run(session: Session, task: Task, again: bool) -> Task:
    """The task itself, or a deliberate repetition of one that is over.

    A job that gave up is run again because the person asks; one that landed only with `--again`.
    """
    while (job := session.records.existing(task.id)) and job.state in ENDED:
        if job.state == "landed" and not again:
            branch = job.details.get("branch", "")
            raise GitbuddyError(f"this task has landed already: {branch}", f"git show {branch}, or run it with --again")
        task = replace(task, origin=replace(task.origin, run=task.origin.run + 1))
    return task
