"""Start one command under limits, keep an excerpt of its output, and leave nothing running."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gitbuddy.errors import GitbuddyError
from gitbuddy.sandboxes import descent, kernel
from gitbuddy.sandboxes.excerpt import Excerpt
from gitbuddy.sandboxes.supervisor import GRACE, INTERRUPTS, SWEEP, Supervision
from gitbuddy.values import CompletedCommand, Limits

_CHUNK = 1 << 16
_TICK = 0.2


@dataclass(frozen=True, slots=True)
class Launch:
    """A command as the host starts it. `environment` is all it gets; `inherit` are descriptors it keeps.

    `wrapped`: the program is a namespace wrapper, not the command itself. `confine` runs in the child,
    last before exec. `folders` are those on a disk that the command can write to.
    """

    arguments: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    limits: Limits
    wrapped: bool = False
    confine: Callable[[], None] | None = None
    inherit: tuple[int, ...] = ()
    folders: tuple[Path, ...] = ()


def launch(what: Launch) -> CompletedCommand:
    """Run to the end or to the wall clock limit. Everything it started is dead afterwards, also on Ctrl-C.

    `exit_code` is None if it did not start, 128 plus the signal if one ended it. Raises `GitbuddyError` off Linux.
    """
    if sys.platform != "linux":
        raise GitbuddyError(f"checks can only be run on Linux, this is: {sys.platform}", "use a Linux machine or WSL2")
    started = time.monotonic()
    # In the middle of a fork Python runs hooks that swallow an interrupt, and a process nobody knows yet would be left.
    held = signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTS)
    try:
        process = _start(what)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
        return CompletedCommand(None, f"cannot start {what.arguments[0]}: {error}\n".encode(), 0.0)
    excerpt = Excerpt(what.limits.output)
    timed_out = _follow(process, excerpt, what.limits.seconds, held)
    seconds = time.monotonic() - started
    code = process.returncode if process.returncode >= 0 else 128 - process.returncode
    return CompletedCommand(code, excerpt.read(), seconds, timed_out)


def _start(what: Launch) -> subprocess.Popen[bytes]:
    kernel.libc()  # loaded here: the child must not load libraries between fork and exec
    tasks = descent.count_tasks(os.getuid())
    supervision = Supervision(what.limits, what.wrapped, tasks, what.confine, what.folders)
    return subprocess.Popen(
        what.arguments,
        cwd=what.folder,
        env=dict(what.environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=what.inherit,
        start_new_session=True,
        umask=0o077,
        preexec_fn=supervision,  # the child forks its supervisor here; a launcher program would cost 10 ms more
    )


def _follow(
    process: subprocess.Popen[bytes], excerpt: Excerpt, seconds: float, held: set[int | signal.Signals]
) -> bool:
    """Read until the supervisor has closed the pipe, which is when all are dead; whether time ran out.

    `held` is the mask of signals from before the start.
    """
    assert process.stdout is not None
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
        with process.stdout as pipe:
            timed_out = not _read(process, pipe, excerpt, seconds)
            if timed_out:
                process.terminate()
                _read(process, pipe, excerpt, GRACE + SWEEP)
        return timed_out
    finally:
        _end(process)


def _read(process: subprocess.Popen[bytes], pipe: IO[bytes], excerpt: Excerpt, seconds: float) -> bool:
    """Read for so many seconds; whether the output has ended."""
    end = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while (left := end - time.monotonic()) > 0:
            if selector.select(min(left, _TICK)):
                chunk = os.read(pipe.fileno(), _CHUNK)
                if not chunk:
                    return True
                excerpt.add(chunk)
            elif process.poll() is not None:
                return True  # the supervisor was killed and someone still holds the pipe
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(GRACE + SWEEP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
