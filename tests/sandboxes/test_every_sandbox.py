"""What holds in every sandbox (bounds, a clean environment, nothing left behind) and in every one that confines."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gitbuddy.protocols import Sandbox
from gitbuddy.sandboxes.bubblewrap import Bubblewrap
from gitbuddy.sandboxes.landlock import NEEDED, Landlock, version
from gitbuddy.sandboxes.plain import Plain
from gitbuddy.sandboxes.toolchain import Toolchain, find_toolchain
from gitbuddy.values import CompletedCommand, Limits, Mounts

PYTHON = "python3"


@pytest.fixture
def toolchain() -> Toolchain:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return find_toolchain({"PATH": path}, Path.home())


@pytest.fixture
def mounts(tmp_path: Path) -> Mounts:
    for name in ("slot", "repo"):
        (tmp_path / name).mkdir()
    (tmp_path / "slot" / ".git").write_text("gitdir: /somewhere\n")
    return Mounts(tmp_path / "slot", tmp_path / "repo")


def make(name: str, toolchain: Toolchain, require: Callable[[str], str]) -> Sandbox:
    if name == "plain":
        return Plain(toolchain)
    if name == "bubblewrap":
        return Bubblewrap(toolchain, Path(require("bwrap")))
    if version() < NEEDED:
        pytest.skip("this kernel's Landlock is too old")
    return Landlock(toolchain)


@pytest.fixture(params=["plain", "landlock", "bubblewrap"])
def sandbox(request: pytest.FixtureRequest, toolchain: Toolchain, require: Callable[[str], str]) -> Sandbox:
    return make(request.param, toolchain, require)


@pytest.fixture(params=["landlock", "bubblewrap"])
def confining(request: pytest.FixtureRequest, toolchain: Toolchain, require: Callable[[str], str]) -> Sandbox:
    return make(request.param, toolchain, require)


Run = Callable[..., CompletedCommand]


def runner(sandbox: Sandbox, mounts: Mounts) -> Run:
    def run(*command: str, limits: Limits | None = None, **environment: str) -> CompletedCommand:
        return sandbox.run(command, mounts, limits or Limits(seconds=20), environment)

    return run


@pytest.fixture
def run(sandbox: Sandbox, mounts: Mounts) -> Run:
    return runner(sandbox, mounts)


@pytest.fixture
def confined(confining: Sandbox, mounts: Mounts) -> Run:
    return runner(confining, mounts)


@pytest.fixture
def token() -> Iterator[str]:
    """An argument by which processes of this test are found again; whatever a failing test left is ended."""
    name = f"gitbuddy-test-{os.getpid()}-{time.monotonic_ns()}"
    yield name
    for pid in alive(name):
        os.kill(pid, signal.SIGKILL)


def alive(token: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if token.encode() in line:
                found.append(int(entry.name))
    return found


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


def test_a_command_that_ignores_the_polite_signal_is_ended_by_the_clock(run: Run, token: str) -> None:
    script = "trap '' TERM; echo started; while :; do sleep 1; done"
    done = run("sh", "-c", script, token, limits=Limits(seconds=0.5))

    assert done.timed_out
    assert done.output == b"started\n"
    assert alive(token) == []


def test_a_command_may_tidy_up_when_its_time_is_over(run: Run) -> None:
    script = "trap 'echo tidied; exit 0' TERM; echo started; while :; do sleep 0.05; done"
    done = run("sh", "-c", script, limits=Limits(seconds=1))

    assert done.timed_out
    assert b"tidied" in done.output


def test_a_daemon_that_forked_twice_is_dead_afterwards(run: Run, token: str) -> None:
    daemon = f"""
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.setsid()
        null = os.open("/dev/null", os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(null, number)
        token = {token!r}
        time.sleep(60)
    os._exit(0)
os.wait()
print("left")
"""
    done = run(PYTHON, "-c", daemon)

    assert done.output == b"left\n"
    assert alive(token) == []


def test_a_daemon_that_keeps_the_output_open_does_not_keep_us(run: Run, token: str) -> None:
    done = run("sh", "-c", "setsid sh -c 'sleep 60; true' $1 & echo left", "sh", token)

    assert done.output == b"left\n"
    assert done.seconds < 20
    assert alive(token) == []


def test_a_command_that_kills_its_own_group_kills_only_itself(run: Run) -> None:
    done = run("sh", "-c", "kill -9 0; sleep 1")

    assert done.exit_code == 128 + 9
    assert run("echo", "alive").output == b"alive\n"


def test_a_process_outside_cannot_be_killed(confined: Run) -> None:
    # One victim of our own and never `kill -1`: where this guard is broken, that would end the whole machine's work.
    with subprocess.Popen(["sleep", "30"]) as victim:
        confined("sh", "-c", f"kill -9 {victim.pid}")
        alive_still = victim.poll() is None
        victim.kill()

    assert alive_still


def test_memory_is_bounded(run: Run) -> None:
    done = run(PYTHON, "-c", "bytearray(1 << 30)", limits=Limits(seconds=20, memory=512 << 20))

    assert done.exit_code != 0
    assert b"MemoryError" in done.output


def test_a_program_may_reserve_much_more_than_it_uses(run: Run) -> None:
    script = "import mmap; mmap.mmap(-1, 8 << 30, prot=mmap.PROT_READ, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)"

    assert run(PYTHON, "-c", script, limits=Limits(seconds=20, memory=512 << 20)).exit_code == 0


def test_output_is_bounded(run: Run) -> None:
    done = run("sh", "-c", "echo first; head -c 50000000 /dev/zero; echo; echo last", limits=Limits(output=1000))

    assert len(done.output) < 1100
    assert done.output.startswith(b"first\n")
    assert done.output.endswith(b"last\n")
    assert b"bytes left out" in done.output


def test_file_size_is_bounded(run: Run, mounts: Mounts) -> None:
    done = run("sh", "-c", "head -c 3000000 /dev/zero > big", limits=Limits(file_size=1 << 20))

    assert done.exit_code != 0
    assert (mounts.worktree / "big").stat().st_size <= 1 << 20


def test_the_number_of_processes_is_bounded(run: Run, token: str) -> None:
    # A finite bomb: the bound has to be met far below the number at which a broken one would stop by itself.
    bomb = f"""
import os, sys, time
token = {token!r}
for _ in range(60):
    if os.fork() == 0:
        time.sleep(15)
        os._exit(0)
print("all made")
time.sleep(15)
"""
    done = run(PYTHON, "-c", bomb, limits=Limits(seconds=12, processes=20))

    assert done.exit_code not in (0, None)
    assert not done.timed_out
    assert alive(token) == []


def test_open_files_are_bounded(run: Run) -> None:
    script = "import os; [os.open('/dev/null', 0) for _ in range(200)]"
    done = run(PYTHON, "-c", script, limits=Limits(seconds=20, open_files=100))

    assert b"Too many open files" in done.output


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


def wait_for(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 15
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


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


def test_files_of_the_host_are_out_of_sight(confined: Run, tmp_path: Path, mounts: Mounts) -> None:
    (tmp_path / "secret").write_text("canary")
    (mounts.at / "mine.py").write_text("canary")
    home = Path.home()
    (home / ".ssh").mkdir()
    (home / ".ssh" / "id_ed25519").write_text("canary")
    places = [tmp_path / "secret", mounts.at / "mine.py", home / ".ssh" / "id_ed25519", "/etc/shadow", "/root/.bashrc"]
    done = confined("sh", "-c", f"cat {' '.join(map(str, places))} 2>/dev/null; ls {home} 2>/dev/null")

    assert done.output == b""


def test_nothing_of_the_host_is_written(confined: Run, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("as it was")
    places = [tmp_path / "kept", tmp_path / "new", *map(Path, ("/usr/new", "/etc/new", "/new", "/dev/new"))]
    confined("sh", "-c", "; ".join(f"echo x > {place}" for place in places))

    assert (tmp_path / "kept").read_text() == "as it was"
    assert not [place for place in places[1:] if place.exists()]


def test_the_network_of_the_host_is_out_of_reach(confined: Run) -> None:
    abstract = f"gitbuddy-test-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket(socket.AF_UNIX) as hidden:
        hidden.bind("\0" + abstract)
        hidden.listen()
        script = f"""
import socket
def attempt(name, deed):
    try:
        deed()
    except OSError:
        return
    print("reached", name)
attempt("tcp", lambda: socket.create_connection(("127.0.0.1", {listener.getsockname()[1]}), 1))
attempt("abstract", lambda: socket.socket(socket.AF_UNIX).connect("\\0{abstract}"))
attempt("metadata", lambda: socket.create_connection(("169.254.169.254", 80), 1))
attempt("udp", lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 9)))
attempt("raw", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
print("tried")
"""
        done = confined(PYTHON, "-c", script)

    assert done.output == b"tried\n"


def test_a_socket_file_of_the_host_is_out_of_reach(confined: Run, tmp_path: Path) -> None:
    place = Path(os.path.relpath(tmp_path / "engine.sock"))
    with socket.socket(socket.AF_UNIX) as engine:
        engine.bind(str(place))
        engine.listen()
        script = (
            f"import socket; socket.socket(socket.AF_UNIX).connect({str(tmp_path / 'engine.sock')!r}); print('reached')"
        )
        done = confined(PYTHON, "-c", script)

    assert done.exit_code == 1
    assert b"reached" not in done.output


def test_there_are_no_privileges_and_a_filter(confined: Run) -> None:
    status = dict(line.split(":\t") for line in confined("cat", "/proc/self/status").output.decode().splitlines())

    assert {status[name].strip("0") for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {""}
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")


@pytest.mark.parametrize("program", [["unshare", "-U", "true"], ["unshare", "-n", "true"]])
def test_no_namespaces_can_be_made_inside(confined: Run, program: list[str]) -> None:
    done = confined(*program)

    assert done.exit_code not in (0, None)


def test_the_environment_of_other_processes_is_out_of_sight(confined: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen(["sleep", "30"], env={"SECRET": "canary-in-proc"}) as other:
        done = confined("sh", "-c", f"cat /proc/{other.pid}/environ /proc/[0-9]*/environ")
        other.kill()

    assert b"canary-in-proc" not in done.output


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
