"""Search/replace blocks, as aider made them known: a path, the lines as they are, the lines as they shall be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gitbuddy.core.formats.elision import elision
from gitbuddy.core.formats.fences import blocks, fence
from gitbuddy.core.formats.headers import info_path, mentions, path_line
from gitbuddy.core.formats.refusal import refusal
from gitbuddy.values import Edit, Replace

NAME = "search-replace"
INSTRUCTIONS = """\
Answer with search/replace blocks. One block for each place to change:

src/greet.py
```python
<<<<<<< SEARCH
def greet():
    return "hello"
=======
def greet(name):
    return f"hello {name}"
>>>>>>> REPLACE
```

- Above each block stands the path of the file, from the top of the repository.
- SEARCH holds whole lines copied exactly from the file, with their indentation: enough lines to occur only once.
- REPLACE holds all lines that take their place. Never write "..." for code left out.
- For a new file leave SEARCH empty and put the whole file into REPLACE.
"""

_SEARCH = re.compile(r"([ \t]*)(<{5,9})[ \t]*(?:SEARCH|ORIGINAL)\b[ \t:]*(.*)")
_DIVIDER = re.compile(r"(={5,9})[ \t]*")
_REPLACE = re.compile(r"([ \t]*)>{5,9}[ \t]*(?:(?:REPLACE|UPDATED)\b\W*)?")
_TAKEN = "\0"  # stands where a block was taken out


@dataclass(frozen=True, slots=True)
class _Found:
    """One block between its markers: `start` and `end` are the indexes of the first and the last marker line."""

    start: int
    end: int
    named: str
    search: tuple[str, ...]
    replace: tuple[str, ...]


def parse(reply: str) -> tuple[Edit, ...] | None:
    """The edits of all blocks in order; None if there is no SEARCH marker. A path nobody named is "".

    Raises `Rejected` for half blocks, uncertain paths and code left out.
    """
    lines = reply.split("\n")
    found = _found(lines)
    if not found:
        return None
    _refuse_other_files(lines, found)
    edits: list[Edit] = []
    path, seen = "", 0
    for number, block in enumerate(found, start=1):
        path = _path(block, lines[seen : block.start], path, number)
        edits.append(_edit(path, block, number))
        seen = block.end + 1
    return tuple(edits)


def _found(lines: Sequence[str]) -> tuple[_Found, ...]:
    found: list[_Found] = []
    index = 0
    while index < len(lines):
        opening = _SEARCH.fullmatch(lines[index])
        if opening is not None:
            block = _block(lines, index, opening, len(found) + 1)
            found.append(block)
            index = block.end
        index += 1
    return tuple(found)


def _block(lines: Sequence[str], start: int, opening: re.Match[str], number: int) -> _Found:
    indent = opening[1]
    end = start + 1
    while end < len(lines) and not _is(_REPLACE, lines[end], indent):
        if _is(_SEARCH, lines[end], indent):
            raise _malformed(number, "begins again before its `>>>>>>> REPLACE` line")
        end += 1
    if end == len(lines):
        raise _malformed(number, "has no `>>>>>>> REPLACE` line at its end")
    body = [line.removeprefix(indent) for line in lines[start + 1 : end]]
    divider = _divider(body, len(opening[2]), number)
    search, replace = _unfenced(body[:divider], body[divider + 1 :])
    return _Found(start, end, opening[3].strip(), tuple(search), tuple(replace))


def _divider(body: Sequence[str], width: int, number: int) -> int:
    """The index of the one `=======` line. A heading's underline may look alike: then the width decides, or nobody."""
    dividers = [(index, found[1]) for index, line in enumerate(body) if (found := _DIVIDER.fullmatch(line))]
    if len(dividers) > 1:
        dividers = [(index, mark) for index, mark in dividers if len(mark) == width]
    if len(dividers) != 1:
        raise _malformed(number, "needs exactly one `=======` line between SEARCH and REPLACE")
    return dividers[0][0]


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


def _path(block: _Found, above: Sequence[str], previous: str, number: int) -> str:
    named = path_line(block.named) or _path_above(above)
    if named is not None:
        return named
    spoken = dict.fromkeys(path for line in above for path in mentions(line))
    if previous and set(spoken) <= {previous}:
        return previous
    if len(spoken) > 1 or (previous and spoken):
        raise refusal(
            "ambiguous-path",
            f"Block {number} does not say which file it changes. Write the path alone on the line above the block.",
        )
    return next(iter(spoken), "")


def _path_above(above: Sequence[str]) -> str | None:
    """The nearest path line right above the block, looking through fences and blank lines."""
    for line in reversed(above):
        mark = fence(line)
        path = info_path(mark.info) if mark else path_line(line)
        if path is not None:
            return path
        if mark is None and line.strip():
            return None
    return None


def _edit(path: str, block: _Found, number: int) -> Edit:
    left_out = elision(block.replace, known=block.search)
    if left_out is not None:
        raise refusal(
            "elided-code",
            f"Block {number} leaves code out: {left_out}\nWrite every line of REPLACE, or make the block smaller.",
        )
    search = "" if not any(map(str.strip, block.search)) else "".join(line + "\n" for line in block.search)
    return Replace(path, search, "".join(line + "\n" for line in block.replace))


def _refuse_other_files(lines: Sequence[str], found: Sequence[_Found]) -> None:
    """A whole file beside the blocks would be lost, and blocks inside a whole file are its text: refuse both."""
    rest = list(lines)
    for number, block in enumerate(found, start=1):
        _refuse_quoted(rest[: block.start], number)
        rest[block.start : block.end + 1] = [_TAKEN] + [""] * (block.end - block.start)
    for other in blocks("\n".join(rest)):
        whole = other.closed and _TAKEN not in other.lines and not all(map(_introduces, other.lines))
        if whole and (info_path(other.info) or path_line(other.heading)):
            raise refusal(
                "mixed-formats",
                "The answer mixes search/replace blocks with whole files. For a new file use a block too, with an "
                "empty SEARCH part.",
            )


def _refuse_quoted(before: Sequence[str], number: int) -> None:
    around = blocks("\n".join(before))[-1:]
    if any(
        not open_.closed and _TAKEN not in open_.lines and not all(map(_introduces, open_.lines)) for open_ in around
    ):
        raise _malformed(number, "stands inside other text of a fence. Begin the fence with the block's own first line")


def _introduces(line: str) -> bool:
    return not line.strip() or path_line(line) is not None or bool(mentions(line))


def _is(marker: re.Pattern[str], line: str, indent: str) -> bool:
    found = marker.fullmatch(line)
    return found is not None and found[1] == indent


def _malformed(number: int, what: str) -> Exception:
    return refusal(
        "malformed-block",
        f"Block {number} {what}. Write: `<<<<<<< SEARCH`, the old lines, `=======`, the new lines, `>>>>>>> REPLACE`.",
    )
