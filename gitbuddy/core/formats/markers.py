"""Blocks between the markers of search/replace: where they begin, divide and end, and in which fence they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gitbuddy.core.formats.fences import Fence, fence
from gitbuddy.core.formats.headers import mentions, path_line
from gitbuddy.core.formats.refusal import refusal

_SEARCH = re.compile(r"([ \t]*)(<{3,12})[ \t]*(?:SEARCH|ORIGINAL|OLD|BEFORE|FIND)\b[ \t:]*(.*)")
_DIVIDER = re.compile(r"(={3,12})[ \t]*")
_REPLACE = re.compile(
    r"([ \t]*)(?:>{5,12}(?:[ \t]*(?:REPLACE|UPDATED|NEW|AFTER)\b)?|>{3,4}[ \t]*(?:REPLACE|UPDATED)\b)(.*)"
)
_USUAL = 7  # characters of a marker


@dataclass(frozen=True, slots=True)
class Marked:
    """One block: `start` and `end` are the indexes of its first and last line, `named` what its markers say beside
    their words. One that is not `closed` has lost its last marker, and ends with the fence around it.
    """

    start: int
    end: int
    named: tuple[str, str]
    search: tuple[str, ...]
    replace: tuple[str, ...]
    closed: bool


def marked(lines: Sequence[str]) -> tuple[Marked, ...]:
    """All blocks in order. Raises `Rejected` for half blocks, and for blocks that are text of a file in a fence."""
    found: list[Marked] = []
    around: Fence | None = None
    stray, first, index = False, True, 0
    while index < len(lines):
        opening, mark = _SEARCH.fullmatch(lines[index]), fence(lines[index])
        if opening is not None:
            if around and first and stray:
                raise malformed(
                    len(found) + 1,
                    "stands inside other text of a fence. Begin the fence with the block's own first line",
                )
            block = _block(lines, index, opening, around, len(found) + 1)
            found.append(block)
            index, first = block.end, False
            around = None if block.named[1].startswith("```") else around
        elif mark is not None and (around is None or mark.ends(around)):
            around, stray, first = (mark if around is None else None), False, True
        else:
            stray = stray or not introduces(lines[index])
        index += 1
    return tuple(found)


def introduces(line: str) -> bool:
    """Whether a line above a block may be no more than a hint at its file."""
    return not line.strip() or path_line(line) is not None or bool(mentions(line))


def malformed(number: int, what: str) -> Exception:
    """The refusal of the block of this number."""
    return refusal(
        "malformed-block",
        f"Block {number} {what}. Write: `<<<<<<< SEARCH`, the old lines, `=======`, the new lines, `>>>>>>> REPLACE`.",
    )


def _block(lines: Sequence[str], start: int, opening: re.Match[str], around: Fence | None, number: int) -> Marked:
    indent, width = opening[1], len(opening[2])
    end = start + 1
    while end < len(lines) and _ending(lines[end], indent) is None and not _begins(lines[end], indent):
        end += 1
    ending = _ending(lines[end], indent) if end < len(lines) else None
    if ending is None:
        body = [line.removeprefix(indent) for line in _until_the_fence(lines[start + 1 : end], around, number)]
        last = start + len(body)
    else:
        body, last = [line.removeprefix(indent) for line in lines[start + 1 : end]], end
    divider = _divider(body, width, number)
    search, replace = _unfenced(body[:divider], body[divider + 1 :])
    return Marked(start, last, (opening[3].strip(), ending or ""), tuple(search), tuple(replace), ending is not None)


def _ending(line: str, indent: str | None) -> str | None:
    """What a last marker says beside its word; None for any other line. Without an indent any will do."""
    found = _REPLACE.fullmatch(line)
    if found is None or indent not in (None, found[1]):
        return None
    said = found[2].strip()
    return said if not re.search(r"\w", said) or path_line(said) is not None else None


def _begins(line: str, indent: str) -> bool:
    found = _SEARCH.fullmatch(line)
    return found is not None and found[1] == indent


def _until_the_fence(rest: Sequence[str], around: Fence | None, number: int) -> Sequence[str]:
    """The lines of a block without its last marker: certain only when the fence around it is closed, and once."""
    marks = [(index, mark) for index, line in enumerate(rest) if (mark := fence(line)) is not None]
    after = [line for line in rest[marks[0][0] + 1 :] if line.strip()] if marks else []
    # A fence below may hold the rest of the block, unless it is the one in which the next block begins.
    certain = around is not None and bool(marks) and marks[0][1].ends(around) and not any(map(fence, after[:-1]))
    if not certain or any(_ending(line, None) is not None for line in rest):
        raise malformed(number, "has no `>>>>>>> REPLACE` line at its end")
    return rest[: marks[0][0]]


def _divider(body: Sequence[str], width: int, number: int) -> int:
    """The index of the one `=======` line. A heading's underline may look alike: then the width decides, or nobody."""
    every = [(index, len(found[1])) for index, line in enumerate(body) if (found := _DIVIDER.fullmatch(line))]
    proper = [(index, wide) for index, wide in every if wide == width] or [
        (index, wide) for index, wide in every if wide == _USUAL
    ]
    index, wide = (proper or every or [(0, 0)])[0]
    underlines = not proper and index > 0 and 0 < len(body[index - 1].strip()) <= wide
    if len(proper or every) != 1 or underlines:
        raise malformed(number, "needs exactly one `=======` line between SEARCH and REPLACE")
    return index


def _unfenced(search: list[str], replace: list[str]) -> tuple[list[str], list[str]]:
    """Take off fences that wrap each part by itself, a habit of small models."""
    parts = [part for part in (search, replace) if any(map(str.strip, part))]
    if parts and all(_is_fenced(part) for part in parts):
        return search[1:-1], replace[1:-1]
    return search, replace


def _is_fenced(part: list[str]) -> bool:
    first, last = fence(part[0]), fence(part[-1])
    wrapped = len(part) > 1 and first is not None and last is not None and last.ends(first)
    return wrapped and not any(map(fence, part[1:-1]))
