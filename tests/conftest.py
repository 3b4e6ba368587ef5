"""The seal around every test: own HOME, no system git config, fixed names and dates, no network protocols but files."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest

pytest_plugins = ["llama"]
FIXED_DATE = "2026-01-02T03:04:05+00:00"


@pytest.fixture(autouse=True, scope="session")
def interruptible() -> None:
    """A test run in the background inherits an ignored Ctrl-C, and so would every program the tests start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def sealed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own; whatever git or gitbuddy read from the machine's user is out of sight."""
    home = tmp_path_factory.mktemp("home")
    for name in [name for name in os.environ if name.startswith(("GIT_", "GITBUDDY_", "OLLAMA_", "XDG_"))]:
        monkeypatch.delenv(name)
    settings = {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_EDITOR": "false",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "file",
        "GIT_AUTHOR_NAME": "Ada Author",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Carl Committer",
        "GIT_COMMITTER_EMAIL": "carl@example.org",
        "GIT_AUTHOR_DATE": FIXED_DATE,
        "GIT_COMMITTER_DATE": FIXED_DATE,
        "OLLAMA_HOST": "http://127.0.0.1:9",  # the discard port: no test meets a model server it did not start
        "GITBUDDY_MUTATE_SECONDS": "0",  # a search would mend what a model is meant to; its own tests set more
        "LC_ALL": "C.UTF-8",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    (home / ".gitconfig").write_text(
        "[init]\n\tdefaultBranch = main\n[user]\n\tname = Una User\n\temail = una@example.org\n"
    )
    _seal_libgit2(home)
    return home


def _seal_libgit2(home: Path) -> None:
    # libgit2 reads HOME once, when it is loaded, so the environment alone does not move it.
    pygit2.settings.search_path[pygit2.enums.ConfigLevel.GLOBAL] = str(home)
    pygit2.settings.search_path[pygit2.enums.ConfigLevel.XDG] = str(home / ".config")
    pygit2.settings.search_path[pygit2.enums.ConfigLevel.SYSTEM] = str(home / "no-system-config")


@pytest.fixture
def require() -> Callable[[str], str]:
    """Name a program a test needs: its path, or a skip here and a failure in CI."""

    def find(program: str) -> str:
        path = shutil.which(program)
        if path is None and os.environ.get("CI"):
            pytest.fail(f"needed in CI and not installed: {program}")
        if path is None:
            pytest.skip(f"not installed: {program}")
        return path

    return find
