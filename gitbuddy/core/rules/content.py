"""What a patch may do to the text of files. What was there before stays its own affair: only the new is judged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from gitbuddy.core.lines import changed_lines, surviving_share
from gitbuddy.core.rules.characters import hidden, mixed_words, named
from gitbuddy.core.rules.paths import shown
from gitbuddy.core.rules.secrets import secrets
from gitbuddy.values import Change, Patch

_BIG = 40
_LEAST_SURVIVING = 0.1
_BLANK = b" \t\r\n\f\v\xef\xbb\xbf"  # white space, and a BOM with nothing after it
_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: .*)?\r?$", re.MULTILINE)
T = TypeVar("T", bound=Hashable)


def too_many_files(patch: Patch, limit: int) -> str | None:
    if len(patch.changes) <= limit:
        return None
    return f"The patch changes {len(patch.changes)} files, and at most {limit} are allowed. Change fewer files."


def too_many_lines(patch: Patch, limit: int) -> str | None:
    count = sum(changed_lines(change.before, change.after) for change in patch.changes)
    if count <= limit:
        return None
    return f"The patch changes {count} lines, and at most {limit} are allowed. Make a smaller change."


def too_large(change: Change, limit: int) -> str | None:
    if change.after is None or len(change.after) <= limit:
        return None
    return f"{shown(change.path)} would have {len(change.after)} bytes, and at most {limit} are allowed."


def nul_byte(change: Change) -> str | None:
    if b"\0" not in (change.after or b"") or b"\0" in (change.before or b""):
        return None
    return f"{shown(change.path)} would get NUL bytes, which no text has. Write text only."


def emptied(change: Change) -> str | None:
    if change.after is None or change.after.strip(_BLANK) or not (change.before or b"").strip(_BLANK):
        return None
    return f"{shown(change.path)} would be left empty. Write its text, or leave it as it is."


def mass_removal(change: Change) -> str | None:
    """A big file of which next to nothing is left: cut off by the model far more often than meant."""
    if change.before is None or change.after is None:
        return None
    before, after = change.before.count(b"\n"), change.after.count(b"\n")
    if before <= _BIG or 2 * after > before or surviving_share(change.before, change.after) >= _LEAST_SURVIVING:
        return None
    return (
        f"{shown(change.path)} would lose more than nine tenths of its {before} lines. Write the whole file, or change "
        "only the lines that matter."
    )


def only_layout(changes: Iterable[Change]) -> bool:
    """Whether nothing but blank lines and white space at the ends of lines would differ. Indentation counts as text."""
    pairs = [(change.before, change.after) for change in changes]
    return all(old is not None and new is not None and _said(old) == _said(new) for old, new in pairs)


def conflict_marker(change: Change) -> str | None:
    added = _added(change, lambda text: Counter(_CONFLICT.findall(text)))
    return f"{shown(change.path)} would get a conflict marker: {added[0].strip()[:60]}" if added else None


def hidden_character(change: Change) -> str | None:
    added = _added(change, hidden)
    if not added:
        return None
    return (
        f"{shown(change.path)} would get a hidden character: {named(added[0])}. Write it as an escape, or leave it out."
    )


def mixed_script(change: Change) -> str | None:
    added = _added(change, mixed_words)
    if not added:
        return None
    return (
        f"{shown(change.path)} would get a word of letters that only look Latin: {shown(added[0])}. Use plain letters."
    )


def secret(change: Change) -> str | None:
    """Words that name the kind of secret and never the secret itself: they are recorded."""
    added = _added(change, secrets)
    if not added:
        return None
    return f"{shown(change.path)} would get something that looks like a secret: {added[0][0]}. Read it from outside."


def _said(data: bytes) -> list[bytes]:
    return [line.rstrip() for line in data.splitlines() if line.strip()]


def _added(change: Change, count: Callable[[str], Counter[T]]) -> list[T]:
    """What the new text has more often than the old one. A file that was binary before has no text to judge."""
    if change.after is None or b"\0" in (change.before or b""):
        return []
    return list(count(_decoded(change.after)) - count(_decoded(change.before or b"")))


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "replace").removeprefix("\ufeff")
