"""What the tests of the git room start from."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from gitbuddy.git.repo import Repo
from gitbuddy.git.worktree import Pool
from gitbuddy.testing.repo import RepoBuilder
from gitbuddy.values import AllowedPatch, Change, Kind, Origin, Patch, Task

FILES: Mapping[str, str | bytes] = {
    "calc.py": "def add(a, b):\n    return a - b\n",
    "pkg/__init__.py": "",
    "pkg/text.py": "WORD = 'old'\n",
    "pkg/deep/er/far.py": "FAR = 1\n",
    ".gitignore": "__pycache__/\nbuild/\n*.log\n.env\n",
    "README.md": "# calc\n",
}


def given_repo(path: Path, files: Mapping[str, str | bytes] = FILES) -> RepoBuilder:
    """A repository with one commit."""
    builder = RepoBuilder(path)
    builder.commit("start", files=files)
    return builder


def given_pool(builder: RepoBuilder, cache: Path, *, watch: bool = False) -> tuple[Repo, Pool]:
    repo = Repo.open(builder.path)
    return repo, Pool(repo, cache, watch=watch)


def patch_of(*changes: Change) -> AllowedPatch:
    return AllowedPatch(Patch(tuple(sorted(changes, key=lambda change: change.path))))


def edit(repo: Repo, path: str, after: str | bytes | None, mode: int = 0o100644) -> Change:
    """A change of `path` as it is at HEAD."""
    before = repo.read(repo.head(), path)
    data = after.encode() if isinstance(after, str) else after
    return Change(path, before.data if before else None, data, mode)


def task_of(repo: Repo, text: str = "do it", **fields: object) -> Task:
    base = repo.head()
    return Task(**({"kind": Kind.CHANGE, "text": text, "base": base, "origin": Origin("cli", base)} | fields))  # type: ignore[arg-type]  # fields of a Task by name


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every path below `folder` but .git: mode and content."""
    return {
        path.relative_to(folder).as_posix(): (
            path.lstat().st_mode,
            str(path.readlink()).encode() if path.is_symlink() else path.read_bytes() if path.is_file() else b"",
        )
        for path in folder.rglob("*")
        if path.name != ".git" and ".git" not in path.relative_to(folder).parts
    }


def start(program: str, *arguments: str | Path) -> subprocess.Popen[bytes]:
    """A process of its own that runs a piece of Python."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def wait_for_line(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout
    return process.stdout.readline().decode().strip()


def end(process: subprocess.Popen[bytes], timeout: float = 120) -> tuple[int, str]:
    """Wait for a process: its exit code and the rest of what it printed."""
    out, _ = process.communicate(timeout=timeout)
    return process.returncode, out.decode()


def gone(pid: int) -> bool:
    """Whether a killed process is dead, within a moment; one that nobody has waited for yet is dead too."""
    for _ in range(1000):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False
