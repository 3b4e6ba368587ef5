"""Asking linters what they find: nothing is changed, and how each one ended is said in one word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from gitbuddy.linters import Linter, arguments, ended
from gitbuddy.mending.plain import Ended

Run = Callable[[Sequence[Sequence[str]]], Sequence[Ended]]
"""Runs command lines, side by side where it can, and says how each ended."""

CLEAN, FOUND, BROKEN, LATE = "clean", "found", "broken", "late"


class Tool(NamedTuple):
    """A linter with the program that it is here; the program is an absolute path."""

    linter: Linter
    program: str

    @property
    def name(self) -> str:
        return self.linter.name

    def command(self, words: Sequence[str]) -> tuple[str, ...]:
        """One of the linter's commands with the program in its place."""
        return (self.program, *words[1:])


class Look(NamedTuple):
    """What one tool said of the files: `state` is clean, found, broken or late; `output` what it printed."""

    tool: Tool
    state: str
    output: str


def look(tools: Sequence[Tool], files: Sequence[str], run: Run) -> tuple[Look, ...]:
    """Let every tool that only looks look at its files; one that has none of them says nothing."""
    lines = [(tool, line) for tool in tools for line in looking(tool, files)]
    done = run([line for _, line in lines])
    return tuple(
        _joined(tool, [end for (owner, _), end in zip(lines, done, strict=True) if owner is tool])
        for tool in tools
        if any(owner is tool for owner, _ in lines)
    )


def looking(tool: Tool, files: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The command lines by which a tool looks at these files."""
    return _lines(tool, tool.linter.look, files)


def mending(tool: Tool, files: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The command lines by which a tool mends these files."""
    return _lines(tool, tool.linter.mend, files)


def _lines(tool: Tool, words: tuple[str, ...], files: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    own = [path for path in files if path.endswith(tool.linter.suffixes)]
    return tuple(arguments(tool.command(words), tool.linter, own)) if words and own else ()


def _joined(tool: Tool, ends: Sequence[Ended]) -> Look:
    """One look out of several command lines: the gravest state, all outputs."""
    states = [_state(tool, end) for end in ends]
    worst = next((state for state in (LATE, BROKEN, FOUND) if state in states), CLEAN)
    return Look(tool, worst, "".join(end.output for end in ends))


def _state(tool: Tool, end: Ended) -> str:
    if end.late:
        return LATE
    return BROKEN if end.exit_code is None else ended(tool.linter, end.exit_code, end.output)
