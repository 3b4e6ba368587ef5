"""What git's hooks do here. They look at the snapshot that is being committed and write to nothing of the user's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitbuddy.mending.hand import Hand, hand_of, top_of
from gitbuddy.mending.look import BROKEN, CLEAN, look
from gitbuddy.mending.plain import run

if TYPE_CHECKING:
    from gitbuddy.git.repo import Repo
    from gitbuddy.mending.mender import Mended

BUDGET = 5.0
"""Seconds that a person will wait for a commit, where `buddy.hookSeconds` says nothing else."""
WITHIN = "GITBUDDY_HOOK"
"""Set for all that a hook of ours starts: a hook that commits would otherwise come back here without end."""
LISTING = 30.0
SHOWN = 60
"""Lines of a proposal that are shown; the rest is a command away."""


def pre_commit(directory: str) -> int:
    """Lint what is staged; 1 stops the commit. A proposal is parked, and its owner told how to take it."""
    started = time.monotonic()
    top = None if os.environ.get(WITHIN) else top_of(Path(directory))
    if top is None or not (staged := _listed(top, "--cached", "--diff-filter=ACMRT")):
        return 0
    hand = hand_of(top, staged)
    if not hand.tools:
        return 0
    if _as_staged(top, staged):
        looks = look(hand.tools, hand.files, lambda commands: run(commands, top, BUDGET))
        if all(each.state == CLEAN for each in looks):
            return 0
    return _at_length(hand, started)


def _at_length(hand: Hand, started: float) -> int:
    """The staged snapshot in a worktree of its own: what is found there, and what would be better."""
    from gitbuddy import handwork
    from gitbuddy.git.repo import Repo
    from gitbuddy.git.snapshot import of_index

    repo = Repo.open(hand.top, unborn=True)
    snapshot = of_index(repo, os.environ)
    operation = repo.operation()
    budget = handwork.hook_seconds(repo)
    flags = None if operation else dict[str, str]()
    mended = handwork.mend_snapshot(repo, snapshot, hand.tools, started + budget, flags)
    for finding in mended.left.all:
        _say(str(finding))
    for note in mended.notes:
        _say(f"gitbuddy: {note}")
    for name in sorted(mended.found.silent):
        _say(f"gitbuddy: {name} cannot tell what it finds, see it by hand")
    if operation:
        _say(f"gitbuddy: only looked, since a {operation} is in progress")
    elif mended.changes:
        _propose(repo, snapshot.commit, mended)
    return int(bool(mended.found.all))


def _propose(repo: Repo, snapshot: str, mended: Mended) -> None:
    from gitbuddy import handwork

    commit = handwork.park(repo, snapshot, mended)
    lines = repo.diff(snapshot, commit).splitlines()
    for line in lines[:SHOWN]:
        _say(line)
    if len(lines) > SHOWN:
        _say(f"[... {len(lines) - SHOWN} more lines: git buddy apply --show]")
    if mended.by_model:
        _say(f"gitbuddy: lines by {mended.model} in: {', '.join(mended.by_model)}")
    mends = len(mended.found.all) - len(mended.left.all)
    _say(f"gitbuddy: this would mend {mends} of {len(mended.found.all)} complaints; nothing was changed. To take it:")
    _say("  git buddy apply")


def post_commit(directory: str) -> int:
    """Queue what is still complained of in the commit just made. Never fails, never changes a file."""
    top = None if os.environ.get(WITHIN) else top_of(Path(directory))
    if top is None:
        return 0
    changed = _listed(top, "HEAD", of_commit=True)
    dirty = frozenset(_listed(top, "HEAD"))
    files = [path for path in changed if path not in dirty and (top / path).is_file()]
    hand = hand_of(top, files)
    if not files or not hand.tools:
        return 0
    looks = look(hand.tools, hand.files, lambda commands: run(commands, top, BUDGET))
    if all(each.state in (CLEAN, BROKEN) for each in looks):
        return 0
    from gitbuddy import handwork

    if job := handwork.queue(hand, looks):
        _say(f"gitbuddy: what the linters still complain of is task {job[:8]}; git buddy work runs it")
    return 0


def _as_staged(top: Path, staged: Sequence[str]) -> bool:
    """Whether the files on disk are the ones that are staged, so that looking at them is looking at the commit."""
    return frozenset(staged).isdisjoint(_listed(top)) and all((top / path).is_file() for path in staged)


def _listed(top: Path, *arguments: str, of_commit: bool = False) -> tuple[str, ...]:
    """Paths that git tells, with what it told this hook: the index of a `commit -a` is not the usual one."""
    verb = ("diff-tree", "--root", "--no-commit-id", "-r", "--diff-filter=ACMRT") if of_commit else ("diff",)
    common = ("--name-only", "-z", "--no-ext-diff", "--no-renames", "--ignore-submodules=all")
    done = subprocess.run(
        [shutil.which("git") or "git", "-c", "core.fsmonitor=false", *verb, *common, *arguments],
        cwd=top,
        env=os.environ | {"GIT_OPTIONAL_LOCKS": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=LISTING,
        check=False,
    )
    return tuple(os.fsdecode(path) for path in done.stdout.split(b"\0") if path) if done.returncode == 0 else ()


def _say(text: str) -> None:
    from gitbuddy.cli.view import printable

    click.echo(printable(text), file=sys.stderr)
