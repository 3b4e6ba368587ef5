"""What the tests of hooks share: a hook of the user's own, and a stand-in for the Python that a shim starts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from sample import NONE, Ran, compiled

from gitbuddy.testing.repo import RepoBuilder


def own_hook(repo: RepoBuilder, name: str = "pre-commit", code: int = 0) -> Path:
    """A hook of the user's own that writes its name and arguments to `own` in the work tree and ends with `code`."""
    return write_hook(repo.path / ".git/hooks" / name, f'#!/bin/sh\necho {name} "$@" >> own\nexit {code}\n')


def write_hook(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def stand_in(folder: Path, code: int = 0) -> str:
    """A program in place of Python that writes its arguments to `buddy` in the folder it is started in."""
    return str(write_hook(folder / "a python", f'#!/bin/sh\necho "$@" >> buddy\nexit {code}\n'))


def said(repo: RepoBuilder, name: str) -> list[str]:
    """What was written to `own` or `buddy` since the last time this was asked."""
    file = repo.path / name
    lines = file.read_text().splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return lines


def commit(folder: Path, *options: str, extra: Mapping[str, str] = NONE) -> Ran:
    """An empty `git commit` in `folder`."""
    command = ["git", "commit", "--allow-empty", *(options or ("--message=x",))]
    done = subprocess.run(command, cwd=folder, env=compiled() | dict(extra), capture_output=True, text=True)
    return Ran(done.returncode, done.stdout, done.stderr)


def buddy(folder: Path, *arguments: str, extra: Mapping[str, str] = NONE) -> Ran:
    """The real `git buddy` in a process of its own."""
    command = [sys.executable, "-m", "gitbuddy", *arguments]
    done = subprocess.run(command, cwd=folder, env=compiled() | dict(extra), capture_output=True, text=True)
    assert "Traceback" not in done.stderr, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


def laid_out(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Everything below a folder: mode and content, of links where they lead."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mode,
            str(path.readlink()).encode() if path.is_symlink() else path.read_bytes() if path.is_file() else b"",
        )
        for path in folder.rglob("*")
    }
