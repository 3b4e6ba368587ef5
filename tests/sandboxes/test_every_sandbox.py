"""What holds in every sandbox (bounds, a clean environment, nothing left behind) and in every one that confines."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from sandboxed import PYTHON, Run, alive, wait_for

from gitbuddy.protocols import Sandbox
from gitbuddy.sandboxes.plain import Plain
from gitbuddy.sandboxes.toolchain import Toolchain
from gitbuddy.values import Limits, Mounts

pytest_plugins = ["confinement"]


def test_the_exit_code_and_output_are_the_commands(run: Run) -> None:
    done = run("sh", "-c", "echo out; echo err >&2; exit 3")

    assert (done.exit_code, done.output, done.timed_out) == (3, b"out\nerr\n", False)


@pytest.mark.parametrize("name", ["no-such-program-at-all", "./no-such-file"])
def test_a_command_that_does_not_start_has_no_exit_code(run: Run, name: str) -> None:
    done = run(name)

    assert done.exit_code is None
    assert name.encode() in done.output


def test_a_command_ended_by_a_signal_tells_which(run: Run) -> None:
    assert run("sh", "-c", "kill -9 $$").exit_code == 128 + 9


def test_the_worktree_is_written_and_is_the_current_folder(run: Run, mounts: Mounts) -> None:
    run("sh", "-c", "echo hello > made")

    assert (mounts.worktree / "made").read_text() == "hello\n"


def test_only_the_sandboxs_own_environment_is_seen(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "canary-token")
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    lines = run("env", ADDED="by the caller").output.decode().splitlines()
    names = {line.partition("=")[0] for line in lines}

    assert "canary-token" not in "\n".join(lines)
    assert not names & {"GITHUB_TOKEN", "CI", "GIT_DIR", "USER", "XDG_CACHE_HOME"}
    assert "ADDED=by the caller" in lines
    assert {"LANG=C.UTF-8", "PYTHONHASHSEED=0", "PYTHONDONTWRITEBYTECODE=1", "TERM=dumb"} <= set(lines)


def test_home_and_the_temporary_folder_are_private_and_new_each_time(run: Run) -> None:
    script = "ls -A $HOME; test ! -e $TMPDIR/y && echo new; echo x > $HOME/x; echo x > $TMPDIR/y; cat $HOME/x"
    for _ in range(2):
        assert run("sh", "-c", script).output == b"new\nx\n"


def test_there_is_no_input(run: Run) -> None:
    assert run("sh", "-c", "cat; echo end").output == b"end\n"


def test_a_command_may_tidy_up_when_its_time_is_over(run: Run) -> None:
    script = "trap 'echo tidied; exit 0' TERM; echo started; while :; do sleep 0.05; done"
    done = run("sh", "-c", script, limits=Limits(seconds=1))

    assert done.timed_out
    assert b"tidied" in done.output


def test_a_program_may_reserve_much_more_than_it_uses(run: Run) -> None:
    script = "import mmap; mmap.mmap(-1, 8 << 30, prot=mmap.PROT_READ, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)"

    assert run(PYTHON, "-c", script, limits=Limits(seconds=20, memory=512 << 20)).exit_code == 0


def test_nobody_else_may_read_what_a_command_writes(run: Run, mounts: Mounts) -> None:
    run("sh", "-c", "echo x > mine")

    assert (mounts.worktree / "mine").stat().st_mode & 0o077 == 0


def test_the_pointer_to_the_repository_survives(run: Run, mounts: Mounts) -> None:
    run("sh", "-c", "echo gitdir: /evil > .git; rm -f .git; mkdir -p .git/hooks; ln -s / .git")

    assert (mounts.worktree / ".git").read_text() == "gitdir: /somewhere\n"


def test_everything_ends_when_gitbuddy_is_killed(sandbox: Sandbox, mounts: Mounts, token: str) -> None:
    script = f"""
import os, sys
from pathlib import Path
from gitbuddy.sandboxes.{sandbox.name} import {type(sandbox).__name__} as Sandbox
from gitbuddy.sandboxes.toolchain import find_toolchain
from gitbuddy.values import Limits, Mounts
sandbox = Sandbox(find_toolchain(os.environ, Path.home()))
mounts = Mounts(Path({str(mounts.worktree)!r}), Path({str(mounts.at)!r}))
sandbox.run(["sh", "-c", "echo x > started; sleep 60; true", {token!r}], mounts, Limits(), {{}})
"""
    # The token stands in the script too, so our own child is told apart by its id.
    with subprocess.Popen([sys.executable, "-c", script]) as gitbuddy:
        wait_for(lambda: (mounts.worktree / "started").exists())
        gitbuddy.kill()

    assert wait_for(lambda: alive(token) == [])


def test_an_interrupt_ends_the_command_and_goes_on(
    sandbox: Sandbox, mounts: Mounts, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.4)
    try:
        with pytest.raises(KeyboardInterrupt):
            sandbox.run(["sh", "-c", "sleep 60; true", token], mounts, Limits(), {})
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

    assert alive(token) == []


def test_two_runs_at_once_do_not_end_each_other(run: Run, mounts: Mounts, sandbox: Sandbox) -> None:
    script = [sys.executable, "-c", "import time; time.sleep(0.1)"]
    other = subprocess.Popen(script)
    done = run("sh", "-c", "sleep 0.05 & echo done")

    assert done.output == b"done\n"
    assert other.wait() == 0


def test_there_are_no_privileges_and_a_filter(confined: Run) -> None:
    status = dict(line.split(":\t") for line in confined("cat", "/proc/self/status").output.decode().splitlines())

    assert {status[name].strip("0") for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {""}
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")


def test_usual_python_works(confined: Run) -> None:
    script = """
import asyncio, subprocess, tempfile
asyncio.run(asyncio.sleep(0))
tempfile.mkdtemp()
print(subprocess.check_output(["echo", "hi"]))
"""

    assert confined(PYTHON, "-c", script).output == b"b'hi\\n'\n"


HARD_LINKS = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
held = os.open("file", os.O_RDWR)
unnamed = os.open(".", os.O_TMPFILE | os.O_RDWR)
for made in (
    libc.link(b"file", b"twin"),
    libc.linkat(-100, b"file", -100, b"twin", 0),
    libc.linkat(-100, b"/proc/self/fd/%d" % held, -100, b"twin", 0x400),
    libc.linkat(-100, b"/proc/self/fd/%d" % unnamed, -100, b"twin", 0x400),
    libc.syscall(86, b"file", b"twin") if os.uname().machine == "x86_64" else -1,
):
    print(made, ctypes.get_errno())
"""


def test_no_hard_link_is_made_in_a_closed_sandbox(confining: Sandbox, confined: Run, mounts: Mounts) -> None:
    (mounts.worktree / "file").write_text("x")
    done = confined(PYTHON, "-c", HARD_LINKS)

    assert confining.closed
    assert done.output.splitlines() == [b"-1 1"] * 5  # EPERM, as where there are none
    assert {path.name for path in mounts.worktree.iterdir()} == {".git", "file"}


def test_limits_alone_do_not_close_a_sandbox(toolchain: Toolchain) -> None:
    assert not Plain(toolchain).closed


def test_programs_do_without_hard_links(confined: Run, mounts: Mounts) -> None:
    """git's objects and local clones are linked where that works, and renamed or copied where not."""
    (mounts.worktree / "file").write_text("x")
    git = "git -c user.name=x -c user.email=x@example.org"
    script = f"git init -q one && {git} -C one commit -q --allow-empty -m x && git clone -q one two && git -C two fsck"
    done = confined("sh", "-c", script)

    assert (done.exit_code, (mounts.worktree / "two/.git/objects").is_dir()) == (0, True), done.output
