"""Who the user is, by git's own rules: environment, then configuration."""

from __future__ import annotations

import re
from pathlib import Path

import pygit2

from gitbuddy.git.objects import signature
from gitbuddy.git.run import GitFailed, run_git

NOBODY = ("gitbuddy", "gitbuddy@localhost")
IDENT = re.compile(rb"(?P<name>.*) <(?P<email>[^<>]*)> (?P<time>\d+) (?P<sign>[+-])(?P<hours>\d\d)(?P<minutes>\d\d)\n?")


def author(top: Path) -> pygit2.Signature:
    """The author of a commit made now; `gitbuddy <gitbuddy@localhost>` if git knows nobody."""
    return _ask(top, "GIT_AUTHOR_IDENT")


def committer(top: Path) -> pygit2.Signature:
    """The committer of a commit made now."""
    return _ask(top, "GIT_COMMITTER_IDENT")


def _ask(top: Path, variable: str) -> pygit2.Signature:
    # useConfigOnly: a person is somebody who gave a name, not what git guesses from the name of the machine.
    try:
        found = IDENT.fullmatch(run_git(["-c", "user.useConfigOnly=true", "var", variable], cwd=top))
    except GitFailed:
        found = None
    if found is None:
        return signature(*NOBODY)
    name, email = (found[key].decode("utf-8", "replace") for key in ("name", "email"))
    offset = int(found["hours"]) * 60 + int(found["minutes"])
    return pygit2.Signature(name, email, int(found["time"]), -offset if found["sign"] == b"-" else offset)
