"""Commands of the user's own tools on the user's own files: started as a hook would start them, and bounded.

Nothing that a model wrote is run here; that takes a sandbox.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

OUTPUT = 4 << 20
"""Bytes of what a command prints that are read, from its beginning."""
LARGEST = 256 << 20
"""Bytes of any file that a command may write, its output (which is kept in memory) among them."""
LONGEST = 1e6
"""Seconds that one wait may take: as milliseconds, they are to fit the number that the kernel takes."""
KEPT = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")


WITHIN = "GITBUDDY_HOOK"
"""Set for all that a hook of ours starts: a hook that commits would otherwise come back here without end."""


class Command(NamedTuple):
    """A program and its arguments, started in a folder by its path from the top; "" is the top."""

    folder: str
    words: tuple[str, ...]


class Ended(NamedTuple):
    """How a command ended. `exit_code` is None where it did not start or its time was up (`late`)."""

    exit_code: int | None
    output: str
    late: bool = False


def run(commands: Sequence[Command], top: Path, seconds: float) -> tuple[Ended, ...]:
    """Run commands side by side in folders below `top`, all within so many seconds; everything they started has ended.

    What git tells its hooks in `GIT_*` is kept from them: there it names the index of the commit being made.
    """
    until = time.monotonic() + seconds
    outputs = [_nameless_file() for _ in commands]
    started = [_start(command, top, output) for command, output in zip(commands, outputs, strict=True)]
    try:
        return tuple(_finish(child, output, until) for child, output in zip(started, outputs, strict=True))
    finally:
        for child, output in zip(started, outputs, strict=True):
            _end(child)
            os.close(output)


def _nameless_file() -> int:
    """A descriptor to write to and read from. `tempfile` would take longer to import than the rest of this module."""
    return os.memfd_create("output", os.MFD_CLOEXEC)


def _start(command: Command, top: Path, output: int) -> subprocess.Popen[bytes] | None:
    try:
        child = subprocess.Popen(
            list(command.words),
            cwd=top / command.folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
    except OSError:
        return None
    with suppress(ProcessLookupError):
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
    return child


def environment() -> dict[str, str]:
    """The user's environment without what belongs to the commit in progress; hooks of ours below it do nothing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in KEPT}
    return kept | {WITHIN: "1", "NO_COLOR": "1", "GIT_OPTIONAL_LOCKS": "0"}


def _finish(child: subprocess.Popen[bytes] | None, output: int, until: float) -> Ended:
    if child is None:
        return Ended(None, "it could not be started")
    try:
        code = _wait(child, max(0.0, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        return Ended(None, _read(output), late=True)
    return Ended(code, _read(output))


def _wait(child: subprocess.Popen[bytes], seconds: float) -> int:
    """The exit code as soon as there is one. Raises `subprocess.TimeoutExpired` after so many seconds.

    `subprocess` itself, told a time, looks only every 50 ms.
    """
    try:
        process = os.pidfd_open(child.pid)
    except OSError:  # a kernel older than 5.3, or one that does not let us
        return child.wait(seconds)
    try:
        ended = select.poll()
        ended.register(process, select.POLLIN)
        ended.poll(min(seconds, LONGEST) * 1000)
    finally:
        os.close(process)
    return child.wait(0)


def _read(output: int) -> str:
    return os.pread(output, OUTPUT, 0).decode("utf-8", "replace")


def _end(child: subprocess.Popen[bytes] | None) -> None:
    if child is None:
        return
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # the whole group has ended
        child.poll()
    child.wait()
