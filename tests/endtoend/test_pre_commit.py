"""The hooks for pre-commit, through the real program: installed from a clone of this repository, as users have it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from linted import BARE, CLEAN, MENDED, RUFF, UNUSED
from sample import Ran

from gitbuddy.testing.repo import RepoBuilder

ROOT = Path(__file__).parent.parent.parent
CLOSED = "http://127.0.0.1:9"
CONFIG = """\
repos:
- repo: {hooks}
  rev: {rev}
  hooks:
  - id: git-buddy-fix-lint
  - id: git-buddy-check
    stages: [manual]
  - id: git-buddy-queue
"""


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with what is in this one, as far as git knows it or would take it up."""
    folder = tmp_path_factory.mktemp("hooks")
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    for name in filter(None, map(os.fsdecode, names)):
        if name.split("/")[0] in ("gitbuddy", "hooks", "docs", "pyproject.toml", "README.md", ".pre-commit-hooks.yaml"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    RepoBuilder(folder).commit("hooks")
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environments that it makes, for all tests here."""
    return tmp_path_factory.mktemp("pre-commit")


@cache
def indexes() -> dict[str, str]:
    """Where pip gets packages here, for uv, which reads no settings of pip; the certificates are this system's."""
    found = {"UV_NATIVE_TLS": "1", "UV_SYSTEM_CERTS": "1"}
    pairs = (("index-url", "UV_DEFAULT_INDEX"), ("extra-index-url", "UV_INDEX"))
    for name, variable in pairs:
        command = [sys.executable, "-m", "pip", "config", "get", f"global.{name}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0 and variable not in os.environ:
            found[variable] = " ".join(done.stdout.split())
    return found


class Checkout:
    """A repository with a pre-commit configuration."""

    def __init__(self, repo: RepoBuilder, store: Path) -> None:
        self.repo, self.store = repo, store

    def run(self, *command: str, extra: Mapping[str, str] | None = None) -> Ran:
        done = subprocess.run(
            command,
            cwd=self.repo.path,
            env=self.environment() | dict(extra or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=180,
            check=False,
        )
        ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert "Traceback" not in ran.out + ran.err, ran.out + ran.err
        return ran

    def environment(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        ours = {"PRE_COMMIT_HOME": str(self.store), "PATH": path, "OLLAMA_HOST": CLOSED, "PRE_COMMIT_COLOR": "never"}
        return (
            dict(os.environ)
            | ours
            | indexes()
            | {"PIP_CACHE_DIR": str(self.store / "pip"), "UV_CACHE_DIR": str(self.store / "uv")}
        )

    def read(self, name: str) -> str:
        return (self.repo.path / name).read_text()


@pytest.fixture
def checkout(tmp_path: Path, hooks: Path, store: Path) -> Checkout:
    repo = RepoBuilder(tmp_path / "project")
    rev = RepoBuilder(hooks).head()
    files = {".pre-commit-config.yaml": CONFIG.format(hooks=hooks, rev=rev), "pyproject.toml": RUFF, "clean.py": CLEAN}
    repo.commit("start", files=files)
    return Checkout(repo, store)


def test_all_files_are_mended_and_the_second_run_is_clean(checkout: Checkout) -> None:
    checkout.repo.commit("bad", files={"unused.py": UNUSED})

    first = checkout.run("pre-commit", "run", "git-buddy-fix-lint", "--all-files")
    second = checkout.run("pre-commit", "run", "git-buddy-fix-lint", "--all-files")

    assert first.code == 1, first.out
    assert "files were modified by this hook" in first.out
    assert checkout.read("unused.py") == MENDED
    assert second.code == 0, second.out


def test_a_commit_is_stopped_then_let_through_and_the_rest_is_queued(checkout: Checkout) -> None:
    checkout.run("pre-commit", "install", "--hook-type", "pre-commit", "--hook-type", "post-commit")
    checkout.repo.write({"unused.py": UNUSED, "bare.py": BARE})
    checkout.run("git", "add", "unused.py")

    stopped = checkout.run("git", "commit", "-qm", "work")
    checkout.run("git", "add", "unused.py")
    passed = checkout.run("git", "commit", "-qm", "work")

    assert (stopped.code, passed.code) == (1, 0), stopped.err + passed.err
    assert checkout.repo.git("show", "HEAD:unused.py") == MENDED

    checkout.run("git", "add", "bare.py")
    skipped = checkout.run("git", "commit", "-qm", "left", extra={"SKIP": "git-buddy-fix-lint"})

    assert skipped.code == 0, skipped.err
    assert "Skipped" in skipped.err
    (task,) = checkout.run(sys.executable, "-m", "gitbuddy", "list", "--json").json()
    assert (task["kind"], task["files"], task["state"]) == ("fix-lint", ["bare.py"], "ready")
    assert checkout.read("bare.py") == BARE


def test_the_hook_that_only_looks_changes_nothing(checkout: Checkout) -> None:
    checkout.repo.commit("bad", files={"unused.py": UNUSED})

    ran = checkout.run("pre-commit", "run", "git-buddy-check", "--all-files", "--hook-stage", "manual")

    assert ran.code == 1
    assert "unused.py:1:8: F401" in ran.out
    assert "files were modified" not in ran.out
    assert checkout.read("unused.py") == UNUSED


def test_a_partially_staged_file_keeps_what_is_not_staged(checkout: Checkout) -> None:
    checkout.run("pre-commit", "install")
    checkout.repo.write({"unused.py": UNUSED})
    checkout.run("git", "add", "unused.py")
    checkout.repo.write({"unused.py": UNUSED + "\n\nMORE = 1\n"})

    ran = checkout.run("git", "commit", "-qm", "work")

    assert ran.code == 1
    assert checkout.read("unused.py").endswith("MORE = 1\n")


def test_try_repo_runs_it_without_an_installation(checkout: Checkout, hooks: Path) -> None:
    checkout.repo.write({"unused.py": UNUSED})
    checkout.repo.git("add", "unused.py")

    ran = checkout.run("pre-commit", "try-repo", str(hooks), "git-buddy-fix-lint", "--all-files")

    assert ran.code == 1, ran.out + ran.err
    assert checkout.read("unused.py") == MENDED


def test_prek_runs_it_too(checkout: Checkout) -> None:
    checkout.repo.commit("bad", files={"unused.py": UNUSED})

    ran = checkout.run("prek", "run", "git-buddy-fix-lint", "--all-files", extra={"PREK_HOME": str(checkout.store)})

    assert ran.code == 1, ran.out + ran.err
    assert checkout.read("unused.py") == MENDED
