"""What git's hooks do here. They look at the snapshot that is being committed and write to nothing of the user's."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitbuddy.cli import quick
from gitbuddy.mending.hand import Hand, hand_of, top_of
from gitbuddy.mending.look import BROKEN, CLEAN
from gitbuddy.mending.plain import WITHIN

if TYPE_CHECKING:
    from gitbuddy.git.repo import Repo
    from gitbuddy.mending.mender import Mended

SHOWN = 60
"""Lines of a proposal that are shown; the rest is a command away."""


def pre_commit(directory: str) -> int:
    """Lint what is staged; 1 stops the commit. A proposal is parked, and its owner told how to take it."""
    started = time.monotonic()
    if quick.nothing_staged(directory):
        return 0
    top = top_of(Path(directory))
    hand = quick.staged(top) if top else None
    for name in hand.missing if hand else ():
        _say(f"gitbuddy: not installed, so not asked: {name}")
    return _at_length(hand, started) if hand and hand.tools else 0


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
    dirty = frozenset(quick.changed(top, "HEAD"))
    committed = quick.changed(top, "HEAD", of_commit=True)
    hand = hand_of(top, [path for path in committed if path not in dirty and (top / path).is_file()])
    looks = quick.looked(hand, quick.HOOK)
    if all(each.state in (CLEAN, BROKEN) for each in looks):
        return 0
    from gitbuddy import handwork

    if job := handwork.queue(hand, looks):
        _say(f"gitbuddy: what the linters still complain of is task {job[:8]}; git buddy work runs it")
    return 0


def _say(text: str) -> None:
    from gitbuddy.cli.view import printable

    click.echo(printable(text), file=sys.stderr)
