"""The few Linux calls that Python has no name for, through the C library. Loaded at first use, before any fork."""

from __future__ import annotations

import ctypes
import errno
import os
from functools import cache

PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION_3 = 0x20080522


@cache
def libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def prctl(option: int, argument: int = 0, pointer: ctypes.c_void_p | None = None) -> None:
    """Call prctl(2). Raises `OSError`."""
    third = pointer if pointer is not None else ctypes.c_ulong(0)
    _checked(libc().prctl(option, ctypes.c_ulong(argument), third, ctypes.c_ulong(0), ctypes.c_ulong(0)))


def syscall(number: int, *arguments: object) -> int:
    """Make a system call by number; its result. Raises `OSError`."""
    return _checked(libc().syscall(ctypes.c_long(number), *arguments))


def drop_capabilities() -> None:
    """Give up every capability for good, so that even root is an ordinary user. No-new-privileges must be set.

    Under no-new-privileges an exec cannot gain capabilities the process does not hold (capabilities(7)), so
    emptying the three sets is enough; the bounding set goes as well where that is permitted.
    """
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.EINVAL):
                raise
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    empty = (ctypes.c_uint32 * 6)()
    syscall(_CAPSET[os.uname().machine], header, empty)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
