"""The process between gitbuddy and a command: it outlives the command just long enough to end all it left behind.

Everything here runs in a forked child. As a *subreaper* (prctl(2)) the supervisor becomes the parent of every orphan
below it, so a daemon that forked twice and left its session is still found. It watches what all of them take together,
which no rlimit binds (RLIMIT_NPROC does not bind root), and it ends everything when gitbuddy itself dies, however that
happens.
"""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gitbuddy.sandboxes import descent, kernel
from gitbuddy.sandboxes.watch import watches
from gitbuddy.values import Limits

GRACE = 1.0
"""Seconds between the polite and the final signal."""
SWEEP = 5.0
"""Seconds after which a process that cannot be killed (stuck in the kernel) is given up."""
STOPPED = "gitbuddy: stopped: "
"""Begins the last line of a command that went over a limit of all its processes together; its exit code is 137."""
_TICK = 0.05
_WATCHED = {signal.SIGCHLD, signal.SIGTERM}
INTERRUPTS = {signal.SIGINT, signal.SIGTERM}
"""What ends gitbuddy itself in good order; held back while a command is started."""
_RESERVATIONS = 64 << 30


@dataclass(frozen=True, slots=True)
class Supervision:
    """What the child side needs. `wrapped`: the direct child is a namespace wrapper, whose death is the death of all.

    `tasks` are the threads this user runs already; `confine` is called in the command's process, last before exec;
    `folders` are those on a disk that the command can write to.
    """

    limits: Limits
    wrapped: bool
    tasks: int
    confine: Callable[[], None] | None
    folders: tuple[Path, ...] = ()

    def __call__(self) -> None:
        """Split in two: return in the process that becomes the command, never return in its supervisor."""
        gitbuddy = os.getppid()
        signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
        child = os.fork()
        if child:
            _supervise(child, gitbuddy, self)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED | INTERRUPTS)
        os.setsid()  # `kill -9 0` in a command reaches itself, not its supervisor
        _limit(self.limits, self.tasks)
        if self.confine is not None:
            self.confine()


def _supervise(child: int, gitbuddy: int, supervision: Supervision) -> None:
    code = 1
    try:
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # among them the pipe on which the parent waits for exec
        with suppress(PermissionError):
            os.nice(-10)  # root only, and root is whom RLIMIT_NPROC does not bind: the sweep must outrun a fork bomb
        try:
            code = _wait(child, gitbuddy, supervision)
        finally:
            _sweep(supervision.wrapped)
    finally:
        os._exit(code)  # never back into the parent's Python code, whatever happened


def _wait(child: int, gitbuddy: int, supervision: Supervision) -> int:
    """Exit code of the command; 128 plus the signal if one ended it."""
    watched = watches(supervision.limits, supervision.folders, supervision.wrapped)
    while True:
        status = _reap(child)
        if status is not None:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code
        told = signal.sigtimedwait(_WATCHED, _TICK)
        if os.getppid() != gitbuddy or (told is not None and told.si_signo == signal.SIGTERM):
            return _terminate(child, supervision.wrapped)
        if words := next((watch.words for watch in watched if watch.exceeded()), ""):
            os.write(2, f"\n{STOPPED}{words}\n".encode())
            return 128 + signal.SIGKILL


def _reap(child: int) -> int | None:
    """Collect whoever has died; the wait status of `child` if it is among them."""
    status = None
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            if ended[0] == child:
                status = ended[1]
    return status


def _terminate(child: int, wrapped: bool) -> int:
    pids = descent.descendants(os.getpid())
    descent.send([pid for pid in pids if not (wrapped and pid == child)], signal.SIGTERM)
    end = time.monotonic() + GRACE
    while (left := end - time.monotonic()) > 0 and _reap(child) is None:
        signal.sigtimedwait({signal.SIGCHLD}, left)
    return 128 + signal.SIGTERM


def _sweep(wrapped: bool) -> None:
    """Kill what is left until nothing is; children of the killed become ours and are met in the next round.

    When a wrapper has ended, what was in its namespace is dying already, and looking for it takes longer than that.
    """
    end = time.monotonic() + SWEEP
    dying = wrapped
    while time.monotonic() < end:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        if not dying:
            descent.send(descent.descendants(os.getpid()), signal.SIGKILL)
        dying = False
        signal.sigtimedwait({signal.SIGCHLD}, 0.005)


def bounds(limits: Limits, tasks: int) -> dict[int, int]:
    """What setrlimit(2) is to hold each process to, by the number of the resource."""
    return {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: (int(limits.seconds) + 1) * (os.cpu_count() or 1),
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_NPROC: tasks + limits.processes,
        # What is written to is bounded by DATA. Address space alone is not memory: Node and Go reserve tens of GiB that
        # they never touch, so AS is only there to stop what DATA does not see (shared mappings).
        resource.RLIMIT_DATA: limits.memory,
        resource.RLIMIT_AS: limits.memory + _RESERVATIONS,
    }


def _limit(limits: Limits, tasks: int) -> None:
    for what, amount in bounds(limits, tasks).items():
        hard = resource.getrlimit(what)[1]
        amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(what, (amount, amount))
    with suppress(OSError):  # when memory runs out after all, the kernel takes this process and not the user's editor
        Path("/proc/self/oom_score_adj").write_text("1000")
