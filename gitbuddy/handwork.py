"""Settings -> lint mended in the files in hand. It names concrete parts as `wiring` does, which is for jobs.

No branch lands: what is better goes back to whoever asked, and what is left may be queued as a task.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from gitbuddy.config import UserSettings
from gitbuddy.errors import GitbuddyError, ModelUnavailable, Rejected
from gitbuddy.git import inplace, parked
from gitbuddy.git.records import Records
from gitbuddy.git.repo import Repo
from gitbuddy.git.snapshot import Snapshot, of_worktree
from gitbuddy.git.worktree import Pool
from gitbuddy.mending.bench import Bench
from gitbuddy.mending.findings import findings_of
from gitbuddy.mending.hand import Hand
from gitbuddy.mending.keeping import Undone
from gitbuddy.mending.look import Look, Tool
from gitbuddy.mending.mender import Mended, mend
from gitbuddy.mending.repair import Repairer
from gitbuddy.proposers.catalogue import pull_hint
from gitbuddy.proposers.replay import Replay
from gitbuddy.protocols import Sandbox
from gitbuddy.sandboxes.choose import choose
from gitbuddy.sandboxes.plain import Plain
from gitbuddy.sandboxes.toolchain import find_toolchain
from gitbuddy.session import cache_folder, project_settings, user_settings
from gitbuddy.temporary import sweep
from gitbuddy.tiering import automatic_tiers, configured_tiers
from gitbuddy.values import Change, Event, Kind, Origin, Task
from gitbuddy.wiring import MODELS, limits_of

TEXT = "Mend what the linters complain of."
MOST_TOLD = 30
"""Complaints that a queued task tells of; whoever runs it finds the others."""


def mend_files(hand: Hand, until: float, flags: Mapping[str, str] | None) -> Mended:
    """Mend files on disk: in a worktree of their own, then, where they are better, in their place.

    `until` is a moment of the monotonic clock; `flags` win over the user's settings, None asks no model.
    """
    repo = Repo.open(hand.top, unborn=True)
    try:
        snapshot = of_worktree(repo, hand.files)
    except Rejected as rejected:
        raise GitbuddyError(f"the files here make no tree: {rejected.refused.words}", "see git status") from rejected
    mended = mend_snapshot(repo, snapshot, hand.tools, until, flags)
    return _written(repo, mended)


def mend_snapshot(
    repo: Repo, snapshot: Snapshot, tools: Sequence[Tool], until: float, flags: Mapping[str, str] | None
) -> Mended:
    """Mend the files of a snapshot, in a worktree that stands at it. Nothing of the user's is written."""
    sweep()
    user = user_settings(repo.settings(), os.environ, flags or {})
    project = project_settings(repo, snapshot.commit)
    sandbox, why_plain = _sandbox(user.sandbox, user.min_tier)
    linted = {path for tool in tools for path in tool.files}
    notes = tuple(f"left out: {p}: {words}" for p, words in sorted(snapshot.left_out.items()) if p in linted)
    task = Task(Kind.FIX_LINT, TEXT, snapshot.commit, Origin("cli", snapshot.commit), tuple(snapshot.files))
    cache = cache_folder(user)
    asks = flags is not None and sandbox.confines
    pool = Pool(repo, cache / repo.identity, project.worktree.dependencies, watch=sandbox.closed)
    with pool.slot(snapshot.commit) as slot:
        bench = Bench(slot, sandbox, limits_of(project), tuple(tools), task, project.guard, until)
        mended = mend(bench, tuple(snapshot.files), partial(_repairer, user, cache) if asks else None)
    return replace(mended, notes=(*notes, *mended.notes, *([why_plain] if why_plain else ())))


def _sandbox(wanted: str, min_tier: str) -> tuple[Sandbox, str]:
    """(where tools run, why it is none). Without a sandbox the user's own tools run as they would by hand."""
    try:
        sandbox = choose(wanted, min_tier=min_tier)
        why = "; ".join(sandbox.passed_over)
    except GitbuddyError as error:
        sandbox, why = None, error.message
    if sandbox is not None and sandbox.runs:
        return sandbox, ""
    words = f"no sandbox works here, so your tools ran without one and no model was asked: {why}"
    return Plain(find_toolchain(os.environ, Path.home())), words


def _repairer(user: UserSettings, cache: Path) -> Repairer:
    """The first tier that is a model. Raises `ModelUnavailable`."""
    known = configured_tiers(user) if user.tiers else automatic_tiers(user)
    tiers = [tier for tier in known if not tier.is_tool]
    if not tiers:
        raise ModelUnavailable("none is installed or set", pull_hint())
    tier = tiers[0]
    make = MODELS.get(tier.proposer)
    return Repairer(make(tier, cache) if make else Replay(Path(tier.model)), tier, _quiet)


def _quiet(event: Event) -> None:
    """A hook shows no live view."""


def _written(repo: Repo, mended: Mended) -> Mended:
    """Write what is better to the user's files; one that cannot be written is told as undone."""
    git_dir = repo.git_dir
    inplace.sweep(git_dir)
    kept: list[Change] = []
    undone: list[Undone] = []
    for change in mended.changes:
        if why := inplace.write(repo.top, git_dir, change):
            undone.append(Undone(change.path, why))
        else:
            kept.append(change)
    return replace(mended, changes=tuple(kept), undone=(*mended.undone, *undone))


def hook_seconds(repo: Repo) -> float:
    """How long this user waits for a commit."""
    return user_settings(repo.settings(), os.environ, {}).hook_seconds


def park(repo: Repo, snapshot: str, mended: Mended) -> str:
    """Keep what would be better for its owner to take; the commit that it is now."""
    return parked.park(repo, snapshot, mended.changes)


def queue(hand: Hand, looks: Sequence[Look]) -> str:
    """Make a task of what is complained of in the commit that is checked out; its id, or "" where nothing is named."""
    found = findings_of(looks, hand.files, (str(hand.top),))
    if not found.all:
        return ""
    repo = Repo.open(hand.top)
    head = repo.head()
    told = "\n".join(str(finding) for finding in found.all[:MOST_TOLD])
    files = tuple(sorted(found.by_file))
    task = Task(Kind.FIX_LINT, f"{TEXT}\n\n{told}", head, Origin("hook", head, "post-commit"), files)
    return Records(repo).enqueue(task).task.id
