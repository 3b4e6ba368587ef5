"""Real repositories for tests: fixed people and dates, and a fingerprint that shows whether the user's side moved."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
PEOPLE = {
    "GIT_AUTHOR_NAME": "Ada Author",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Carl Committer",
    "GIT_COMMITTER_EMAIL": "carl@example.org",
}
OURS = ("refs/buddy/", "refs/heads/buddy/", "refs/notes/buddy")
"""Refs that gitbuddy may make; all others are the user's."""


class RepoBuilder:
    """A repository at `path`, made on the branch `main` unless it exists. Each commit is a minute later than the last.

    Everything is done with the real `git`, as a user would: hooks run, the index and the worktree move.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._now = START
        path.mkdir(parents=True, exist_ok=True)
        if not (path / ".git").exists():
            self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        """Run git here and return its output; `CalledProcessError` when it fails."""
        out = subprocess.run(
            ["git", *arguments], cwd=self.path, env=self._environment(), stdin=subprocess.DEVNULL, capture_output=True
        )
        if out.returncode:
            raise subprocess.CalledProcessError(out.returncode, ["git", *arguments], out.stdout, out.stderr)
        return out.stdout.decode("utf-8", "surrogateescape")

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files of the worktree, and the folders they need. The index is left alone."""
        for name, content in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, message: str, files: Mapping[str, str | bytes] | None = None) -> str:
        """Write `files`, add everything and commit; returns the commit's id. Without changes the commit is empty."""
        self.write(files or {})
        self.git("add", "--all")
        self._tick()
        self.git("commit", "--quiet", "--allow-empty", f"--message={message}")
        return self.head()

    def amend(self, message: str) -> str:
        """Reword the last commit; returns its new id."""
        self._tick()
        self.git("commit", "--quiet", "--amend", "--allow-empty", f"--message={message}")
        return self.head()

    def head(self) -> str:
        """The id of the commit that is checked out."""
        return self.git("rev-parse", "HEAD").strip()

    def branch(self, name: str, at: str = "HEAD") -> None:
        """Make a branch without checking it out."""
        self.git("branch", "--no-track", name, at)

    def checkout(self, name: str) -> None:
        """Check out a branch, made here if it does not exist."""
        known = self.git("branch", "--list", "--format=%(refname:short)", name).split()
        self.git("checkout", "--quiet", *([] if known else ["-b"]), name)

    def squash(self, branch: str, message: str) -> str:
        """`git merge --squash` and commit; returns the commit's id."""
        self.git("merge", "--quiet", "--squash", branch)
        return self.commit(message)

    def cherry_pick(self, commit: str) -> str:
        """Pick a commit onto the branch that is checked out; returns the new one's id."""
        self._tick()
        self.git("cherry-pick", "--allow-empty", commit)
        return self.head()

    def rebase(self, onto: str) -> str:
        """Rebase the branch that is checked out; returns its new tip."""
        self._tick()
        self.git("rebase", "--quiet", onto)
        return self.head()

    def poison_hooks(self, proof: Path) -> None:
        """Install every common hook as a program that writes to `proof` and fails: nothing may run them."""
        for name in ("pre-commit", "post-commit", "post-checkout", "reference-transaction", "post-index-change"):
            hook = self.path / ".git/hooks" / name
            hook.parent.mkdir(exist_ok=True)
            hook.write_text(f"#!/bin/sh\necho {name} >> '{proof}'\nexit 1\n")
            hook.chmod(0o755)

    def manifest(self) -> str:
        """Fingerprint of all that is the user's: worktree, index, stash, HEAD, config, hooks and refs but ours."""
        digest = hashlib.sha256()
        for line in (*self._worktree(), *self._state()):
            digest.update(line + b"\n")
        return digest.hexdigest()

    def _worktree(self) -> Iterator[bytes]:
        for folder, folders, names in os.walk(self.path):
            folders[:] = sorted(name for name in folders if name != ".git")
            for name in sorted((*names, *folders)):
                path = Path(folder, name)
                yield b"%s %o %s" % (os.fsencode(path.relative_to(self.path)), path.lstat().st_mode, _content(path))

    def _state(self) -> Iterator[bytes]:
        git = self.path / ".git"
        for path in (git / "HEAD", git / "index", git / "config", *sorted(git.glob("hooks/*"))):
            yield path.name.encode() + b" " + _content(path)
        refs = self.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        yield from (ref.encode("utf-8", "surrogateescape") for ref in refs if not ref.startswith(OURS))
        yield self.git("stash", "list").encode()

    def _tick(self) -> None:
        self._now += timedelta(minutes=1)

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        kept = {name: os.environ[name] for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM") if name in os.environ}
        date = self._now.isoformat()
        fixed = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "GIT_EDITOR": "false", "GIT_TERMINAL_PROMPT": "0"}
        return inherited | kept | PEOPLE | fixed | {"LC_ALL": "C"}


def _content(path: Path) -> bytes:
    mode = path.lstat().st_mode if os.path.lexists(path) else 0
    if stat.S_ISLNK(mode):
        return os.fsencode(path.readlink())
    return hashlib.sha256(path.read_bytes()).hexdigest().encode() if stat.S_ISREG(mode) else b"-"
