"""What an edit would do without saying so: lose code behind dots or the rest of a file, swallow another file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from html import unescape

from gitbuddy.core.formats.headers import comment_path

_PROSE = re.compile(
    r".*\.(?:md|mdx|markdown|qmd|rmd|rst|txt|adoc|tex|html?|xhtml|xml|svg|vue|svelte|jsx|tsx|astro)", re.IGNORECASE
)
_STRAIGHT = str.maketrans({"\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2018": "'", "\u2019": "'", "\u00a0": " "})
_DOTS = ("...", "…")
_EMPTY_BODIES = ("", "pass", *_DOTS)
_FEW_LINES = 5


Exchange = tuple[Sequence[str], Sequence[str]]
"""Lines that go, and those that come in their place."""


def dotted(exchanges: Sequence[Exchange]) -> bool:
    """Whether bare dots come in the place of lines. In Python they are a statement, so only what goes tells."""
    return any(
        any(line.strip() not in _EMPTY_BODIES for line in gone) and _dots(come) > _dots(gone)
        for gone, come in exchanges
    )


def garbled(path: str, exchanges: Sequence[Exchange]) -> str | None:
    """A new line that is an old one but for HTML entities or curly quotes; None when there is none, or in prose."""
    if _PROSE.fullmatch(path):
        return None
    for gone, come in exchanges:
        before = {line.strip() for line in gone}
        for line in come if before else ():
            plain = unescape(line).translate(_STRAIGHT)
            if plain != line and plain.strip() in before:
                return line.strip()
    return None


def is_fragment(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether the new text of a whole file may be only a part of it.

    Lines at the very left begin the parts of a file. A text without half of them, that has nothing in exchange, is
    taken for a part; so is one that begins with an indented line, or that keeps no line and is far shorter.
    """
    old, new = _filled(before), _filled(after)
    if not old or not new:
        return False
    if new[0][:1].isspace() and not old[0][:1].isspace():
        return True
    if len(old) >= _FEW_LINES and 2 * len(new) < len(old) and not set(old) & set(new):
        return True
    left, there = Counter(filter(_is_outer, old)), Counter(filter(_is_outer, new))
    lost = (left - there).total() - (there - left).total()
    return lost > 1 and 2 * lost >= left.total()


def second_file(path: str, before: Sequence[str], after: Sequence[str]) -> str | None:
    """Another path that stands as a new comment at the very left: above code it begins another file."""
    if _PROSE.fullmatch(path):
        return None
    known = {line.rstrip() for line in before}
    fresh = (line for line in after[1:] if line[:1].strip() and line.rstrip() not in known)
    return next((other for line in fresh if (other := comment_path(line)) and other != path), None)


def _dots(lines: Sequence[str]) -> int:
    return sum(line.strip() in _DOTS for line in lines)


def _filled(lines: Sequence[str]) -> list[str]:
    return [line.rstrip() for line in lines if line.strip()]


def _is_outer(line: str) -> bool:
    return re.match(r"[\w@\"'\[<]", line) is not None
