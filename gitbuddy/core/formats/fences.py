"""Fenced code blocks of a reply, read as CommonMark does, with what is uncertain about them kept in sight."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FENCE = re.compile(r"( {0,3})(`{3,}|~{3,})(.*)")


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
    found: list[Block] = []
    above: list[str] = []
    body: list[str] = []
    opening: Fence | None = None
    for line in text.split("\n"):
        mark = fence(line)
        if opening is None and mark is None:
            above.append(line)
        elif opening is None:
            opening, body = mark, []
        elif mark is not None and mark.ends(opening):
            found.append(_block(opening, body, above, closed=True))
            opening, above = None, []
        else:
            body.append(line)
    if opening is not None:
        found.append(_block(opening, body, above, closed=False))
    return tuple(found)


def _block(opening: Fence, body: list[str], above: list[str], *, closed: bool) -> Block:
    marks = [mark for mark in map(fence, body) if mark is not None]
    lines = tuple(_dedented(line, opening.indent) for line in body)
    return Block(opening.info, lines, tuple(above), closed, any(mark.nests_in(opening) for mark in marks))


def _dedented(line: str, indent: int) -> str:
    blank = len(line) - len(line.lstrip(" "))
    return line[min(indent, blank) :]
