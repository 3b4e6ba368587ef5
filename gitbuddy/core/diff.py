"""A patch as text for people and records. It is shown, never applied: trees are built from values."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from gitbuddy.values import Change, Patch

_SHOWABLE = 20_000
"""Most lines of one file that are compared: difflib may take time with the square of it."""


def unified(patch: Patch) -> str:
    """The patch as a unified diff; a file that is no UTF-8 text, or too long to compare, is named with its sizes."""
    return "".join(line for change in patch.changes for line in _one(change))


def changed_lines(patch: Patch) -> tuple[int, int]:
    """(added, removed) lines of the whole patch."""
    body = [line for change in patch.changes for line in list(_one(change))[2:]]
    return sum(line.startswith("+") for line in body), sum(line.startswith("-") for line in body)


def _one(change: Change) -> Iterator[str]:
    before, after = _lines(change.before), _lines(change.after)
    if before is None or after is None:
        yield f"Binary file {change.path} differs: {_sizes(change)}\n"
    elif len(before) + len(after) > _SHOWABLE:
        yield f"File {change.path} differs, too long to show: {_sizes(change)}\n"
    else:
        old = "/dev/null" if change.before is None else f"a/{change.path}"
        new = "/dev/null" if change.after is None else f"b/{change.path}"
        yield from (f"--- {old}\n", f"+++ {new}\n")  # also of an empty file, for which difflib has nothing to say
        for line in list(difflib.unified_diff(before, after))[2:]:
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(data: bytes | None) -> list[str] | None:
    """Lines as git sees them: a line feed ends one, and nothing else does. None for what is no text."""
    try:
        return re.findall(r"[^\n]*\n|[^\n]+", (data or b"").decode("utf-8"))
    except UnicodeDecodeError:
        return None


def _sizes(change: Change) -> str:
    return f"{len(change.before or b'')} -> {len(change.after or b'')} bytes"
