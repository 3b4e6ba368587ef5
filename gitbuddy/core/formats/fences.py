"""Fenced code blocks of a reply, read as CommonMark does, with what is uncertain about them kept in sight.

One thing is read otherwise: a Markdown text in a fence whose inner fences all say what they hold. A fence with a word
behind it can only begin a block, so that the pairs are certain, though the outer fence should have been longer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_FENCE = re.compile(r"( {0,12})(`{3,}|~{3,})(.*)")  # deep in a list it stands further in than CommonMark allows
_MARKDOWN = re.compile(r"(?:md|mdx|markdown)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fence:
    """A line that opens or closes a block: its indentation, its characters, what follows them."""

    indent: int
    mark: str
    info: str

    def ends(self, opening: Fence) -> bool:
        """Whether this line closes the block that `opening` began."""
        return not self.info and self._reaches(opening)

    def nests_in(self, opening: Fence) -> bool:
        """Whether this line begins a block of its own inside, so that nobody can tell which of the two ends first."""
        return bool(self.info) and self._reaches(opening)

    def _reaches(self, opening: Fence) -> bool:
        same = self.mark[0] == opening.mark[0] and len(self.mark) >= len(opening.mark)
        return same and self.indent <= opening.indent


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block. `above` are the lines since the block before it; `nested` means its end is uncertain."""

    info: str
    lines: tuple[str, ...]
    above: tuple[str, ...]
    closed: bool
    nested: bool

    @property
    def heading(self) -> str:
        """The last line with anything on it above the block; empty if there is none."""
        return next((line for line in reversed(self.above) if line.strip()), "")

    @property
    def text(self) -> str:
        return "".join(line + "\n" for line in self.lines)


def fence(line: str) -> Fence | None:
    """Read a line as a fence; None for any other line."""
    found = _FENCE.fullmatch(line)
    if found is None:
        return None
    indent, mark, info = found.groups()
    if mark[0] == "`" and "`" in info:
        return None  # an inline code span
    return Fence(len(indent), mark, info.strip())


def blocks(text: str) -> tuple[Block, ...]:
    """All blocks from top to bottom. A last one that is never closed comes with `closed=False`."""
    lines = text.split("\n")
    marks = [fence(line) for line in lines]
    found: list[Block] = []
    above = index = 0
    while index < len(lines):
        opening = marks[index]
        if opening is not None:
            end, nested = _end(marks, index, opening)
            body = tuple(_dedented(line, opening.indent) for line in lines[index + 1 : end])
            found.append(Block(opening.info, body, tuple(lines[above:index]), end < len(lines), nested))
            index, above = end, end + 1
        index += 1
    return tuple(found)


def _end(marks: Sequence[Fence | None], start: int, opening: Fence) -> tuple[int, bool]:
    """Where a block ends, and whether that is uncertain."""
    if _MARKDOWN.match(opening.info) and (end := _paired_end(marks, start, opening)) is not None:
        return end, False
    nested = False
    for index in range(start + 1, len(marks)):
        mark = marks[index]
        if mark is not None and mark.ends(opening):
            return index, nested
        nested = nested or (mark is not None and mark.nests_in(opening))
    return len(marks), nested


def _paired_end(marks: Sequence[Fence | None], start: int, opening: Fence) -> int | None:
    """Where a Markdown text ends when every fence inside it is paired; None when that cannot be told.

    Another Markdown fence inside may be the next file, and fences left open below may be the text's own.
    """
    depth = 1
    for index in range(start + 1, len(marks)):
        mark = marks[index]
        if mark is not None and mark.nests_in(opening):
            if _MARKDOWN.match(mark.info):
                return None
            depth += 1
        elif mark is not None and mark.ends(opening):
            depth -= 1
            if not depth:
                return index if _all_paired(marks[index + 1 :]) else None
    return None


def _all_paired(marks: Sequence[Fence | None]) -> bool:
    opening: Fence | None = None
    for mark in marks:
        if opening is None:
            opening = mark
        elif mark is not None and mark.ends(opening):
            opening = None
    return opening is None


def _dedented(line: str, indent: int) -> str:
    blank = len(line) - len(line.lstrip(" "))
    return line[min(indent, blank) :]
