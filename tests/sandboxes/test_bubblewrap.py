"""The order of mounts, what each part of the command line is good for, and the project at its own path."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from sandboxed import wait_for

from gitbuddy.sandboxes import bubblewrap
from gitbuddy.sandboxes.bubblewrap import Bubblewrap, View, arguments
from gitbuddy.sandboxes.descent import descendants
from gitbuddy.sandboxes.process import Launch, launch
from gitbuddy.sandboxes.toolchain import find_toolchain
from gitbuddy.values import CompletedCommand, Limits, Mounts

VIEW = View(
    program=Path("/usr/bin/bwrap"),
    options=frozenset({"--disable-userns", "--size"}),
    system=((Path("/usr"), None), (Path("/bin"), "usr/bin")),
    read_only=(Path("/etc/ssl/certs"), Path("/tmp/tools/bin")),
    files={"/etc/passwd": 7},
    seccomp=8,
    empty=9,
    git="file",
    scratch=1 << 20,
)
MOUNTS = Mounts(Path("/cache/slot"), Path("/tmp/repo"), (Path("/tmp/repo/.venv"),))
LIMITS = Limits(seconds=20)


def words(mounts: Mounts = MOUNTS, view: View = VIEW) -> list[str]:
    return arguments(["make", "test"], mounts, view, {"PATH": "/usr/bin"})


def place(found: list[str], *sequence: str) -> int:
    """Where the words stand one after the other."""
    return next(at for at in range(len(found)) if found[at : at + len(sequence)] == list(sequence))


BEFORE = (
    (("--tmpfs", "/tmp"), ("--bind", "/cache/slot", "/tmp/repo")),
    (("--tmpfs", "/tmp"), ("--ro-bind", "/tmp/tools/bin", "/tmp/tools/bin")),
    (("--tmpfs", "/tmp"), ("--dir", "/tmp/home")),
    (("--ro-bind", "/tmp/tools/bin", "/tmp/tools/bin"), ("--bind", "/cache/slot", "/tmp/repo")),
    (("--bind", "/cache/slot", "/tmp/repo"), ("--ro-bind-data", "9", "/tmp/repo/.git")),
    (("--bind", "/cache/slot", "/tmp/repo"), ("--ro-bind", "/tmp/repo/.venv", "/tmp/repo/.venv")),
    (("--dev", "/dev"), ("--tmpfs", "/dev/shm")),
    (("--tmpfs", "/dev/shm"), ("--remount-ro", "/dev")),
    (("--ro-bind", "/tmp/repo/.venv", "/tmp/repo/.venv"), ("--remount-ro", "/")),
    (("--clearenv",), ("--setenv", "PATH", "/usr/bin")),
    (("--remount-ro", "/"), ("--", "make", "test")),
)


@pytest.mark.parametrize(("earlier", "later"), BEFORE)
def test_what_covers_comes_after_what_is_covered(earlier: tuple[str, ...], later: tuple[str, ...]) -> None:
    found = words()

    assert place(found, *earlier) < place(found, *later)


def test_the_whole_host_is_never_mounted() -> None:
    found = words()
    sources = [found[at + 1] for at, word in enumerate(found) if word in ("--ro-bind", "--bind")]

    assert not {"/", "/home", "/etc", "/root", "/var", "/run", "/proc", "/sys", "/dev"} & set(sources)
    assert "--dev-bind" not in found
    assert "--share-net" not in found


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("file", ["--ro-bind-data", "9", "/tmp/repo/.git"]),
        ("folder", ["--tmpfs", "/tmp/repo/.git", "--remount-ro", "/tmp/repo/.git"]),
        ("absent", []),
    ],
)
def test_git_is_hidden_as_what_it_is(state: str, expected: list[str]) -> None:
    found = words(view=replace(VIEW, git=state))  # type: ignore[arg-type]  # parametrised over the literal's values

    assert [word for word in found if word == "/tmp/repo/.git"] == [word for word in expected if word.endswith(".git")]
    assert not expected or place(found, *expected) > 0


GENERATED = [
    Mounts(
        Path("/cache/slot"),
        Path(at),
        tuple(Path(at) / name for name in (".venv", "node_modules")[:count]),
        tuple(map(Path, ("/tmp/out", "/cache/reports", "/tmp/tools/out")[:writable])),
    )
    for at in ("/home/una/repo", "/tmp/repo", "/repo", "/cache/slot")
    for count in range(3)
    for writable in range(4)
]
VIEWS = [
    replace(VIEW, git=git, options=options)
    for git in get_args(get_type_hints(View)["git"])
    for options in (frozenset[str](), frozenset({"--disable-userns", "--size"}))
]


def sources(found: list[str], word: str) -> list[tuple[str, str]]:
    return [(found[at + 1], found[at + 2]) for at, each in enumerate(found[: found.index("--")]) if each == word]


@pytest.mark.parametrize(
    "mounts", GENERATED, ids=lambda mounts: f"{mounts.at}-{len(mounts.read_only)}{len(mounts.writable)}"
)
def test_whatever_is_mounted_the_order_protects(mounts: Mounts) -> None:
    for view in VIEWS:
        found = words(mounts, view)
        end, project = found.index("--"), place(found, "--bind", str(mounts.worktree), str(mounts.at))
        options = found[:end]

        # writable is what was named as writable, at the path that was named, and nothing else
        expected = [(str(mounts.worktree), str(mounts.at)), *((str(one), str(one)) for one in mounts.writable)]
        assert sources(found, "--bind") == expected
        assert not {"--dev-bind", "--bind-try", "--share-net", "--bind-fd", "--overlay"} & set(options)
        # what covers comes after what is covered
        assert place(found, "--tmpfs", "/tmp") < project
        for folder in mounts.writable:
            assert place(found, "--tmpfs", "/tmp") < place(found, "--bind", str(folder), str(folder))
        for folder in mounts.read_only:
            assert project < place(found, "--ro-bind", str(folder), str(folder))
        if view.git != "absent":
            assert project < max(at for at, word in enumerate(options) if word == str(mounts.at / ".git"))
        # nothing of the host but what the view and the mounts name
        allowed = {*map(str, view.read_only), *map(str, mounts.read_only), *(str(path) for path, _ in view.system)}
        assert {source for source, _ in sources(found, "--ro-bind")} <= allowed
        # always there, and the last mount of all makes what is left over read-only
        for guard in ("--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"):
            assert guard in options
        for sequence in (("--cap-drop", "ALL"), ("--clearenv",), ("--new-session",), ("--die-with-parent",)):
            assert place(options, *sequence) > 0
        assert place(options, "--seccomp", "8") > 0
        assert options[-6:] == ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", str(mounts.at)]


def test_an_old_version_is_not_given_options_it_does_not_know() -> None:
    found = words(view=replace(VIEW, options=frozenset()))

    assert not {"--size", "--disable-userns"} & set(found)


def test_a_command_cannot_pass_for_an_option() -> None:
    found = arguments(["--bind", "/", "/"], MOUNTS, VIEW, {})

    assert found[-4:] == ["--", "--bind", "/", "/"]


@pytest.fixture
def sandbox(require: Callable[[str], str]) -> Bubblewrap:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return Bubblewrap(find_toolchain({"PATH": path}, Path.home()), Path(require("bwrap")))


@pytest.fixture
def mounts(tmp_path: Path) -> Mounts:
    slot, venv = tmp_path / "slot", tmp_path / "repo" / ".venv"
    slot.mkdir()
    (slot / ".git").write_text("gitdir: /somewhere\n")
    (venv / "bin").mkdir(parents=True)
    (venv / "pyvenv.cfg").write_text("home = /usr/bin\n")
    return Mounts(slot, tmp_path / "repo", (venv,))


def shell(sandbox: Bubblewrap, mounts: Mounts, script: str, limits: Limits = LIMITS) -> CompletedCommand:
    return sandbox.run(["sh", "-c", script], mounts, limits, {})


Words = list[str]
ROOT = os.getuid() == 0
"""For anybody else bubblewrap cannot do without a user namespace, and it keeps no capabilities whatever is asked."""
NAMESPACES = (*(("user",) if ROOT else ()), "pid", "net", "ipc", "uts", "cgroup")
SYSCALL = 'python3 -c "import ctypes, os; c = ctypes.CDLL(None, use_errno=True); '
KEYCTL = {"x86_64": 250, "aarch64": 219}[os.uname().machine]

# words that are dropped, and a script that says "closed" while they are there and something else when they are not
GUARDS = (
    (("--remount-ro", "/"), "touch /new 2>/dev/null && echo open || echo closed"),
    (("--remount-ro", "/dev"), "touch /dev/new 2>/dev/null && echo open || echo closed"),
    (("--ro-bind-data", "*", "*/.git"), "test -s .git && echo open || echo closed"),
    (("--tmpfs", "/tmp"), "touch /tmp/new && echo closed || echo broken"),
    (("--tmpfs", "/dev/shm"), "touch /dev/shm/new && echo closed || echo broken"),
    (("--seccomp", "*"), "grep -q 'Seccomp:.2' /proc/self/status && echo closed || echo open"),
    (
        ("--seccomp", "*"),
        f"{SYSCALL}c.syscall({KEYCTL}, 0, 0, 0); print('closed' if ctypes.get_errno() == 1 else 'open')\"",
    ),
    (
        ("--size", "1048576"),
        "head -c 1048576 /dev/zero > /tmp/a; head -c 1048576 /dev/zero > /tmp/b && echo open || echo closed",
    ),
    (("--uid", "*"), "test $(id -u) = 1000 && echo closed || echo open"),
    (("--ro-bind", "*", "*/.venv"), "test -e .venv/pyvenv.cfg && echo closed || echo missing"),
    (("--proc", "/proc"), "test -r /proc/self/status && echo closed || echo missing"),
    (("--chdir", "*"), "test $(basename $PWD) = repo && echo closed || echo elsewhere"),
    (("--hostname", "*"), "test $(uname -n) = sandbox && echo closed || echo named"),
    (("--new-session",), "python3 -c \"import os; print('closed' if os.getsid(0) else 'joined')\""),
)

# Guards behind other guards: each is shown to hold by itself, and the way out opens when all of a row are gone.
PAIRS = (
    (
        "nested user namespaces",
        (("--seccomp", "*"), ("--disable-userns",)),
        "unshare -U true 2>/dev/null && echo open || echo closed",
    ),
    *(
        [
            (
                "capabilities",
                (("--cap-drop", "ALL"), ("--uid", "*")),
                "grep -q 'CapEff:.0000000000000000' /proc/self/status && echo closed || echo open",
            )
        ]
        if ROOT
        else []
    ),
)


def without(found: Sequence[str], dropped: Sequence[str]) -> Words:
    """The words, less the first sequence that fits; `*` stands for anything at the start of a word."""

    def fits(word: str, pattern: str) -> bool:
        return word.endswith(pattern[1:]) if pattern.startswith("*") else word == pattern

    length = len(dropped)
    for at in range(len(found)):
        if len(found[at : at + length]) == length and all(map(fits, found[at : at + length], dropped)):
            return [*found[:at], *found[at + length :]]
    raise AssertionError(f"not there: {dropped}")


def drop(monkeypatch: pytest.MonkeyPatch, *dropped: str) -> None:
    inner = bubblewrap.arguments

    def fewer(command: Sequence[str], mounts: Mounts, view: View, environment: Mapping[str, str]) -> Words:
        found = inner(command, mounts, view, environment)
        end = found.index("--")
        return [*without(found[:end], dropped), *found[end:]]

    monkeypatch.setattr(bubblewrap, "arguments", fewer)


@pytest.mark.parametrize(("dropped", "script"), GUARDS)
def test_every_guard_is_needed(
    sandbox: Bubblewrap, mounts: Mounts, monkeypatch: pytest.MonkeyPatch, dropped: tuple[str, ...], script: str
) -> None:
    limits = replace(LIMITS, file_size=1 << 20)

    assert shell(sandbox, mounts, script, limits).output.split()[-1:] == [b"closed"]

    drop(monkeypatch, *dropped)

    assert shell(sandbox, mounts, script, limits).output.split()[-1:] != [b"closed"]


@pytest.mark.parametrize(("dropped", "script"), [row[1:] for row in PAIRS], ids=[row[0] for row in PAIRS])
def test_guards_behind_guards_hold_alone_and_are_needed_together(
    sandbox: Bubblewrap,
    mounts: Mounts,
    monkeypatch: pytest.MonkeyPatch,
    dropped: tuple[tuple[str, ...], ...],
    script: str,
) -> None:
    for words_ in dropped:
        assert shell(sandbox, mounts, script).output.split()[-1:] == [b"closed"]

        drop(monkeypatch, *words_)
        if words_[0] == "--uid":
            replaced(monkeypatch, "--gid", "*", by=("--gid", "0", "--uid", "0"))

    assert shell(sandbox, mounts, script).output.split()[-1:] == [b"open"]


def replaced(monkeypatch: pytest.MonkeyPatch, *dropped: str, by: tuple[str, ...]) -> None:
    """Other words in place of some, at the end of the options."""
    inner = bubblewrap.arguments

    def other(command: Sequence[str], mounts: Mounts, view: View, environment: Mapping[str, str]) -> Words:
        found = inner(command, mounts, view, environment)
        end = found.index("--chdir")
        return [*without(found[:end], dropped), *by, *found[end:]]

    monkeypatch.setattr(bubblewrap, "arguments", other)


def test_the_environment_is_kept_out_twice(
    sandbox: Bubblewrap, mounts: Mounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_environment(what: Launch) -> CompletedCommand:
        return launch(replace(what, environment={"CANARY": "seen"}))

    script = "echo $CANARY"
    monkeypatch.setattr(bubblewrap, "launch", with_environment)

    assert shell(sandbox, mounts, script).output == b"\n"

    drop(monkeypatch, "--clearenv")

    assert shell(sandbox, mounts, script).output == b"seen\n"

    monkeypatch.setattr(bubblewrap, "launch", launch)

    assert shell(sandbox, mounts, script).output == b"\n"


def test_dependencies_that_are_not_bound_read_only_are_written(
    sandbox: Bubblewrap, mounts: Mounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "touch .venv/new 2>/dev/null && echo open || echo closed"
    venv = str(mounts.read_only[0])

    assert shell(sandbox, mounts, script).output == b"closed\n"

    replaced(monkeypatch, "--ro-bind", venv, venv, by=("--bind", venv, venv))

    assert shell(sandbox, mounts, script).output == b"open\n"


def test_a_git_folder_is_masked_and_is_open_when_it_is_not(
    sandbox: Bubblewrap, mounts: Mounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    pointer = mounts.worktree / ".git"
    pointer.unlink()
    pointer.mkdir()
    (pointer / "config").write_text("canary")
    inside = str(mounts.at / ".git")

    assert b"canary" not in shell(sandbox, mounts, "cat .git/config; touch .git/new").output
    assert not (pointer / "new").exists()

    drop(monkeypatch, "--tmpfs", inside, "--remount-ro", inside)

    assert shell(sandbox, mounts, "cat .git/config").output == b"canary"


def test_all_of_it_dies_when_its_supervisor_is_killed_and_not_without_the_guard(
    sandbox: Bubblewrap, mounts: Mounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _left_by_a_killed_supervisor(sandbox, mounts) == []

    drop(monkeypatch, "--die-with-parent")

    left = _left_by_a_killed_supervisor(sandbox, mounts)
    for pid in left:
        with suppress(ProcessLookupError):  # one of them may end the next
            os.kill(pid, signal.SIGKILL)
    assert left


def _left_by_a_killed_supervisor(sandbox: Bubblewrap, mounts: Mounts) -> list[int]:
    """Ids of processes that live on when nobody is there to sweep."""
    script = "echo started > started; sleep 20"
    started = mounts.worktree / "started"
    started.unlink(missing_ok=True)
    others = set(descendants(os.getpid()))  # servers that other tests keep
    with ThreadPoolExecutor() as pool:
        done = pool.submit(shell, sandbox, mounts, script)
        assert wait_for(started.exists)
        ours = [pid for pid in descendants(os.getpid()) if pid not in others]
        os.kill(ours[0], signal.SIGKILL)
        assert done.result().exit_code == 128 + signal.SIGKILL
        wait_for(lambda: not any(map(_lives, ours)), seconds=1.5)
    return [pid for pid in ours if _lives(pid)]


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2][:1] != b"Z"
    except OSError:
        return False


@pytest.mark.parametrize("name", NAMESPACES)
def test_every_namespace_is_its_own_and_is_not_when_it_is_dropped(
    sandbox: Bubblewrap, mounts: Mounts, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    host = str(Path(f"/proc/self/ns/{name}").readlink()).encode()
    script = f"readlink /proc/self/ns/{name}"

    assert shell(sandbox, mounts, script).output.strip() != host

    drop(monkeypatch, f"--unshare-{name}{'-try' if name == 'cgroup' else ''}")
    if name == "uts":
        drop(monkeypatch, "--hostname", "*")
    if name == "user":  # asks for a user namespace too, and so do other user ids
        for words_ in (("--disable-userns",), ("--uid", "*"), ("--gid", "*")):
            drop(monkeypatch, *words_)

    assert shell(sandbox, mounts, script).output.strip() == host


def test_without_its_own_network_the_hosts_is_reached(
    sandbox: Bubblewrap, mounts: Mounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        script = f"import socket; socket.create_connection(('127.0.0.1', {listener.getsockname()[1]}), 1)"
        command = ["python3", "-c", script]

        assert sandbox.run(command, mounts, LIMITS, {}).exit_code == 1

        drop(monkeypatch, "--unshare-net")

        assert sandbox.run(command, mounts, LIMITS, {}).exit_code == 0


def test_a_server_on_its_own_loopback_works(sandbox: Bubblewrap, mounts: Mounts) -> None:
    script = """
import socket
with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
    client.sendall(b"x")
    print(server.accept()[0].recv(1))
"""

    assert sandbox.run(["python3", "-c", script], mounts, LIMITS, {}).output == b"b'x'\n"


def test_the_folders_above_the_project_are_empty_but_for_the_path(sandbox: Bubblewrap, mounts: Mounts) -> None:
    (mounts.at.parent / "neighbour").mkdir()

    assert shell(sandbox, mounts, "pwd; ls -A ..").output.decode().split() == [str(mounts.at), "repo"]


def test_dependencies_are_read_only_and_leave_no_litter(sandbox: Bubblewrap, mounts: Mounts) -> None:
    done = shell(sandbox, mounts, "cat .venv/pyvenv.cfg; touch .venv/new")

    assert done.output.startswith(b"home = /usr/bin\n")
    assert b"Read-only file system" in done.output
    assert not (mounts.at / ".venv" / "new").exists()
    assert [path for path in mounts.worktree.rglob("*") if path.is_file()] == [mounts.worktree / ".git"]


@pytest.mark.parametrize("trap", ["link", "file"])
def test_a_mount_point_that_a_command_has_bent_is_not_used(sandbox: Bubblewrap, mounts: Mounts, trap: str) -> None:
    if trap == "link":
        (mounts.worktree / ".venv").symlink_to("/etc")
    else:
        (mounts.worktree / ".venv").write_text("x")

    assert shell(sandbox, mounts, "test -e .venv/pyvenv.cfg || echo gone").output == b"gone\n"


def test_users_and_hosts_are_stand_ins(sandbox: Bubblewrap, mounts: Mounts) -> None:
    done = shell(sandbox, mounts, "id -un; getent hosts localhost | head -1; cat /etc/passwd | wc -l")

    assert done.output.split()[0] == b"user"
    assert done.output.split()[-1] == b"2"


def test_a_setup_that_fails_is_a_command_that_did_not_start(
    sandbox: Bubblewrap, mounts: Mounts, tmp_path: Path
) -> None:
    done = shell(sandbox, replace(mounts, worktree=tmp_path / "missing"), "true")

    assert done.exit_code is None
    assert done.output.startswith(b"bwrap: ")


def test_an_editable_install_leads_to_the_candidate(sandbox: Bubblewrap, tmp_path: Path) -> None:
    """The reason for mounting the worktree at the repository's own path."""
    repo, slot = tmp_path / "repo", tmp_path / "slot"
    for folder, words_ in ((repo, "the user's checkout"), (slot, "the candidate")):
        (folder / "src" / "pkg").mkdir(parents=True)
        (folder / "src" / "pkg" / "__init__.py").write_text(f"WORDS = {words_!r}\n")
    base = os.path.realpath(sys.executable)
    subprocess.run([base, "-m", "venv", "--without-pip", repo / ".venv"], check=True)
    packages = next((repo / ".venv" / "lib").glob("python3*/site-packages"))
    (packages / "pkg.pth").write_text(f"{repo / 'src'}\n")
    command = ["python3", "-c", "import pkg; print(pkg.WORDS)"]
    plainly = subprocess.run([repo / ".venv/bin/python3", *command[1:]], capture_output=True, text=True, check=True)
    done = sandbox.run(command, Mounts(slot, repo, (repo / ".venv",)), LIMITS, {})

    assert plainly.stdout == "the user's checkout\n"
    assert done.output == b"the candidate\n"
