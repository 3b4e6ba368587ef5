"""What `git buddy doctor` looks at, one function a subject. A problem is a finding with a fix, never an exception."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from gitbuddy import tiering, wiring
from gitbuddy.cli import view
from gitbuddy.config import UserSettings
from gitbuddy.errors import GitbuddyError
from gitbuddy.git.versions import LIBGIT2
from gitbuddy.proposers.prospects import identity_of
from gitbuddy.protocols import Sandbox
from gitbuddy.sandboxes.choose import choose
from gitbuddy.session import Session, open_session, project_settings
from gitbuddy.values import Kind, Origin, Task

GIT_FLOOR = (2, 33)
"""Oldest git whose worktree and ref commands gitbuddy relies on; see docs/reference/requirements.md."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination: `ok`, `note` (works, with less) or `BAD`."""

    mark: Literal["ok", "note", "BAD"]
    subject: str
    words: str
    fix: str = ""

    def facts(self) -> dict[str, Any]:
        return asdict(self)


def examine(directory: str) -> tuple[Finding, ...]:
    """All subjects in order; those of the repository only when there is one."""
    general = (_python(), _git(), Finding("ok", "libgit2", LIBGIT2))
    try:
        session = open_session(directory, {}, view.ignore)
    except GitbuddyError as error:
        return (*general, _sandbox(UserSettings()), Finding("BAD", "repository", error.message, error.hint))
    here = Finding("ok", "repository", str(session.repo.top))
    return (*general, _sandbox(session.user), here, *_cache(session), _models(session), _checks(session))


def _cache(session: Session) -> Iterator[Finding]:
    """Where the worktrees go; a word only if it takes none."""
    cache = session.cache
    found = next(folder for folder in (cache, *cache.parents) if folder.exists())
    if not (found.is_dir() and os.access(found, os.W_OK | os.X_OK)):
        fix = "change its permissions, or choose another folder: git config --global buddy.cache <folder>"
        yield Finding("BAD", "cache", f"no worktree can be made in: {cache}", fix)


def _python() -> Finding:
    return Finding("ok", "python", platform.python_version())


def _git() -> Finding:
    try:
        said = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True, timeout=10).stdout
    except (OSError, subprocess.SubprocessError):
        return Finding("BAD", "git", "git does not run", "install git")
    numbers = tuple(int(part) for part in re.findall(r"\d+", said)[:2])
    if numbers < GIT_FLOOR:
        return Finding("BAD", "git", said.strip(), "install git " + ".".join(map(str, GIT_FLOOR)) + " or newer")
    return Finding("ok", "git", said.strip())


def _finding(subject: str, words: Callable[[], str], problem: Literal["note", "BAD"] = "BAD") -> Finding:
    try:
        return Finding("ok", subject, words())
    except GitbuddyError as error:
        return Finding(problem, subject, error.message, error.hint)


def _sandbox(user: UserSettings) -> Finding:
    try:
        sandbox = choose(user.sandbox, min_tier=user.min_tier)
    except GitbuddyError as error:
        return Finding("BAD", "sandbox", error.message, error.hint)
    words = f"{sandbox.name}, {_standing(sandbox)}"
    if not sandbox.passed_over:
        return Finding("ok", "sandbox", words)
    return Finding("note", "sandbox", words, "for a stronger one: " + "; ".join(sandbox.passed_over))


def _standing(sandbox: Sandbox) -> str:
    if not sandbox.runs:
        return "so no check is run and nothing can be shown"
    return "which you vouch for" if sandbox.findings else "and it has just proved itself"


def _models(session: Session) -> Finding:
    def words() -> str:
        tiers = tiering.cascade_of(session.user, Task(Kind.CHANGE, "x", "", Origin("cli")))
        for tier in tiers:
            if tier.proposer in wiring.MODELS:
                identity_of(tier, tiering.api_key())
        return "cascade: " + ", ".join(f"{tier.name} ({tier.model or 'tools'})" for tier in tiers)

    return _finding("models", words, "note")


def _checks(session: Session) -> Finding:
    def words() -> str:
        base = session.repo.head()
        task = Task(Kind.CHANGE, "x", base, Origin("cli"))
        checks = wiring.checks_of(session.repo, project_settings(session.repo, base), task)
        if not checks:
            raise GitbuddyError("none found in this project", "name one in .buddy/config.toml: [checks.test]")
        return "; ".join(f"{check.name}: {' '.join(check.command)}" for check in checks)

    return _finding("checks", words)
