"""A commit that asks for a task: empty, with the trailers of the task, and made as the user would make it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gitbuddy.errors import GitbuddyError, UsageError
from gitbuddy.git.asking import refuse_other, same
from gitbuddy.git.repo import Repo
from gitbuddy.git.run import run_as_the_user
from gitbuddy.git.tasks import OURS, tasks_of
from gitbuddy.values import Task

SUBJECT: Final = 64
"""Characters of the task's text in the subject."""


def commit(directory: Path, task: Task) -> str:
    """Make an empty commit that asks for the task, as the user would; returns its id. What is staged stays staged."""
    repo = Repo.open(directory)
    branch = repo.head_branch()
    if branch is None or branch.startswith(OURS):
        where = f"this branch: {branch}" if branch else "a detached HEAD"
        raise GitbuddyError(f"gitbuddy looks for tasks on your branches, not on {where}", "check out a branch of yours")
    message = as_message(task)
    refuse_other(
        task, *tasks_of(repo, repo.commit_tree(repo.tree_of(repo.head()), [repo.head()], message.decode())).tasks
    )
    before = repo.head()
    options = ["--quiet", "--allow-empty", "--only", "--cleanup=verbatim", "--file=-"]
    code = run_as_the_user(["-c", "i18n.commitEncoding=UTF-8", "commit", *options], cwd=repo.top, stdin=message)
    made = repo.head()
    if code or made == before:
        raise GitbuddyError(f"git commit made no commit, its exit code: {code}", "see what it says above")
    if not same(task, *tasks_of(repo, made).tasks):
        hint = "a hook changed its message; see git show, and take it back with: git reset --soft HEAD~1"
        raise GitbuddyError(f"the commit does not ask for the task as it was given: {made[:12]}", hint)
    return made


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
