"""Asking linters what they find: nothing is changed, and how each one ended is said in one word."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from gitbuddy.linters import Linter, arguments, ended
from gitbuddy.mending.plain import Command, Ended

Run = Callable[[Sequence[Command]], Sequence[Ended]]
"""Runs command lines, side by side where it can, and says how each ended."""

CLEAN, FOUND, BROKEN, LATE = "clean", "found", "broken", "late"


class Tool(NamedTuple):
    """A linter for some files: the program that it is here (absolute), and the folder that it is started in.

    `folder` and `files` are paths from the top; "" is the top.
    """

    linter: Linter
    program: str
    folder: str
    files: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.linter.name

    def lines(self, words: Sequence[str], files: Collection[str]) -> tuple[Command, ...]:
        """The command lines by which one of the linter's commands runs on those of its files; none without any."""
        own = [path for path in self.files if path in files]
        if self.folder:
            own = [posixpath.relpath(path, self.folder) for path in own]
        if not words or not own:
            return ()
        command = (self.program, *words[1:])
        return tuple(Command(self.folder, line) for line in arguments(command, self.linter, own))


class Look(NamedTuple):
    """What one tool said of its files: `state` is clean, found, broken or late; `output` what it printed."""

    tool: Tool
    state: str
    output: str


def look(tools: Sequence[Tool], files: Sequence[str], run: Run) -> tuple[Look, ...]:
    """Let every tool that only looks look at its files; one that has none of them says nothing."""
    wanted = frozenset(files)
    lines = [(tool, line) for tool in tools for line in tool.lines(tool.linter.look, wanted)]
    done = run([line for _, line in lines])
    said: dict[int, list[Ended]] = {}
    for (tool, _), end in zip(lines, done, strict=True):
        said.setdefault(tools.index(tool), []).append(end)
    return tuple(_joined(tools[number], ends) for number, ends in said.items())


def _joined(tool: Tool, ends: Sequence[Ended]) -> Look:
    """One look out of several command lines: the gravest state, all outputs."""
    states = [_state(tool, end) for end in ends]
    worst = next((state for state in (LATE, BROKEN, FOUND) if state in states), CLEAN)
    return Look(tool, worst, "".join(end.output for end in ends))


def _state(tool: Tool, end: Ended) -> str:
    if end.late:
        return LATE
    return BROKEN if end.exit_code is None else ended(tool.linter, end.exit_code, end.output)
