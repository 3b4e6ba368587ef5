"""Patches between `*** Begin Patch` and `*** End Patch`, which some models write whatever they were asked for.

Understood, never asked for. A hunk's `@@` line is no more than a separator: its lines have to match in one place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitbuddy.core.formats.fences import blocks
from gitbuddy.core.formats.hunk import sides
from gitbuddy.core.formats.refusal import refusal
from gitbuddy.values import DeleteFile, Edit, Replace

_BEGIN, _END = "*** Begin Patch", "*** End Patch"
_FILE = re.compile(r"\*\*\* (Update|Add|Delete) File: *(\S.*?)\s*")
_SHELL = re.compile(r"(?:\$ )?apply_patch\b.*")


def parse(reply: str) -> tuple[Edit, ...] | None:
    """The edits of all patches in order; None without one. Raises `Rejected` for one that is cut or moves files."""
    edits: list[Edit] = []
    found = False
    for patch in _patches(reply.split("\n")):
        found = True
        edits += _edits(patch)
    return tuple(edits) if found else None


def _patches(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    starts = [index for index, line in enumerate(lines) if line.rstrip() == _BEGIN]
    if not starts or _is_text_of_a_file(lines[: starts[0]]):
        return
    for start, limit in zip(starts, [*starts, len(lines)][1:], strict=True):
        end = next((index for index in range(start, limit) if lines[index].rstrip() == _END), None)
        if end is None:
            raise refusal("malformed-block", f"The patch has no `{_END}` line, so it may be cut. Write it to its end.")
        yield lines[start + 1 : end]


def _is_text_of_a_file(above: Sequence[str]) -> bool:
    """Whether the patch stands in a fence below other lines: then it is a part of what the fence holds."""
    around = blocks("\n".join(above))[-1:]
    return any(not block.closed and any(_is_other(line) for line in block.lines) for block in around)


def _is_other(line: str) -> bool:
    return bool(line.strip()) and _SHELL.fullmatch(line) is None


def _edits(patch: Sequence[str]) -> Iterator[Edit]:
    starts = [index for index, line in enumerate(patch) if _FILE.fullmatch(line)]
    if not starts or any(line.strip() for line in patch[: starts[0]]):
        raise refusal("malformed-block", "A patch begins with `*** Update File: ` and a path, or with Add or Delete.")
    for start, end in zip(starts, [*starts, len(patch)][1:], strict=True):
        header = _FILE.fullmatch(patch[start])
        if header is not None:
            yield from _file_edits(header[1], header[2].removeprefix("./"), patch[start + 1 : end])


def _file_edits(verb: str, path: str, body: Sequence[str]) -> Iterator[Edit]:
    if any(line.startswith("*** Move to:") for line in body):
        raise refusal("malformed-block", f"Only the text of files can be changed, not their names: {path}")
    lines = [line for line in body if line.rstrip() != "*** End of File"]
    if verb == "Delete":
        yield DeleteFile(path)
    elif verb == "Add":
        added = sides(lines, path)
        if added.search:
            raise refusal("malformed-block", f"Every line of a new file begins with +: {path}")
        yield added.edit(path)
    else:
        yield from _hunks(path, lines)


def _hunks(path: str, lines: Sequence[str]) -> Iterator[Replace]:
    marks = [index for index, line in enumerate(lines) if line.startswith("@@")]
    if not marks or any(line.strip() for line in lines[: marks[0]]):
        marks = [-1, *marks]
    read = [sides(lines[mark + 1 : end], path) for mark, end in zip(marks, [*marks, len(lines)][1:], strict=True)]
    changed = [hunk for hunk in read if hunk.changed]
    if not changed or not all(hunk.search for hunk in changed):
        raise refusal("malformed-block", f"A hunk needs lines with - or unchanged lines around what it adds: {path}")
    yield from (hunk.edit(path) for hunk in changed)
