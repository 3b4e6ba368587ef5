"""The self-test: a sandbox is one only after something that tries to get out of it, just now, could not."""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from gitbuddy.protocols import Sandbox
from gitbuddy.sandboxes import probe
from gitbuddy.sandboxes.installs import PRIVATE
from gitbuddy.sandboxes.toolchain import SYSTEM, home_of_record
from gitbuddy.temporary import temporary_folder
from gitbuddy.values import Limits, Mounts

ESCAPES = {
    "host-file": "reads files of this machine",
    "network": "reaches the network of this machine",
    "abstract-socket": "reaches abstract sockets of this machine",
    "environment": "sees the environment of this process",
    "home": "reads the home folder of this user",
    "namespace": "makes user namespaces, which open the kernel to attack",
}
_FILES = 8
_LIMITS = Limits(seconds=10, memory=1 << 30, processes=64, output=1 << 14)


@dataclass(frozen=True, slots=True)
class _Bait:
    """What lies on the host for the probe to reach; `folder` holds it all."""

    folder: Path
    port: int
    abstract: str
    variable: str
    home: str


def self_test(sandbox: Sandbox, needed: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What is wrong with a sandbox, in words; empty if nothing. `needed` are words the probe must print as well."""
    with _bait() as bait:
        worktree, filled = bait.folder / "worktree", bait.folder / "filled"
        places = (str(bait.folder / "secret"), str(bait.folder), str(filled))
        arguments = (*places, str(bait.port), bait.abstract, bait.variable, bait.home)
        command = (os.path.realpath(sys.executable), "-I", "-S", "-c", _source(), *arguments)
        done = sandbox.run(command, Mounts(worktree, worktree, _interpreter(), (filled,)), _LIMITS, {})
        words = done.output.decode("utf-8", "replace").split()
        if done.exit_code != 0 or "done" not in words:
            text = " ".join(words[:40]) or "it printed nothing"
            return (f"cannot run a command: {text}",)
        found = [sentence for word, sentence in ESCAPES.items() if word in words]
        # Judged from here: a private folder that happens to have the same path is no escape.
        found += ["writes files of this machine"] if (bait.folder / "written").exists() else []
        found += ["leaves processes behind"] if _locked(worktree / probe.LOCK) else []
        found += [f"does not offer: {word}" for word in ("worktree", "writable", *needed) if word not in words]
        return tuple(found)


@contextmanager
def _bait() -> Iterator[_Bait]:
    token = secrets.token_hex(8)
    with ExitStack() as stack:
        folder = stack.enter_context(temporary_folder())
        (folder / "secret").write_text(token)
        for name in ("worktree", "filled"):
            (folder / name).mkdir()
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        abstract = stack.enter_context(socket.socket(socket.AF_UNIX))
        abstract.bind(f"\0gitbuddy-{token}")
        abstract.listen()
        variable = f"GITBUDDY_CANARY_{token}"
        os.environ[variable] = token
        stack.callback(os.environ.pop, variable, None)
        yield _Bait(folder, listener.getsockname()[1], f"gitbuddy-{token}", variable, "\n".join(_private()))


def _private() -> list[str]:
    """Some of what lies in the home folder and is no tool: plain files there, and folders of settings and keys."""
    homes = {Path.home(), home_of_record() or Path.home()}
    folders = [home / name for home in homes for name in PRIVATE if (home / name).is_dir()]
    files = [Path(entry) for home in homes if home.is_dir() for entry in os.scandir(home) if entry.is_file()]
    return [str(place) for place in (*folders, *files[:_FILES]) if "\n" not in str(place)]


def _source() -> str:
    return Path(probe.__file__).read_text("utf-8")


def _interpreter() -> tuple[Path, ...]:
    """Where the Python that runs the probe lives, if the sandbox would not show that by itself."""
    prefix = Path(os.path.realpath(sys.executable)).parent.parent
    return () if any(prefix == place or place in prefix.parents for place in SYSTEM) else (prefix,)


def _locked(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
