"""Bubblewrap: own namespaces for files, network and processes, without root. The strongest sandbox gitbuddy has.

The command sees an allow-list: the system's programs, the toolchains on PATH, the worktree at the repository's own
path, and nothing else of the machine. See bwrap(1); order matters, because a later mount covers an earlier one.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

from gitbuddy.errors import GitbuddyError
from gitbuddy.sandboxes import seccomp, system
from gitbuddy.sandboxes.environment import base_environment, merged
from gitbuddy.sandboxes.pointer import kept_pointer
from gitbuddy.sandboxes.process import Launch, launch
from gitbuddy.sandboxes.toolchain import SYSTEM, Toolchain
from gitbuddy.values import CompletedCommand, Limits, Mounts

PROGRAM = Path("/usr/bin/bwrap")
_UNSHARED = ("user", "pid", "net", "ipc", "uts", "cgroup-try")
_SHARED_MEMORY = 256 << 20
_SMALL = 256 << 10  # bytes of a file that is copied rather than mounted, which takes bubblewrap longer


@dataclass(frozen=True, slots=True)
class View:
    """All of the host that the arguments depend on.

    `system`: folders of the system, with the target of those that are links. `files`: stand-ins and copies by path
    inside, as open descriptors; `empty` is one that reads as nothing. `git`: what `.git` of the worktree is.
    `scratch`: bytes for /tmp, which is memory.
    """

    program: Path
    options: frozenset[str]
    system: tuple[tuple[Path, str | None], ...]
    read_only: tuple[Path, ...]
    files: Mapping[str, int]
    seccomp: int
    empty: int
    git: Literal["file", "folder", "absent"]
    scratch: int


def arguments(command: Sequence[str], mounts: Mounts, view: View, environment: Mapping[str, str]) -> list[str]:
    """The whole command line. Pure: its order is the security of this sandbox and is tested as such."""
    words = [str(view.program), *(f"--unshare-{name}" for name in _UNSHARED)]
    words += ["--uid", str(system.UID), "--gid", str(system.UID), "--hostname", "sandbox"]
    words += ["--cap-drop", "ALL", "--die-with-parent", "--new-session"]
    words += ["--disable-userns"] if "--disable-userns" in view.options else []
    words += ["--seccomp", str(view.seccomp), "--clearenv"]
    for name, value in sorted(environment.items()):
        words += ["--setenv", name, value]
    words += _machine(view)
    words += _project(mounts, view)
    # Last: what holds the mount points together is memory too, and nobody is to write there.
    words += ["--remount-ro", "/dev", "--remount-ro", "/"]
    return [*words, "--chdir", str(mounts.at), "--", *command]


def _machine(view: View) -> list[str]:
    words: list[str] = []
    for path, target in view.system:
        words += ["--ro-bind", str(path), str(path)] if target is None else ["--symlink", target, str(path)]
    words += ["--proc", "/proc", "--dev", "/dev", *_memory("/dev/shm", _SHARED_MEMORY, view)]  # noqa: S108  inside
    # Before the toolchains and the project: either may lie below the host's /tmp.
    words += [*_memory(str(system.SCRATCH), view.scratch, view), "--dir", system.HOME]
    for path in view.read_only:
        words += ["--ro-bind", str(path), str(path)]
    for name, descriptor in view.files.items():
        words += ["--file", str(descriptor), name]  # made read-only with all of /, and cheaper than a mount of its own
    return words


def _memory(place: str, size: int, view: View) -> list[str]:
    return [*(["--size", str(size)] if "--size" in view.options else []), "--tmpfs", place]


def _project(mounts: Mounts, view: View) -> list[str]:
    words = ["--bind", str(mounts.worktree), str(mounts.at)]
    pointer = str(mounts.at / ".git")
    # Whoever can rewrite a linked worktree's pointer decides which configuration git runs with there.
    if view.git == "file":
        words += ["--ro-bind-data", str(view.empty), pointer]
    elif view.git == "folder":
        words += ["--tmpfs", pointer, "--remount-ro", pointer]
    for folder in mounts.read_only:
        words += ["--ro-bind", str(folder), str(folder)]
    for folder in mounts.writable:
        words += ["--bind", str(folder), str(folder)]
    return words


class Bubblewrap:
    """The sandbox; see the module. `program` must be an absolute path fixed before any checkout."""

    name = "bubblewrap"
    confines = True
    findings: tuple[str, ...] = ()
    closed = True
    runs = True
    passed_over: tuple[str, ...] = ()

    def __init__(self, toolchain: Toolchain, program: Path = PROGRAM) -> None:
        self._toolchain = toolchain
        self._program = program
        self._filter = seccomp.program(seccomp.machine(), seccomp.NETWORK)
        copies = {str(path): path.read_bytes() for path in system.etc_files() if _small(path)}
        self._files = {**copies, **system.STAND_INS}
        self._shown: dict[Mounts, tuple[Path, ...]] = {}

    def run(
        self, command: Sequence[str], mounts: Mounts, limits: Limits, environment: Mapping[str, str]
    ) -> CompletedCommand:
        """See `protocols.Sandbox.run`. A setup that bubblewrap refuses counts as a command that did not start."""
        variables = merged(base_environment(self._toolchain, mounts, system.SCRATCH), environment)
        mounts = replace(mounts, read_only=tuple(folder for folder in mounts.read_only if _mountable(folder, mounts)))
        with kept_pointer(mounts.worktree), self._view(mounts, limits) as view:
            words = arguments(command, mounts, view, variables)
            inherit = (*view.files.values(), view.empty, view.seccomp)
            folders = (mounts.worktree, *mounts.writable)
            done = launch(Launch(tuple(words), Path("/"), {}, limits, wrapped=True, inherit=inherit, folders=folders))
        if done.exit_code == 1 and done.output.startswith(b"bwrap: "):
            return CompletedCommand(None, done.output, done.seconds)
        return done

    def _read_only(self, mounts: Mounts) -> tuple[Path, ...]:
        """Remembered: a job runs many commands on the same folders, and each bind costs bubblewrap time."""
        if mounts not in self._shown:
            places = (*system.etc_files(), *self._toolchain.visible(mounts))
            mounted = (place for place in dict.fromkeys(places) if place not in SYSTEM)
            self._shown[mounts] = tuple(place for place in mounted if str(place) not in self._files)
        return self._shown[mounts]

    @contextmanager
    def _view(self, mounts: Mounts, limits: Limits) -> Iterator[View]:
        with ExitStack() as stack:
            files = {name: _held(stack, data) for name, data in self._files.items()}
            yield View(
                program=self._program,
                options=_options(self._program),
                system=tuple((path, _target(path)) for path in SYSTEM if path.exists()),
                read_only=self._read_only(mounts),
                files=files,
                seccomp=_held(stack, self._filter),
                empty=_held(stack, b""),
                git=_git(mounts.worktree),
                scratch=limits.file_size,
            )


@cache
def _options(program: Path) -> frozenset[str]:
    """Options that not every version has: `--disable-userns` and `--size` came with 0.7 and 0.8."""
    try:
        text = subprocess.run([program, "--help"], capture_output=True, text=True, timeout=10, env={}).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise GitbuddyError(f"bubblewrap cannot be started: {error}", "reinstall the package bubblewrap") from error
    return frozenset(word for word in text.split() if word.startswith("--"))


def _held(stack: ExitStack, data: bytes) -> int:
    """A descriptor that reads as `data`, closed with the stack."""
    descriptor = os.memfd_create("gitbuddy")
    stack.callback(os.close, descriptor)
    os.write(descriptor, data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _small(path: Path) -> bool:
    return path.is_file() and os.access(path, os.R_OK) and path.stat().st_size <= _SMALL


def _target(path: Path) -> str | None:
    return str(path.readlink()) if path.is_symlink() else None


def _git(worktree: Path) -> Literal["file", "folder", "absent"]:
    pointer = worktree / ".git"
    if pointer.is_symlink() or pointer.is_file():
        return "file"
    return "folder" if pointer.is_dir() else "absent"


def _mountable(folder: Path, mounts: Mounts) -> bool:
    """Whether the folder exists, and no link that a command left in the worktree bends its mount point."""
    if not folder.is_dir():
        return False
    if mounts.at not in folder.parents:
        return True
    steps = folder.relative_to(mounts.at).parts
    places = [mounts.worktree.joinpath(*steps[: count + 1]) for count in range(len(steps))]
    return not any(place.is_symlink() or place.is_file() for place in places)
