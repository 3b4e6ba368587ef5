"""Which process holds a job, and whether it still lives.

A process id alone proves nothing: it may be used again, belong to another machine or to another container. So an owner
is the machine, the boot, the process id with the time the process was started, and a nonce for each claim.
"""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
MACHINE_ID = Path("/etc/machine-id")
PROCESSES = Path("/proc/self/ns/pid")
START_FIELD = 19
"""Place of `starttime` among the fields after the process's name in /proc/<pid>/stat; see proc(5)."""


@dataclass(frozen=True, slots=True)
class Owner:
    """One claim by one process."""

    host: str
    boot: str
    pid: int
    start: str
    nonce: str

    def alive(self) -> bool | None:
        """Whether the process lives; None if that cannot be known from here (another machine, another container)."""
        if self.boot == _boot():
            return _started(self.pid) == self.start
        same_boot = self.boot.partition("/")[0] == _boot().partition("/")[0]
        return False if self.host == _host() and not same_boot else None

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host.partition('/')[0]}"


def this_process() -> Owner:
    """A new claim by this process."""
    pid = os.getpid()
    return Owner(_host(), _boot(), pid, _started(pid) or "", secrets.token_hex(8))


def _host() -> str:
    return f"{socket.gethostname()}/{_line(MACHINE_ID)[:8]}"


def _boot() -> str:
    """This boot of the machine and this numbering of processes: equal exactly where process ids mean the same."""
    try:
        space = str(PROCESSES.readlink())
    except OSError:
        space = ""
    return f"{_line(BOOT_ID)}/{space}"


def _started(pid: int) -> str | None:
    """When a process was started, in the kernel's words; None if there is no such process."""
    if not BOOT_ID.exists():
        return _present(pid)
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in (b"Z", b"X") else fields[START_FIELD].decode()


def _present(pid: int) -> str | None:
    """Without /proc only the process id tells; better a job that waits than one that runs twice."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return ""


def _line(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
