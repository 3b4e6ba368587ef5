"""What a hook does most of the time, at the least cost: find that there is nothing to mend.

`main` asks here first. Only the standard library and the table of linters are imported; whatever is out of the ordinary
(an option, a complaint, an error) is left to the command itself, which asks no linter a second time.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from gitbuddy.linters import program
from gitbuddy.mending.hand import Hand, files_of, hand_of, top_of
from gitbuddy.mending.look import CLEAN, Look, look
from gitbuddy.mending.plain import WITHIN, run

BUDGET = 60.0
"""Seconds that `fix-lint` may take where nothing else is said."""
HOOK = 5.0
"""Seconds that a person will wait for a commit, where nothing else is said."""
LISTING = 30.0
"""Seconds that git may take to name the staged files."""


def nothing_to_do(arguments: Sequence[str]) -> bool:
    """Whether this command line, if it is one of a hook, finds nothing: then it has been carried out."""
    try:
        match list(arguments):
            case ["hook", "run", "pre-commit"]:
                return nothing_staged(".")
            case ["fix-lint", "--budget", budget, *files] if budget.isdecimal() and _plain(files):
                return _clean(tuple(files), float(budget))
            case ["fix-lint", *files] if _plain(files):
                return _clean(tuple(files), BUDGET)
    except Exception:
        return False
    return False


def _plain(files: Sequence[str]) -> bool:
    return bool(files) and not any(name.startswith("-") for name in files)


def _clean(files: tuple[str, ...], seconds: float) -> bool:
    top = top_of(Path())
    try:
        hand = handed(top, ".", files) if top else None
    except ValueError:
        return False
    return hand is not None and not hand.missing and _all_clean(looked(hand, seconds))


def _all_clean(looks: Sequence[Look]) -> bool:
    return all(each.state == CLEAN for each in looks)


@cache
def handed(top: Path, directory: str, files: tuple[str, ...]) -> Hand:
    """The files of a command line with their tools. Raises `ValueError` for a path that is none."""
    return hand_of(top, files_of(top, Path(directory), files))


@cache
def looked(hand: Hand, seconds: float) -> tuple[Look, ...]:
    """What the linters say of these files as they stand on disk; they are asked once in a process."""
    return look(hand.tools, hand.files, lambda commands: run(commands, hand.top, seconds))


def nothing_staged(directory: str) -> bool:
    """Whether the commit being made holds nothing that a linter complains of.

    Files on disk are looked at only where they are the staged ones.
    """
    top = None if os.environ.get(WITHIN) else top_of(Path(directory))
    hand = staged(top) if top else None
    if hand is None or not (hand.tools or hand.missing):
        return True
    return bool(hand.tools) and as_staged(hand) and _all_clean(looked(hand, HOOK))


@cache
def staged(top: Path) -> Hand | None:
    """The new and changed files of the commit being made, with their tools; None without any."""
    files = changed(top, "--cached", "--diff-filter=ACMRT")
    return hand_of(top, files) if files else None


def as_staged(hand: Hand) -> bool:
    """Whether the files on disk are the ones that are staged, so that looking at them is looking at the commit."""
    return frozenset(hand.files).isdisjoint(changed(hand.top)) and all((hand.top / p).is_file() for p in hand.files)


def changed(top: Path, *arguments: str, of_commit: bool = False) -> tuple[str, ...]:
    """Paths that git tells, with what it told this hook: the index of a `commit -a` is not the usual one."""
    verb = ("diff-tree", "--root", "--no-commit-id", "-r", "--diff-filter=ACMRT") if of_commit else ("diff",)
    common = ("--name-only", "-z", "--no-ext-diff", "--no-renames", "--ignore-submodules=all")
    done = subprocess.run(
        [program("git", top) or "git", "-c", "core.fsmonitor=false", *verb, *common, *arguments],
        cwd=top,
        env=os.environ | {"GIT_OPTIONAL_LOCKS": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=LISTING,
        check=False,
    )
    return tuple(os.fsdecode(path) for path in done.stdout.split(b"\0") if path) if done.returncode == 0 else ()
