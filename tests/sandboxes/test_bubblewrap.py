"""The order of mounts, what each part of the command line is good for, and the project at its own path."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gitbuddy.sandboxes import bubblewrap
from gitbuddy.sandboxes.bubblewrap import Bubblewrap, View, arguments
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
NAMESPACES = {"pid": "pid", "net": "net", "ipc": "ipc", "uts": "uts"}
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
    def fewer(command: Sequence[str], mounts: Mounts, view: View, environment: Mapping[str, str]) -> Words:
        found = arguments(command, mounts, view, environment)
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


@pytest.mark.parametrize("name", NAMESPACES)
def test_every_namespace_is_its_own_and_is_not_when_it_is_dropped(
    sandbox: Bubblewrap, mounts: Mounts, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    host = str(Path(f"/proc/self/ns/{name}").readlink()).encode()
    script = f"readlink /proc/self/ns/{name}"

    assert shell(sandbox, mounts, script).output.strip() != host

    drop(monkeypatch, f"--unshare-{name}")
    if name == "uts":
        monkeypatch.setattr(bubblewrap, "arguments", _chain(monkeypatch, "--hostname", "*"))

    assert shell(sandbox, mounts, script).output.strip() == host


def _chain(monkeypatch: pytest.MonkeyPatch, *dropped: str) -> Callable[..., Words]:
    inner = bubblewrap.arguments

    def fewer(command: Sequence[str], mounts: Mounts, view: View, environment: Mapping[str, str]) -> Words:
        return without(inner(command, mounts, view, environment), dropped)

    return fewer


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
