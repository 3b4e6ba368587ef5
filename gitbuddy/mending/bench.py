"""Tools at work in one worktree: on the files in hand, and on candidates for them."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gitbuddy.config import GuardSettings
from gitbuddy.core.guard import guard, joined
from gitbuddy.errors import Rejected
from gitbuddy.git.disk import Disk
from gitbuddy.git.snapshot import LARGEST
from gitbuddy.git.worktree import Slot
from gitbuddy.mending.findings import Findings, findings_of
from gitbuddy.mending.look import Tool, look
from gitbuddy.mending.plain import Command, Ended
from gitbuddy.mending.within import NoTime
from gitbuddy.protocols import Sandbox
from gitbuddy.values import AllowedPatch, Change, CompletedCommand, Limits, Patch, Task

Texts = Mapping[str, bytes]
"""Candidates: path -> the bytes it would have. Files that are not in it stand as they are."""
STARTED_IN = ("sh", "-c", 'cd -- "$1" && shift && exec "$@"', "sh")
"""Starts a program in a folder of the worktree: the folder, then the program and its arguments follow."""
WIDE = {"max_lines": 100_000, "max_files": 10_000, "max_bytes": LARGEST}
"""How far a tool of the project may go that its owner runs: a formatter touches every line."""


@dataclass(frozen=True)
class Bench:
    """A worktree that stands at the files in hand, the tools for them, and the time that is left.

    `task` names the files that may change; `until` is a moment of the monotonic clock, in seconds.
    """

    slot: Slot
    sandbox: Sandbox
    limits: Limits
    tools: tuple[Tool, ...]
    task: Task
    rules: GuardSettings
    until: float
    known: dict[tuple[str, bytes], AllowedPatch] = field(default_factory=dict, init=False, repr=False)

    @property
    def left(self) -> float:
        """Seconds that are left, 0 when none are."""
        return max(0.0, self.until - time.monotonic())

    def data(self, path: str) -> bytes:
        """The bytes of a file in hand."""
        file = self.slot.read(path)
        return file.data if file else b""

    def change(self, path: str, text: bytes) -> Change:
        file = self.slot.read(path)
        return Change(path, file.data if file else None, text, file.mode if file else 0o100644)

    def allowed(self, texts: Texts) -> AllowedPatch | None:
        """A patch of these files; None for no change. Raises `Rejected` where the guard refuses one."""
        return joined(self._allowed(path, text) for path, text in texts.items() if text != self.data(path))

    def _allowed(self, path: str, text: bytes) -> AllowedPatch:
        """One file through the guard, once: a candidate is laid out several times."""
        if (path, text) not in self.known:
            rules, change = self.rules.model_copy(update=WIDE), self.change(path, text)
            self.known[path, text] = guard(Patch((change,)), self.task, rules, self.slot.tracked, self.slot.read)
        return self.known[path, text]

    def objection(self, path: str, text: bytes) -> str:
        """Why the guard would refuse this file, or ""."""
        try:
            self.allowed({path: text})
        except Rejected as rejected:
            return rejected.refused.words
        return ""

    def look(self, texts: Texts, files: Sequence[str]) -> Findings:
        """What the tools find in these files with the candidates in place. Raises `NoTime`."""
        self.slot.lay_out(self.allowed(texts))
        looks = look(self.tools, files, self._run)
        self.slot.settle()
        tops = tuple(str(place) for place in (self.slot.mounts.at, self.slot.path))
        return findings_of(looks, files, tops)

    def mended(self, files: Sequence[str]) -> tuple[Texts, ...]:
        """The files after each tool that mends has gone over them, one after the other. Raises `NoTime`."""
        self.slot.lay_out(None)
        stages: list[Texts] = []
        try:
            wanted = frozenset(files)
            for tool in self.tools:
                if lines := tool.lines(tool.linter.mend, wanted):
                    self._run(lines)
                    stages.append(self._read(files))
        finally:
            self.slot.settle()
        return tuple(stages)

    def _read(self, files: Sequence[str]) -> Texts:
        disk = Disk(self.slot.path, self.slot.path)
        try:
            found = {path: disk.read(os.fsencode(path), LARGEST) for path in files}
        finally:
            disk.close()
        return {path: it[1] for path, it in found.items() if it is not None and it[1] != self.data(path)}

    def _run(self, commands: Sequence[Command]) -> tuple[Ended, ...]:
        return tuple(self._ended(command) for command in commands)

    def _ended(self, command: Command) -> Ended:
        if not self.left:
            raise NoTime
        limits = replace(self.limits, seconds=self.left)
        words = (*STARTED_IN, command.folder, *command.words) if command.folder else command.words
        return _ending(self.sandbox.run(words, self.slot.mounts, limits, {"NO_COLOR": "1"}))


def _ending(done: CompletedCommand) -> Ended:
    if done.timed_out:
        raise NoTime
    return Ended(done.exit_code, done.output.decode("utf-8", "replace"))
