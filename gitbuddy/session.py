"""One repository and one person's settings: what every command starts from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gitbuddy.config import PROJECT_FILE, ProjectSettings, UserSettings, parse_project, parse_user
from gitbuddy.core.schedule import Standing, standings
from gitbuddy.errors import UsageError
from gitbuddy.git import recovery
from gitbuddy.git.records import Records
from gitbuddy.git.repo import Repo
from gitbuddy.git.settings import read_settings
from gitbuddy.git.tasks import find_tasks
from gitbuddy.temporary import sweep
from gitbuddy.values import Emit, Event, Task


@dataclass(frozen=True)
class Session:
    """One repository and one person's settings, as every command needs them."""

    repo: Repo
    records: Records
    user: UserSettings
    emit: Emit

    @property
    def cache(self) -> Path:
        """Where worktrees and cached results of this repository live: outside its tree and its `.git`."""
        return cache_folder(self.user) / self.repo.identity


def open_session(directory: str, flags: Mapping[str, Any], emit: Emit, *, unborn: bool = False) -> Session:
    """Open the repository at `directory` with this user's settings; `flags` win over all others.

    `unborn`: as `Repo.open` has it, for commands that only read records.
    """
    repo = Repo.open(Path(directory), unborn=unborn)
    return Session(repo, Records(repo), user_settings(repo.settings(), os.environ, flags), emit)


def settings_at(directory: str, flags: Mapping[str, Any]) -> UserSettings:
    """This user's settings as seen from a folder, which need not be in a repository."""
    if not Path(directory).is_dir():
        raise UsageError(f"there is no such folder: {directory}", "give an existing one with -C")
    return user_settings(read_settings(Path(directory)), os.environ, flags)


def cache_folder(user: UserSettings) -> Path:
    """The user's cache directory for gitbuddy (XDG base directory specification)."""
    if user.cache:
        return Path(user.cache).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base).absolute() / "gitbuddy"


def user_settings(
    git_config: Mapping[str, Any], environment: Mapping[str, str], flags: Mapping[str, Any]
) -> UserSettings:
    """git config < environment < flags. `--model` and `--replay` stand for a cascade of one tier, without a search."""
    raw = dict(git_config)
    if host := environment.get("OLLAMA_HOST"):
        raw.setdefault("endpoint", host if "://" in host else f"http://{host}")
    for name in ("endpoint", "sandbox", "min_tier", "mutate_seconds", "cache"):
        if value := environment.get(f"GITBUDDY_{name.upper()}"):
            raw[name] = value
    raw.update({name: value for name, value in flags.items() if name in ("endpoint", "sandbox")})
    if "replay" in flags:
        only = {"replay": {"proposer": "replay", "model": flags["replay"]}}
        raw |= {"tiers": ("replay",), "tier": only, "mutate_seconds": 0}
    elif "model" in flags:
        raw |= {"tiers": ("fast",), "tier": {"fast": {"model": flags["model"]}}, "mutate_seconds": 0}
    return parse_user(raw)


def project_settings(repo: Repo, base: str) -> ProjectSettings:
    """`.buddy/config.toml` as of the base commit, whatever the checkout or a proposal says."""
    file = repo.read(base, PROJECT_FILE)
    return parse_project(file.data if file else None, f"{PROJECT_FILE} at {base[:12]}")


def recover(session: Session) -> None:
    """Settle what a killed process left: half-landed jobs are finished, claimed ones queued again, folders removed."""
    sweep()
    for sentence in recovery.recover(session.repo, session.records):
        session.emit(Event("notice", "", {"words": sentence}))


def standings_of(session: Session) -> tuple[tuple[Standing, ...], tuple[str, ...]]:
    """The tasks found in the repository with their standing, and the problems met while reading them."""
    found = find_tasks(session.repo)
    jobs, problems = session.records.listing()
    states = {job.id: job.state for job in jobs}
    queued = tuple(job.task for job in reversed(jobs) if job.task.origin.source == "hook")  # these stand nowhere else
    return standings((*found.tasks, *queued), states), (*found.problems, *problems)


def based_on_needs(session: Session, standing: Standing) -> Task:
    """The task with its base moved onto the landed outcomes of what it needs, so that it builds on them."""
    landed = [session.records.find(need.id).details["commit"] for need in standing.needs]
    return replace(standing.task, base=session.repo.combine([standing.task.base, *landed]))
