"""Deterministic tools as a proposer: they need no model, and what they do can be seen in advance."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from gitbuddy.errors import Rejected
from gitbuddy.linters import Linter, arguments
from gitbuddy.protocols import Sandbox
from gitbuddy.values import (
    Brief,
    CompletedCommand,
    Edit,
    Emit,
    Event,
    Limits,
    Proposal,
    Refused,
    SourceFile,
    Tier,
    Usage,
    WriteFile,
)

LARGEST = 8 << 20
"""Bytes of a rewritten file that is still read back."""
OUTPUT = 4000
"""Characters of a tool's output that are kept, from its end."""
PRESENT = ("sh", "-c", 'for tool; do command -v "$tool" >/dev/null 2>&1 && echo "$tool"; done; :', "sh")
"""Prints those of its arguments that can be run. The names come from the table of fixers."""


@dataclass(frozen=True)
class Fixers:
    """Runs those of `fixers` that mend on the files of the brief, in the sandbox and in the brief's worktree.

    What they leave in those files is the proposal; whatever else they touch is not. Files that may not be changed
    (`may_change`), or of which nothing would be left, stay as they are: one of them would spoil the whole proposal.
    """

    sandbox: Sandbox
    fixers: tuple[Linter, ...]
    limits: Limits
    may_change: Callable[[str], bool] = lambda _: True

    @property
    def uses_worktree(self) -> bool:
        return True

    def tokens(self, text: str, tier: Tier) -> int:
        """Tools read files, and count no tokens."""
        return 0

    def propose(self, brief: Brief, emit: Emit) -> Proposal:
        """The rewritten files, and as reply what ran. Raises `Rejected` if no tool is there or none changed a file."""
        started = time.monotonic()
        brief = replace(brief, files=tuple(file for file in brief.files if self.may_change(file.path)))
        fitting = tuple(fixer for fixer in self.fixers if fixer.mend and _paths(fixer, brief))
        present = self._present(fitting, brief)
        report = [f"not installed: {name}" for name in sorted({fixer.mend[0] for fixer in fitting} - present)]
        running = [fixer for fixer in fitting if fixer.mend[0] in present]
        if not running:
            words = "; ".join(report) or "no tool that the project configures rewrites a file that this task may change"
            raise Rejected(Refused("reply", "no-fixer", words))
        for fixer in running:
            report += self._run(fixer, brief, emit)
        edits: list[Edit] = []
        for file, data in _rewritten(brief):
            if file.data.strip() and not data.strip():
                report.append(f"left as it is, or it would be empty: {file.path}")
            else:
                edits.append(WriteFile(file.path, data))
        if not edits:
            raise Rejected(Refused("reply", "no-change", "the tools changed nothing"), "\n".join(report))
        return Proposal("\n".join(report), tuple(edits), Usage(seconds=time.monotonic() - started))

    def _present(self, fixers: Sequence[Linter], brief: Brief) -> frozenset[str]:
        tools = sorted({fixer.mend[0] for fixer in fixers})
        if not tools:
            return frozenset()
        done = self.sandbox.run([*PRESENT, *tools], brief.mounts, self.limits, {})
        return frozenset(done.output.decode("utf-8", "replace").split()).intersection(tools)

    def _run(self, fixer: Linter, brief: Brief, emit: Emit) -> Iterator[str]:
        paths = _paths(fixer, brief)
        for command in arguments(fixer.mend, fixer, paths):
            done = self.sandbox.run(command, brief.mounts, self.limits, {})
            data = {"name": fixer.name, "exitCode": done.exit_code, "durationMs": round(done.seconds * 1000)}
            emit(Event("fixer_complete", brief.task.id, data))
            yield _report(fixer, len(paths), done)


def read_regular(root: Path, path: str, limit: int) -> bytes | None:
    """The bytes of a regular file below `root`; None for anything else, and beyond `limit` bytes.

    No symbolic link is followed on the way: a tool may have put one there.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # a FIFO must not make us wait
    *folders, name = PurePosixPath(path).parts
    with contextlib.ExitStack() as opened:
        try:
            folder = _held(opened, os.open(root, flags | os.O_DIRECTORY))
            for part in folders:
                folder = _held(opened, os.open(part, flags | os.O_DIRECTORY, dir_fd=folder))
            descriptor = _held(opened, os.open(name, flags, dir_fd=folder))
            regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
            data = _read(descriptor, limit + 1) if regular else b""
        except OSError:
            return None
        return data if regular and len(data) <= limit else None


def _held(opened: contextlib.ExitStack, descriptor: int) -> int:
    opened.callback(os.close, descriptor)
    return descriptor


def _read(descriptor: int, limit: int) -> bytes:
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        return file.read(limit)


def _paths(fixer: Linter, brief: Brief) -> tuple[str, ...]:
    return tuple(file.path for file in brief.files if PurePosixPath(file.path).suffix in fixer.suffixes)


def _rewritten(brief: Brief) -> Iterator[tuple[SourceFile, bytes]]:
    """The files that the tools have changed, with what stands in them now."""
    for file in brief.files:
        data = read_regular(brief.mounts.worktree, file.path, LARGEST)
        if data is not None and data != file.data:
            yield file, data


def _report(fixer: Linter, count: int, done: CompletedCommand) -> str:
    where = "" if fixer.whole_project else f" ({count} files)"
    ended = "ran out of time" if done.timed_out else f"exit code {done.exit_code}"
    output = done.output.decode("utf-8", "replace").strip()[-OUTPUT:]
    return f"$ {' '.join(fixer.mend)}{where}: {ended}\n{output}".rstrip()
