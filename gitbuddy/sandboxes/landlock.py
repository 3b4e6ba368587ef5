"""Landlock with seccomp: confinement of a process by itself, without root and with nothing to install.

Landlock (landlock(7)) allows files by folder and denies TCP, abstract sockets and signals to the outside; the system
call filter denies all other sockets. Weaker than namespaces: paths are the host's own, so the command runs in the
worktree's folder, cannot open even its own loopback, and has no shared memory.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gitbuddy.errors import GitbuddyError
from gitbuddy.sandboxes import kernel, seccomp, system
from gitbuddy.sandboxes.editable import refuse_strays
from gitbuddy.sandboxes.environment import base_environment, merged
from gitbuddy.sandboxes.plain import scratch_folder
from gitbuddy.sandboxes.pointer import kept_pointer
from gitbuddy.sandboxes.process import Launch, launch
from gitbuddy.sandboxes.toolchain import SYSTEM, Toolchain
from gitbuddy.values import CompletedCommand, Limits, Mounts

NEEDED = 6
"""First version that keeps signals and abstract sockets inside; Linux 6.12."""

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_BLOCK = 1 << 6, 1 << 11
_TRUNCATE, _IOCTL = 1 << 14, 1 << 15
_ALL = (1 << 16) - 1
_TCP = 0b11  # bind and connect
_SCOPES = 0b11  # abstract sockets and signals

READ = _EXECUTE | _READ_FILE | _READ_DIR
LOOK = _READ_FILE | _READ_DIR
WRITE = _ALL & ~(_MAKE_CHAR | _MAKE_BLOCK | _IOCTL)
DEVICE = _READ_FILE | _WRITE_FILE | _TRUNCATE
_OF_A_FILE = _EXECUTE | _READ_FILE | _WRITE_FILE | _TRUNCATE | _IOCTL

Rule = tuple[Path, int]


def version() -> int:
    """Version of Landlock in this kernel; 0 if it is absent or switched off."""
    try:
        return kernel.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_FLAG))
    except OSError:
        return 0


def rules(mounts: Mounts, scratch: Path, readable: Sequence[Path]) -> list[Rule]:
    """What a command may do where. Everything else is denied, the user's checkout among it."""
    devices = [Path("/dev") / name for name in ("null", "zero", "full", "random", "urandom")]
    return [
        *((path, READ) for path in (*SYSTEM, *readable, *mounts.read_only)),
        *((path, LOOK) for path in (*system.etc_files(), *map(Path, system.STAND_INS))),
        (Path("/proc"), LOOK),  # Landlock itself hides what processes outside of it keep there
        *((path, DEVICE) for path in devices),
        *((path, WRITE) for path in (mounts.worktree, *mounts.writable)),
        (scratch, WRITE),
    ]


@contextmanager
def ruleset(allowed: Sequence[Rule]) -> Iterator[int]:
    """A ruleset as a descriptor. Places that do not exist are left out. Raises `OSError`."""
    handled = struct.pack("QQQ", _ALL, _TCP, _SCOPES)
    descriptor = kernel.syscall(
        _CREATE_RULESET, ctypes.c_char_p(handled), ctypes.c_size_t(len(handled)), ctypes.c_uint32(0)
    )
    try:
        for path, rights in allowed:
            if path.exists():
                _allow(descriptor, path, rights)
        yield descriptor
    finally:
        os.close(descriptor)


def _allow(descriptor: int, path: Path, rights: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", rights if path.is_dir() else rights & _OF_A_FILE, place)
        kernel.syscall(_ADD_RULE, descriptor, _PATH_BENEATH, ctypes.c_char_p(rule), ctypes.c_uint32(0))
    finally:
        os.close(place)


@dataclass(frozen=True, slots=True)
class Confinement:
    """Called in the child, last before exec; there is no way back."""

    ruleset: int
    filter_program: bytes

    def __call__(self) -> None:
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        kernel.syscall(_RESTRICT_SELF, self.ruleset, ctypes.c_uint32(0))
        kernel.drop_capabilities()
        seccomp.install(self.filter_program)


class Landlock:
    """The sandbox; see the module. Raises `GitbuddyError` where the kernel is too old for it."""

    name = "landlock"
    confines = True
    findings: tuple[str, ...] = ()
    closed = True
    runs = True

    def __init__(self, toolchain: Toolchain, passed_over: tuple[str, ...] = ()) -> None:
        self._toolchain = toolchain
        self.passed_over = passed_over
        found = version()
        if found < NEEDED:
            raise GitbuddyError(
                f"Landlock version {NEEDED} is needed and this kernel has: {found}",
                "use Linux 6.12 or later with landlock among its security modules, or install bubblewrap",
            )

    @cached_property
    def _filter(self) -> bytes:
        # No family at all: a Unix socket of the host (a container engine's, D-Bus) is a way out that Landlock leaves.
        return seccomp.program(seccomp.machine(), ())

    def run(
        self, command: Sequence[str], mounts: Mounts, limits: Limits, environment: Mapping[str, str]
    ) -> CompletedCommand:
        """See `protocols.Sandbox.run`."""
        refuse_strays(mounts)
        with kept_pointer(mounts.worktree), scratch_folder() as scratch:
            variables = merged(base_environment(self._toolchain, mounts, scratch), environment)
            with ruleset(rules(mounts, scratch, self._toolchain.visible(mounts))) as descriptor:
                confine = Confinement(descriptor, self._filter)
                folders = (mounts.worktree, *mounts.writable, scratch)
                return launch(
                    Launch(tuple(command), mounts.worktree, variables, limits, confine=confine, folders=folders)
                )
