"""Finding a repository, and saying clearly why one cannot be used."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import NamedTuple

from gitbuddy.errors import GitbuddyError, UsageError
from gitbuddy.git.run import GitFailed, run_git, run_git_code

CLASSIC = "gitbuddy reads git's classic format; use a clone made with `git clone` and no format options"
REFUSALS = (
    ("not a git repository", "not a git repository", "run this inside a repository, or `git init` and commit first"),
    (
        "dubious ownership",
        "this repository belongs to another user",
        "git config --global --add safe.directory {path}",
    ),
    ("refstorage", "this repository uses reftable, which is not supported yet", CLASSIC),
    ("repository extension", "this repository uses a format that is not supported yet", CLASSIC),
    (
        "cannot use bare repository",
        "this repository is bare, or this is its .git folder, so this is not inside a work tree",
        "run this in a checkout; a bare repository among the files of a project is never used",
    ),
    ("must be run in a work tree", "this is not inside a work tree", "run this in a checkout, not in its .git folder"),
)
"""(what git says, our sentence, our hint)."""


class Place(NamedTuple):
    """Where a repository lies, symlinks resolved."""

    top: Path
    common_dir: Path


def locate(path: Path) -> Place:
    """Ask git for the repository around `path`; `GitbuddyError` for those that cannot be used."""
    if not path.is_dir():
        raise UsageError(f"no such folder: {path}", "name the folder of a repository")
    bare, kind, common = _ask(path, "--is-bare-repository", "--show-object-format", "--git-common-dir")
    if bare == "true":
        raise GitbuddyError(f"this repository is bare, it has no work tree: {path}", "run this in a clone of it")
    if kind != "sha1":
        raise GitbuddyError(f"this repository uses {kind} object names, which is not supported yet: {path}", CLASSIC)
    (top,) = _ask(path, "--show-toplevel")
    _refuse_extensions(Path(top))
    return Place(Path(top).resolve(), Path(common).resolve())


def _ask(path: Path, *questions: str) -> list[str]:
    try:
        out = run_git(["rev-parse", "--path-format=absolute", *questions], cwd=path)
    except GitFailed as error:
        raise _refusal(path, error) from error
    return os.fsdecode(out).splitlines()


def _refusal(path: Path, error: GitFailed) -> GitbuddyError:
    # The folder that git means may lie above ours; what it wants declared safe is that one, word for word.
    meant = re.search(r" at '(.+)'$", error.words, re.MULTILINE)
    folder = meant[1] if meant else str(path.absolute())
    for words, sentence, hint in REFUSALS:
        if words in error.words:
            return GitbuddyError(f"{sentence}: {folder}", hint.format(path=shlex.quote(folder)))
    return error


def _refuse_extensions(top: Path) -> None:
    _, out = run_git_code(["config", "--null", "--get-regexp", r"^extensions\."], cwd=top)
    found = dict(record.partition("\n")[::2] for record in os.fsdecode(out).split("\0")[:-1])
    if found.get("extensions.refstorage", "files") != "files":
        raise GitbuddyError(f"this repository uses reftable, which is not supported yet: {top}", CLASSIC)
    # Git 2.39 marks such a clone by its remote alone.
    promisor, _ = run_git_code(["config", "--get-regexp", r"^remote\..*\.promisor$"], cwd=top)
    if "extensions.partialclone" in found or promisor == 0:
        hint = "make a full clone (no --filter); in actions/checkout leave out `filter`"
        raise GitbuddyError(f"this is a partial clone, objects may be missing: {top}", hint)
