"""A filter of system calls in the kernel's BPF, for x86_64 and aarch64; see seccomp(2) and the kernel's syscall tables.

It denies what a check never needs and an escape does: other processes' memory, mounts and namespaces, kernel modules,
keys, clocks, and interfaces that start work the filter would not see (io_uring). Denied calls fail; nothing is killed.

Hard links are denied as by a filesystem that has none (EPERM, see link(2)); programs copy or rename instead. So each
file of the worktree has one name, and whoever watches its folder learns of every write to it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import struct
from collections.abc import Iterable, Mapping

from gitbuddy.errors import GitbuddyError
from gitbuddy.sandboxes import kernel

NETWORK = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)
"""Families that a network namespace of one's own makes harmless. Others (vsock, Bluetooth, ...) know no namespaces."""

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# name: (x86_64, aarch64); None where the machine has no such call
_DENIED: Mapping[str, tuple[int | None, int | None]] = {
    "link": (86, None),
    "linkat": (265, 37),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "perf_event_open": (298, 241),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "setns": (308, 268),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "syslog": (103, 116),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "settimeofday": (164, 170),
    "adjtimex": (159, 171),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "iopl": (172, None),
    "ioperm": (173, None),
}
_JUDGED = {
    "socket": (41, 198),
    "socketpair": (53, 199),
    "ioctl": (16, 29),
    "clone": (56, 220),
    "clone3": (435, 435),
    "unshare": (272, 97),
}
_NAMESPACES = 0x7E020000
_TYPE_MASK = 0xF
_TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: typing into the user's terminal
_X32 = 0x40000000

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16

Instruction = tuple[int, int, int, int]


def program(machine: str, families: Iterable[int]) -> bytes:
    """The filter for a machine (`os.uname().machine`), allowing sockets of these families only.

    Raises `GitbuddyError` for a machine it has no table for.
    """
    if machine not in _ARCHITECTURES:
        raise GitbuddyError(f"no system call table for this machine: {machine}", "use an x86_64 or aarch64 machine")
    column = list(_ARCHITECTURES).index(machine)
    denied = [numbers[column] for numbers in _DENIED.values()]
    judged = {name: numbers[column] for name, numbers in _JUDGED.items()}
    lines = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, _ARCHITECTURES[machine]), _deny(errno.EPERM)]
    lines += [(_LOAD, 0, 0, _NUMBER), (_AT_LEAST, 0, 1, _X32), _deny(errno.EPERM)]
    for number in denied:
        if number is not None:
            lines += [(_EQUAL, 0, 1, number), _deny(errno.EPERM)]
    lines += _when(judged["clone3"], [_deny(errno.ENOSYS)])  # its flags lie in memory; C libraries fall back to clone
    lines += _when(judged["clone"], _no_bits(0, _NAMESPACES))
    lines += _when(judged["unshare"], _no_bits(0, _NAMESPACES))
    lines += _when(judged["ioctl"], _none_of(1, _TERMINAL_INPUT))
    lines += _when(judged["socket"], _one_of(0, families))
    # A connected pair cannot be sent elsewhere, save a datagram one, whose ends may name another address.
    lines += _when(judged["socketpair"], _one_of(1, (socket.SOCK_STREAM, socket.SOCK_SEQPACKET), _TYPE_MASK))
    lines.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def install(filter_program: bytes) -> None:
    """Put this process under the filter for good. Raises `OSError`. No-new-privileges must be set."""
    code = ctypes.create_string_buffer(filter_program, len(filter_program))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(filter_program) // 8, ctypes.addressof(code)))
    kernel.prctl(kernel.PR_SET_SECCOMP, 2, ctypes.c_void_p(ctypes.addressof(header)))


def machine() -> str:
    return os.uname().machine


def _deny(number: int) -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | number)


def _when(number: int, body: list[Instruction]) -> list[Instruction]:
    """`body` ends in a return on every path and is skipped for other calls."""
    return [(_EQUAL, 0, len(body), number), *body]


def _argument(index: int) -> Instruction:
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * index)


def _no_bits(index: int, mask: int) -> list[Instruction]:
    return [_argument(index), (_ANY_BIT, 0, 1, mask), _deny(errno.EPERM), (_RETURN, 0, 0, _ALLOW)]


def _none_of(index: int, values: Iterable[int]) -> list[Instruction]:
    tests = [line for value in values for line in ((_EQUAL, 0, 1, value), _deny(errno.EPERM))]
    return [_argument(index), *tests, (_RETURN, 0, 0, _ALLOW)]


def _one_of(index: int, values: Iterable[int], mask: int = 0xFFFFFFFF) -> list[Instruction]:
    tests = [line for value in values for line in ((_EQUAL, 0, 1, value), (_RETURN, 0, 0, _ALLOW))]
    return [_argument(index), (_AND, 0, 0, mask), *tests, _deny(errno.EAFNOSUPPORT)]
