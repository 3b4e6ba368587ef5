"""The numbered cases of the threat model that concern the sandbox: attacks A38 to A47, faults F30 to F36 and F38.

Each runs against every confining sandbox this machine has; what is bounded is bounded by limits alone as well.
"""

from __future__ import annotations

import os
import socket
import subprocess
import termios
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sandboxed import PYTHON, Run, alive, fake_bubblewrap, make, runner

from gitbuddy.cli import examination
from gitbuddy.config import UserSettings
from gitbuddy.errors import GitbuddyError
from gitbuddy.protocols import Sandbox
from gitbuddy.sandboxes import choose as choice
from gitbuddy.sandboxes.bubblewrap import Bubblewrap
from gitbuddy.sandboxes.canary import ESCAPES, self_test
from gitbuddy.sandboxes.choose import choose
from gitbuddy.sandboxes.landlock import NEEDED, version
from gitbuddy.sandboxes.toolchain import Toolchain, find_toolchain
from gitbuddy.values import Limits, Mounts

pytest_plugins = ["confinement"]


def test_a38_files_of_the_host_and_the_users_home_are_out_of_sight(
    confined: Run, tmp_path: Path, mounts: Mounts
) -> None:
    (tmp_path / "secret").write_text("canary")
    (mounts.at / "mine.py").write_text("canary")
    home = Path.home()
    (home / ".ssh").mkdir()
    (home / ".ssh" / "id_ed25519").write_text("canary")
    places = [tmp_path / "secret", mounts.at / "mine.py", home / ".ssh" / "id_ed25519", "/etc/shadow", "/root/.bashrc"]
    done = confined("sh", "-c", f"cat {' '.join(map(str, places))} 2>/dev/null; ls {home} 2>/dev/null")

    assert done.output == b""


def test_a38_the_environment_of_other_processes_is_out_of_sight(confined: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen(["sleep", "30"], env={"SECRET": "canary-in-proc"}) as other:
        done = confined("sh", "-c", f"cat /proc/{other.pid}/environ /proc/[0-9]*/environ")
        other.kill()

    assert b"canary-in-proc" not in done.output


def test_a39_a_socket_file_of_the_host_is_out_of_reach(confined: Run, tmp_path: Path) -> None:
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


def test_a39_the_network_of_the_host_is_out_of_reach(confined: Run) -> None:
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


def test_a40_nothing_of_the_host_is_written(confined: Run, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("as it was")
    places = [tmp_path / "kept", tmp_path / "new", *map(Path, ("/usr/new", "/etc/new", "/new", "/dev/new"))]
    confined("sh", "-c", "; ".join(f"echo x > {place}" for place in places))

    assert (tmp_path / "kept").read_text() == "as it was"
    assert not [place for place in places[1:] if place.exists()]


def test_a41_a_daemon_that_forked_twice_is_dead_afterwards(run: Run, token: str) -> None:
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


def test_a42_open_files_are_bounded(run: Run) -> None:
    script = "import os; [os.open('/dev/null', 0) for _ in range(200)]"
    done = run(PYTHON, "-c", script, limits=Limits(seconds=20, open_files=100))

    assert b"Too many open files" in done.output


@pytest.mark.parametrize("program", [["unshare", "-U", "true"], ["unshare", "-n", "true"]])
def test_a46_no_namespaces_can_be_made_inside(confined: Run, program: list[str]) -> None:
    done = confined(*program)

    assert done.exit_code not in (0, None)


def test_f30_a_command_that_ignores_the_polite_signal_is_ended_by_the_clock(run: Run, token: str) -> None:
    script = "trap '' TERM; echo started; while :; do sleep 1; done"
    done = run("sh", "-c", script, token, limits=Limits(seconds=0.5))

    assert done.timed_out
    assert done.output == b"started\n"
    assert alive(token) == []


def test_f31_a_daemon_that_keeps_the_output_open_does_not_keep_us(run: Run, token: str) -> None:
    done = run("sh", "-c", "setsid sh -c 'sleep 60; true' $1 & echo left", "sh", token)

    assert done.output == b"left\n"
    assert done.seconds < 20
    assert alive(token) == []


def test_f32_the_memory_of_one_process_is_bounded(run: Run) -> None:
    done = run(PYTHON, "-c", "bytearray(1 << 30)", limits=Limits(seconds=20, memory=512 << 20))

    assert done.exit_code != 0
    assert b"MemoryError" in done.output


def test_f33_output_is_bounded_and_keeps_head_and_tail(run: Run) -> None:
    done = run("sh", "-c", "echo first; head -c 50000000 /dev/zero; echo; echo last", limits=Limits(output=1000))

    assert len(done.output) < 1100
    assert done.output.startswith(b"first\n")
    assert done.output.endswith(b"last\n")
    assert b"bytes left out" in done.output


def test_f34_the_size_of_one_file_is_bounded(run: Run, mounts: Mounts) -> None:
    done = run("sh", "-c", "head -c 3000000 /dev/zero > big", limits=Limits(file_size=1 << 20))

    assert done.exit_code != 0
    assert (mounts.worktree / "big").stat().st_size <= 1 << 20


def test_f35_the_number_of_processes_is_bounded(run: Run, token: str) -> None:
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


def test_f36_a_command_that_kills_its_own_group_kills_only_itself(run: Run) -> None:
    done = run("sh", "-c", "kill -9 0; sleep 1")

    assert done.exit_code == 128 + 9
    assert run("echo", "alive").output == b"alive\n"


def test_f36_a_process_outside_cannot_be_killed(confined: Run) -> None:
    # One victim of our own and never `kill -1`: where this guard is broken, that would end the whole machine's work.
    with subprocess.Popen(["sleep", "30"]) as victim:
        confined("sh", "-c", f"kill -9 {victim.pid}")
        alive_still = victim.poll() is None
        victim.kill()

    assert alive_still


def test_a40_other_jobs_and_the_repository_are_out_of_reach(confined: Run, mounts: Mounts) -> None:
    places = [mounts.worktree.parent / "slot-2" / "theirs.py", mounts.at / ".git" / "config", mounts.at / "mine.py"]
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("canary")
    done = confined("sh", "-c", f"cat {' '.join(map(str, places))} 2>/dev/null; rm -rf {' '.join(map(str, places))}")

    assert b"canary" not in done.output
    assert [place.read_text() for place in places] == ["canary"] * 3


def test_a43_there_is_no_terminal_to_type_into(confined: Run) -> None:
    script = f"""
import fcntl, os
for name in ("/dev/tty", "/dev/console"):
    try:
        os.open(name, os.O_RDWR)
        print("opened", name)
    except OSError:
        pass
for number in (0, 1, 2):
    try:
        fcntl.ioctl(number, {termios.TIOCSTI}, b"x")
        print("typed", number)
    except OSError:
        pass
print(os.getsid(0) != 0)
"""

    assert confined(PYTHON, "-c", script).output == b"True\n"


def test_a43_typing_into_a_terminal_that_was_inherited_is_denied(confined: Run) -> None:
    """The call itself, on a terminal of the command's own making."""
    script = f"""
import fcntl, os, pty
try:
    master, slave = pty.openpty()
except OSError:
    slave = 0
try:
    fcntl.ioctl(slave, {termios.TIOCSTI}, b"x")
    print("typed")
except OSError as error:
    print(error.errno)
"""

    assert confined(PYTHON, "-c", script).output == b"1\n"  # EPERM


@pytest.mark.parametrize("program", ["sh", "git", "python3"])
def test_a44_programs_of_the_checkout_are_not_taken_for_tools(
    confining: Sandbox, mounts: Mounts, tmp_path: Path, program: str
) -> None:
    everyones = tmp_path / "everyones"
    everyones.mkdir()
    everyones.chmod(0o777)
    for folder in (mounts.worktree, mounts.at, everyones):
        (folder / program).write_text("#!/bin/sh\necho evil\n")
        (folder / program).chmod(0o755)
    path = f".:{mounts.at}:{mounts.worktree}::{everyones}:{os.environ['PATH']}"
    tools = find_toolchain({"PATH": path}, Path.home())
    program_path = {"program": confining._program} if isinstance(confining, Bubblewrap) else {}
    done = type(confining)(tools, **program_path).run([program, "--version"], mounts, Limits(seconds=20), {})  # type: ignore[call-arg]  # each class has its own

    assert b"evil" not in done.output
    assert tools.which(program, mounts) not in {folder / program for folder in (mounts.worktree, mounts.at, everyones)}


def test_a44_bubblewrap_is_the_systems_whatever_stands_on_the_path(
    tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch, require: Callable[[str], str]
) -> None:
    require("bwrap")
    fake_bubblewrap(tmp_path, f"touch {tmp_path}/taken; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    assert choose("bubblewrap", toolchain).name == "bubblewrap"
    assert not (tmp_path / "taken").exists()


REFUSALS = (
    "bwrap: setting up uid map: Permission denied",
    "bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted",
)


def blocked(monkeypatch: pytest.MonkeyPatch, folder: Path, words: str) -> None:
    program = fake_bubblewrap(folder, f"echo '{words}' >&2; exit 1")
    tier = (lambda tools, over: Bubblewrap(tools, program), ("loopback",))
    monkeypatch.setitem(choice._TIERS, "bubblewrap", tier)


@pytest.mark.parametrize("words", REFUSALS)
def test_a45_a_blocked_bubblewrap_gives_way_and_says_why(
    tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    if version() < NEEDED:
        pytest.skip("this kernel's Landlock is too old")
    blocked(monkeypatch, tmp_path, words)
    chosen = choose("auto", toolchain, min_tier="landlock")

    assert (chosen.name, chosen.runs) == ("landlock", True)
    assert words in chosen.passed_over[0]
    assert "AppArmor" in chosen.passed_over[0]

    finding = examination._sandbox(UserSettings(min_tier="landlock"))

    assert (finding.mark, words in finding.fix) == ("note", True)


@pytest.mark.parametrize("words", REFUSALS)
def test_a45_below_the_least_tier_is_an_error_with_the_fix(
    tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    if version() < NEEDED:
        pytest.skip("this kernel's Landlock is too old")
    blocked(monkeypatch, tmp_path, words)
    with pytest.raises(GitbuddyError, match="reached here is landlock, weaker than the one demanded") as caught:
        choose("auto", toolchain, min_tier="bubblewrap")

    assert words in caught.value.message
    assert "AppArmor" in caught.value.hint
    assert "git config buddy.minTier landlock" in caught.value.hint


CALLS = {
    "ptrace": (101, 117),
    "io_uring_setup": (425, 425),
    "bpf": (321, 280),
    "keyctl": (250, 219),
    "unshare of the user namespace": (272, 97),
}


@pytest.mark.parametrize("name", CALLS)
def test_a46_calls_that_lead_out_are_denied(confined: Run, name: str) -> None:
    number = CALLS[name][("x86_64", "aarch64").index(os.uname().machine)]
    first = 0x10000000 if name.startswith("unshare") else 0
    script = f"""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print(libc.syscall({number}, {first}, 0, 0, 0), ctypes.get_errno())
"""

    assert confined(PYTHON, "-c", script).output == b"-1 1\n"  # EPERM


def test_a47_a_sandbox_that_only_runs_the_command_is_found_out_and_refused(
    tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = fake_bubblewrap(tmp_path, 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"')
    findings = self_test(Bubblewrap(toolchain, program))
    tier = (lambda tools, over: Bubblewrap(tools, program), ("loopback",))
    monkeypatch.setitem(choice._TIERS, "bubblewrap", tier)

    assert {ESCAPES["host-file"], ESCAPES["network"], "writes files of this machine"} <= set(findings)
    with pytest.raises(GitbuddyError, match="sandbox bubblewrap failed its self-test: reads files of this machine"):
        choose("bubblewrap", toolchain)


MANY = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        held = bytearray(90 << 20)
        time.sleep(15)
        os._exit(0)
time.sleep(15)
"""
NAMELESS_MEMORY = """
import os, time
held = os.memfd_create("x")
for _ in range(300):
    os.write(held, b"x" * (1 << 20))
time.sleep(15)
"""
MANY_FILES = """
import time
for number in range(6):
    with open(f"file{number}", "wb") as file:
        file.write(b"x" * (16 << 20))
time.sleep(15)
"""
DELETED_FILES = """
import os, time
held = []
for number in range(6):
    held.append(open(f"file{number}", "wb"))
    held[-1].write(b"x" * (16 << 20))
    held[-1].flush()
    os.unlink(f"file{number}")
time.sleep(15)
"""
ELSEWHERE = MANY_FILES.replace('f"file', 'f"{WRITABLE}/file')


@pytest.mark.parametrize("script", [MANY, NAMELESS_MEMORY], ids=["processes", "nameless"])
def test_f32_the_memory_of_all_processes_is_bounded(run: Run, script: str) -> None:
    done = run(PYTHON, "-c", script, limits=Limits(seconds=14, total_memory=256 << 20))

    assert (done.exit_code, done.timed_out) == (137, False)
    assert done.output.endswith(b"\ngitbuddy: stopped: more memory than 268435456 bytes in all\n")


@pytest.mark.parametrize("script", [MANY_FILES, DELETED_FILES, ELSEWHERE], ids=["many", "deleted", "writable"])
def test_f34_what_is_written_in_all_is_bounded(sandbox: Sandbox, mounts: Mounts, tmp_path: Path, script: str) -> None:
    writable = tmp_path / "writable"
    writable.mkdir()
    run = runner(sandbox, replace(mounts, writable=(writable,)))
    done = run(PYTHON, "-c", f"WRITABLE = {str(writable)!r}\n{script}", limits=Limits(seconds=14, disk=64 << 20))

    assert (done.exit_code, done.timed_out) == (137, False)
    assert done.output.endswith(b"\ngitbuddy: stopped: more disk than 67108864 bytes\n")


def test_f34_what_was_there_before_does_not_count(run: Run, mounts: Mounts) -> None:
    (mounts.worktree / "big").write_bytes(b"x" * (96 << 20))
    os.utime(mounts.worktree)
    done = run(PYTHON, "-c", "import time; time.sleep(1.3); print('ran')", limits=Limits(seconds=14, disk=64 << 20))

    assert (done.exit_code, done.output) == (0, b"ran\n")


def test_f33_one_endless_line_is_bounded(run: Run) -> None:
    done = run("sh", "-c", "head -c 50000000 /dev/zero", limits=Limits(output=1000))

    assert (done.exit_code, len(done.output) < 1100) == (0, True)


def test_f36_a_command_that_kills_all_it_can_see_kills_only_itself(
    toolchain: Toolchain, mounts: Mounts, require: Callable[[str], str]
) -> None:
    """Only where processes have a namespace of their own; elsewhere a broken guard would end this machine's work."""
    run = runner(make("bubblewrap", toolchain, require), mounts)
    ours = os.fsencode(Path("/proc/self/ns/pid").readlink())
    assert run("readlink", "/proc/self/ns/pid").output.strip() not in (b"", ours)

    run("sh", "-c", "kill -9 -1")

    assert run("echo", "alive").output == b"alive\n"


def test_f38_a_command_that_removes_its_folder_leaves_the_rest_working(run: Run, mounts: Mounts) -> None:
    (mounts.worktree / "file").write_text("x")
    run("sh", "-c", 'cd ..; rm -rf "$OLDPWD"; rmdir "$OLDPWD"; echo gone')
    mounts.worktree.mkdir(exist_ok=True)

    assert run("echo", "alive").output == b"alive\n"


def test_f38_nothing_is_mounted_over_a_folder(confined: Run, mounts: Mounts) -> None:
    done = confined("sh", "-c", "mount -t tmpfs none . || echo refused")

    assert done.output.splitlines()[-1] == b"refused"
    assert (mounts.worktree / ".git").exists()
