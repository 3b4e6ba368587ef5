"""Every guard beside bubblewrap's own words: while it is there an attack fails, and a build without it is found out.

A guard is taken away in the test, by patching one piece of the code; nothing shipped can switch one off.
"""

from __future__ import annotations

import ctypes
import os
import resource
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sandboxed import PYTHON, Run, alive, make, runner

from gitbuddy.sandboxes import kernel, landlock, seccomp, supervisor
from gitbuddy.sandboxes.landlock import Landlock, Rule
from gitbuddy.sandboxes.plain import Plain
from gitbuddy.sandboxes.toolchain import Toolchain
from gitbuddy.sandboxes.watch import Watch, watches
from gitbuddy.values import Limits, Mounts

pytest_plugins = ["confinement"]

RIGHTS = {
    "execute": (0, "cp /bin/true OUT/program 2>/dev/null; OUT/tool"),
    "write-file": (1, "echo x >> OUT/file"),
    "read-file": (2, "cat OUT/file"),
    "read-dir": (3, "ls OUT"),
    "remove-dir": (4, "rmdir OUT/empty"),
    "remove-file": (5, "rm OUT/file"),
    "make-char": (6, "mknod OUT/new c 1 3"),
    "make-dir": (7, "mkdir OUT/new"),
    "make-reg": (8, "touch OUT/new"),
    "make-sock": (9, f"{PYTHON} -c \"import os, stat; os.mknod('OUT/new', stat.S_IFSOCK | 0o600)\""),
    "make-fifo": (10, "mkfifo OUT/new"),
    "make-block": (11, "mknod OUT/new b 7 0"),
    "make-sym": (12, "ln -s /x OUT/new"),
    "truncate": (14, f"{PYTHON} -c \"import os; os.truncate('OUT/file', 0)\""),
}
"""Name: bit of the right in landlock(7), and a command that needs it in a folder of the host."""
UNOBSERVABLE = {
    "refer": "files are moved between folders; needs rights to remove and make, which are withheld as well",
    "ioctl-dev": "works on devices only, and none but /dev/null and such can be opened",
}
"""Rights whose grant alone shows nothing, with the reason."""
ROOT_ONLY = ("make-char", "make-block")


@pytest.fixture
def walled(toolchain: Toolchain, mounts: Mounts, require: Callable[[str], str]) -> Run:
    return runner(make("landlock", toolchain, require), mounts)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    (folder / "empty").mkdir(parents=True)
    (folder / "file").write_text("canary")
    (folder / "tool").write_bytes(Path("/bin/true").read_bytes())
    (folder / "tool").chmod(0o755)
    return folder


def test_every_right_is_in_the_table() -> None:
    bits = {bit for bit, _ in RIGHTS.values()}

    assert len(RIGHTS) + len(UNOBSERVABLE) == landlock._ALL.bit_count()
    assert bits | {13, 15} == set(range(16))


@pytest.mark.parametrize("name", [name for name in RIGHTS if os.getuid() == 0 or name not in ROOT_ONLY])
def test_every_right_that_is_withheld_is_needed(
    walled: Run, outside: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    bit, script = RIGHTS[name]
    script = script.replace("OUT", str(outside))

    assert walled("sh", "-c", script).exit_code != 0

    granted = (outside, 1 << bit | (landlock._READ_FILE if name == "execute" else 0))
    whole = landlock.rules
    monkeypatch.setattr(landlock, "rules", lambda *given: [*whole(*given), granted])
    if name in ROOT_ONLY:  # making devices also takes a capability
        monkeypatch.setattr(kernel, "drop_capabilities", lambda: None)

    assert walled("sh", "-c", script).exit_code == 0, name


def test_places_that_are_not_listed_are_closed(mounts: Mounts, tmp_path: Path) -> None:
    """What is allowed for writing is the worktree, the named folders and the scratch folder, and no more."""
    allowed: Sequence[Rule] = landlock.rules(replace(mounts, writable=(tmp_path / "w",)), tmp_path / "s", ())
    writable = {path for path, rights in allowed if rights & landlock.WRITE & ~landlock.READ & ~landlock.DEVICE}

    assert writable == {mounts.worktree, tmp_path / "w", tmp_path / "s"}
    assert not {path for path, _ in allowed} & {Path("/"), Path("/etc"), Path("/root"), Path("/home"), mounts.at}


CONNECT = """
import socket, sys
try:
    if sys.argv[1] == "tcp":
        socket.create_connection(("127.0.0.1", int(sys.argv[2])), 1)
    else:
        socket.socket(socket.AF_UNIX).connect("\\0" + sys.argv[2])
    print("open")
except OSError:
    print("closed")
"""


@pytest.fixture
def listeners() -> Iterator[dict[str, str]]:
    name = f"gitbuddy-guards-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind("\0" + name)
        abstract.listen()
        yield {"tcp": str(tcp.getsockname()[1]), "abstract": name}


@pytest.mark.parametrize(("what", "place"), [("tcp", "_TCP"), ("abstract", "_SCOPES")])
def test_the_network_is_closed_twice(
    walled: Run,
    toolchain: Toolchain,
    mounts: Mounts,
    listeners: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    place: str,
) -> None:
    """By Landlock and by the filter: each holds alone, and without both the host is reached."""
    attack = (PYTHON, "-c", CONNECT, what, listeners[what])
    filters = seccomp.program(seccomp.machine(), seccomp.NETWORK)

    with monkeypatch.context() as patch:
        patch.setattr(landlock, place, 0)
        assert walled(*attack).output == b"closed\n"
    with monkeypatch.context() as patch:
        patch.setattr(Landlock, "_filter", filters)
        walled = runner(Landlock(toolchain), mounts)  # a sandbox keeps its filter
        assert walled(*attack).output == b"closed\n"
        patch.setattr(landlock, place, 0)
        assert walled(*attack).output == b"open\n"


def test_signals_stay_inside_by_scope(walled: Run, mounts: Mounts, monkeypatch: pytest.MonkeyPatch) -> None:
    attack = (PYTHON, "-c", f"import os; os.kill({os.getpid()}, 0); print('open')")

    assert walled(*attack).exit_code != 0

    monkeypatch.setattr(landlock, "_SCOPES", 0)

    assert walled(*attack).output == b"open\n"


def test_the_filter_and_the_capabilities_go_when_they_are_not_set(walled: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def status(name: str) -> str:
        lines = walled("cat", "/proc/self/status").output.decode().splitlines()
        return dict(line.split(":\t") for line in lines)[name]

    assert (status("Seccomp"), status("CapEff").strip("0")) == ("2", "")

    monkeypatch.setattr(seccomp, "install", lambda program: None)
    monkeypatch.setattr(kernel, "drop_capabilities", lambda: None)

    assert status("Seccomp") == "0"
    assert bool(status("CapEff").strip("0")) is (os.getuid() == 0)  # others never had any


def test_without_no_new_privileges_nothing_starts_or_it_shows(walled: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may confine itself without; anybody else cannot, and then the command does not start."""

    def others(option: int, argument: int = 0, pointer: ctypes.c_void_p | None = None) -> None:
        if option != kernel.PR_SET_NO_NEW_PRIVS:
            whole(option, argument, pointer)

    whole = kernel.prctl
    monkeypatch.setattr(kernel, "prctl", others)
    monkeypatch.setattr(kernel, "drop_capabilities", lambda: None)  # the filter needs one of the two
    done = walled("cat", "/proc/self/status")

    assert done.exit_code is None or b"NoNewPrivs:\t0" in done.output


# resource, limits, an attack that prints "over" when nothing stops it
RLIMITS = {
    resource.RLIMIT_CORE: (Limits(), "import resource; print('over' if resource.getrlimit(4)[1] else '')"),
    resource.RLIMIT_CPU: (Limits(seconds=30), "import resource; print('over' if resource.getrlimit(0)[1] < 0 else '')"),
    resource.RLIMIT_FSIZE: (
        Limits(file_size=4096),
        "f = open('big', 'wb', 0); [f.write(bytes(4096)) for _ in 'ab']; print('over')",
    ),
    resource.RLIMIT_NOFILE: (
        Limits(open_files=64),
        "import os; [os.open('/dev/null', 0) for _ in range(100)]; print('over')",
    ),
    resource.RLIMIT_DATA: (Limits(memory=64 << 20), "bytearray(128 << 20); print('over')"),
    resource.RLIMIT_AS: (
        Limits(memory=64 << 20),
        "import mmap; mmap.mmap(-1, 80 << 30, mmap.MAP_SHARED | 0x4000, mmap.PROT_READ); print('over')",
    ),
}
RLIMITS_UNOBSERVABLE = {resource.RLIMIT_NPROC: "does not bind root; the watcher of processes holds for everybody"}


def test_every_rlimit_is_in_the_table() -> None:
    assert {*RLIMITS, *RLIMITS_UNOBSERVABLE} == set(supervisor.bounds(Limits(), 0))


@pytest.mark.parametrize("what", RLIMITS)
def test_every_rlimit_is_needed(
    toolchain: Toolchain, mounts: Mounts, monkeypatch: pytest.MonkeyPatch, what: int
) -> None:
    limits, attack = RLIMITS[what]
    if what == resource.RLIMIT_CORE and resource.getrlimit(what)[1] == 0:
        pytest.skip("this machine writes no core files anyway")
    run = runner(Plain(toolchain), mounts)

    assert b"over" not in run(PYTHON, "-c", attack, limits=limits).output

    whole = supervisor.bounds
    monkeypatch.setattr(
        supervisor, "bounds", lambda *given: {name: most for name, most in whole(*given).items() if name != what}
    )

    assert b"over" in run(PYTHON, "-c", attack, limits=limits).output


DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        null = os.open("/dev/null", os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(null, number)
        time.sleep(30)
    os._exit(0)
os.wait()
"""


def _no_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "_sweep", lambda wrapped: None)


def _no_subreaper(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = kernel.prctl
    monkeypatch.setattr(
        kernel, "prctl", lambda option, *rest: None if option == kernel.PR_SET_CHILD_SUBREAPER else whole(option, *rest)
    )


@pytest.mark.parametrize("remove", [_no_sweep, _no_subreaper])
def test_a_daemon_lives_on_without_the_sweep(
    walled: Run, token: str, monkeypatch: pytest.MonkeyPatch, remove: Callable[[pytest.MonkeyPatch], None]
) -> None:
    """Under bubblewrap the namespace ends it all the same, so this is seen without one."""
    walled(PYTHON, "-c", DAEMON, token)
    assert alive(token) == []

    remove(monkeypatch)
    walled(PYTHON, "-c", DAEMON, token)

    assert len(alive(token)) == 1


WATCHED = {
    "processes": (
        Limits(seconds=20, processes=10),
        "import os, time\nfor _ in range(15):\n    os.fork() or (time.sleep(2.5), os._exit(0))\ntime.sleep(2.5)",
    ),
    "memory": (Limits(seconds=20, total_memory=64 << 20), "import time; x = bytearray(160 << 20); time.sleep(2.5)"),
    "disk": (
        Limits(seconds=20, disk=8 << 20),
        "import time; open('x', 'wb').write(bytes(16 << 20)); time.sleep(2.5)",
    ),
}


@pytest.mark.parametrize("name", WATCHED)
def test_every_watch_is_needed(
    toolchain: Toolchain, mounts: Mounts, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    limits, attack = WATCHED[name]
    run = runner(Plain(toolchain), mounts)
    attack += "; print('over')" if name != "processes" else "\nprint('over')"
    whole_bounds = supervisor.bounds
    monkeypatch.setattr(  # who is not root is stopped by this one first
        supervisor, "bounds", lambda *given: whole_bounds(*given) | {resource.RLIMIT_NPROC: 1 << 20}
    )

    done = run(PYTHON, "-c", attack, limits=limits)
    assert (done.exit_code, b"over" in done.output, f"more {name} than".encode() in done.output) == (137, False, True)

    def others(*given: object) -> tuple[Watch, ...]:
        return tuple(watch for watch in watches(*given) if name not in watch.words)  # type: ignore[arg-type]  # as given

    monkeypatch.setattr(supervisor, "watches", others)

    assert b"over" in run(PYTHON, "-c", attack, limits=limits).output
