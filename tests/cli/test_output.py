"""What is printed arrives, or its failure is said in one sentence: no traceback, and no bug where there is none."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gitbuddy.cli import crash
from gitbuddy.testing.repo import RepoBuilder

FULL = Path("/dev/full")
TASK = ".buddy/tasks/snow.md"


@pytest.fixture
def repo(tmp_path: Path) -> RepoBuilder:
    made = RepoBuilder(tmp_path / "project")
    made.commit("start", files={"calc.py": "x = 1\n", TASK: "Let it snow ☃.\n"})
    return made


def buddy(repo: RepoBuilder, *arguments: str, out: int = subprocess.PIPE, **environment: str) -> tuple[int, str, str]:
    """Run a command as most people do: what it prints is buffered."""
    done = subprocess.run(
        [sys.executable, "-m", "gitbuddy", *arguments],
        cwd=repo.path,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"} | environment,
        stdout=out,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    return done.returncode, (done.stdout or b"").decode("latin-1"), done.stderr.decode()


def test_a_full_disk_behind_stdout_is_said_and_is_no_bug(repo: RepoBuilder) -> None:
    with FULL.open("wb") as full:
        code, _, err = buddy(repo, "list", out=full.fileno())

    assert code == 1
    assert err.splitlines() == ["error: no space left on device", "hint: free some space and try again"]


def test_a_reader_that_has_gone_is_told_nothing(repo: RepoBuilder) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert buddy(repo, "list", out=writing) == (1, "", "")
    finally:
        os.close(writing)


def test_the_details_of_a_bug_go_elsewhere_where_the_cache_takes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gitbuddy").symlink_to("/proc/self/fdinfo")  # a folder in which no file can be made, by nobody
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    log = crash.write_log(["scan"])

    assert "command scan" in log.read_text()
    log.unlink()


def test_an_encoding_that_lacks_a_character_shows_it_in_another_way(repo: RepoBuilder) -> None:
    code, out, err = buddy(repo, "list", PYTHONIOENCODING="latin-1")

    assert (code, err) == (0, "")
    assert r"Let it snow \u2603." in out


def test_an_interrupt_claims_nothing_that_is_not_so(repo: RepoBuilder) -> None:
    """A command without a job is interrupted in the same words as one that has landed several."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        words = [sys.executable, "-m", "gitbuddy", "models", "--endpoint", endpoint]
        child = subprocess.Popen(words, cwd=repo.path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        silent.settimeout(60)
        with silent.accept()[0]:
            child.send_signal(signal.SIGINT)
            _, err = child.communicate(timeout=60)

    assert child.returncode == 130
    assert err.decode().strip() == "error: interrupted; a job under way has landed nothing and is queued again"


def test_a_log_without_jobs_says_so(repo: RepoBuilder) -> None:
    assert buddy(repo, "log") == (0, "", 'no job has run here yet: git buddy run "..."\n')
