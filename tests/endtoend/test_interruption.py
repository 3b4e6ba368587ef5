"""Ctrl-C and `kill -9` at any point: nothing is lost, nothing is left that the next run does not clean up."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sample import CONFIG, RIGHT, Project, kill

from gitbuddy.testing.ollama_server import Reply

Again = Callable[[], str]
FIX = ("run", "--kind", "fix", "-f", "calc.py", "Make add add.", "--log-format", "json")
SLOW_CHECK = CONFIG.replace("import runpy", "import time, runpy; time.sleep(1)")
MOMENTS = ["task_created", "baseline", "model_call_start", "patch_applied", "verification_pass"]


def reach(process: subprocess.Popen[bytes], moment: str) -> None:
    """Wait until the running job has told of `moment`."""
    assert process.stderr
    for line in process.stderr:
        if f'"event": "{moment}"'.encode() in line:
            return
    raise AssertionError(f"the job ended before: {moment}")


def clean(project: Project) -> None:
    """No process has a slot, every worktree is ours and detached, and the repository is whole."""
    assert project.repo.git("fsck", "--strict", "--no-dangling") == ""
    assert project.repo.git("for-each-ref", "refs/buddy/v1/pin") == ""


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c(project: Project, untouched: Again, moment: str) -> None:
    project.repo.commit("slow", files={".buddy/config.toml": SLOW_CHECK})
    untouched()
    project.answer(Reply(RIGHT, delay=0.5))
    process = project.start(*FIX)
    reach(process, moment)

    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=30)

    # Whatever has been accepted is landed in a moment, and the signal may come after it.
    assert process.returncode == 130 or (moment == "verification_pass" and process.returncode == 0), rest
    assert b"Traceback" not in rest
    if process.returncode == 130:
        assert project.branches() == []
        assert project.buddy("log", "--json").json()[0]["state"] == "queued"
        assert project.buddy(*FIX).code == 0
    assert len(project.branches()) == 1
    clean(project)


@pytest.mark.parametrize("moment", MOMENTS)
def test_kill_nine(project: Project, untouched: Again, moment: str) -> None:
    project.repo.commit("slow", files={".buddy/config.toml": SLOW_CHECK})
    untouched()
    project.answer(Reply(RIGHT, delay=0.5))
    process = project.start(*FIX)
    reach(process, moment)

    kill(process)
    time.sleep(0.1)  # the kernel takes the sandbox down with its parent
    again = project.buddy(*FIX)

    assert again.code == 0 or "landed already" in again.err, again.err
    assert len(project.branches()) == 1
    clean(project)


def test_kill_nine_leaves_no_temporary_folder_for_good(
    project: Project, untouched: Again, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    project.repo.commit("slow", files={".buddy/config.toml": SLOW_CHECK})
    untouched()
    process = project.start(*FIX, "--sandbox", "external")
    reach(process, "sandbox")
    while not list(temporary.iterdir()) and process.poll() is None:
        time.sleep(0.01)

    kill(process)
    (left,) = temporary.iterdir()
    os.utime(left, (0, 0))  # as if a while had passed

    assert project.buddy(*FIX, "--sandbox", "external").code == 0
    assert list(temporary.iterdir()) == []
