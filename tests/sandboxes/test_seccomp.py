"""The filter of system calls, run on a small interpreter of its own language."""

from __future__ import annotations

import errno
import socket
import struct

import pytest

from gitbuddy.errors import GitbuddyError
from gitbuddy.sandboxes.seccomp import NETWORK, program

ALLOWED = 0
X86, ARM, I386 = 0xC000003E, 0xC00000B7, 0x40000003
MACHINES = {"x86_64": X86, "aarch64": ARM}


def judge(filter_program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """Errno the filter gives for a call, 0 if it is allowed; the kernel's rules for the instructions it uses."""
    data = struct.pack("<II Q 6Q", number, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    lines = list(struct.iter_unpack("HBBI", filter_program))
    accumulator, at = 0, 0
    while True:
        code, yes, no, value = lines[at]
        at += 1
        if code == 0x20:
            accumulator = struct.unpack_from("<I", data, value)[0]
        elif code == 0x54:
            accumulator &= value
        elif code == 0x06:
            return 0 if value == 0x7FFF0000 else value & 0xFFFF
        else:
            met = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[code]
            at += yes if met else no


NEW_USER = 0x10000000
THREAD = 0x3D0F00
CALLS = (
    # x86_64, aarch64, arguments, expected with network families, expected with none
    ((0, 63), (), ALLOWED, ALLOWED),  # read
    ((101, 117), (), errno.EPERM, errno.EPERM),  # ptrace
    ((265, 37), (), errno.EPERM, errno.EPERM),  # linkat
    ((165, 40), (), errno.EPERM, errno.EPERM),  # mount
    ((321, 280), (), errno.EPERM, errno.EPERM),  # bpf
    ((425, 425), (), errno.EPERM, errno.EPERM),  # io_uring_setup
    ((250, 219), (), errno.EPERM, errno.EPERM),  # keyctl
    ((323, 282), (), errno.EPERM, errno.EPERM),  # userfaultfd
    ((435, 435), (), errno.ENOSYS, errno.ENOSYS),  # clone3
    ((56, 220), (THREAD,), ALLOWED, ALLOWED),  # clone of a thread
    ((56, 220), (NEW_USER | 17,), errno.EPERM, errno.EPERM),
    ((272, 97), (NEW_USER,), errno.EPERM, errno.EPERM),  # unshare
    ((272, 97), (0x400,), ALLOWED, ALLOWED),  # unshare of file descriptors
    ((16, 29), (0, 0x5401), ALLOWED, ALLOWED),  # ioctl TCGETS
    ((16, 29), (0, 0x5412), errno.EPERM, errno.EPERM),  # TIOCSTI
    ((41, 198), (socket.AF_INET, 1), ALLOWED, errno.EAFNOSUPPORT),
    ((41, 198), (socket.AF_UNIX, 1), ALLOWED, errno.EAFNOSUPPORT),
    ((41, 198), (40, 1), errno.EAFNOSUPPORT, errno.EAFNOSUPPORT),  # vsock
    ((53, 199), (socket.AF_UNIX, 1 | 0x80000), ALLOWED, ALLOWED),  # socketpair, stream, close-on-exec
    ((53, 199), (socket.AF_UNIX, 2), errno.EAFNOSUPPORT, errno.EAFNOSUPPORT),  # datagram
)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(("numbers", "arguments", "open_", "closed"), CALLS)
def test_calls_are_judged(
    machine: str, numbers: tuple[int, int], arguments: tuple[int, ...], open_: int, closed: int
) -> None:
    number = numbers[list(MACHINES).index(machine)]

    assert judge(program(machine, NETWORK), MACHINES[machine], number, *arguments) == open_
    assert judge(program(machine, ()), MACHINES[machine], number, *arguments) == closed


def test_the_older_call_for_hard_links_is_denied_where_there_is_one() -> None:
    assert judge(program("x86_64", NETWORK), X86, 86) == errno.EPERM
    assert judge(program("aarch64", NETWORK), ARM, 86) == ALLOWED  # another call there


def test_another_architecture_is_no_way_around() -> None:
    assert judge(program("x86_64", NETWORK), I386, 3) == errno.EPERM
    assert judge(program("x86_64", NETWORK), X86, 0x40000000) == errno.EPERM  # x32 renumbers every call


def test_a_machine_without_a_table_is_refused_by_name() -> None:
    with pytest.raises(GitbuddyError, match="riscv64"):
        program("riscv64", NETWORK)
