"""What an edit would do without saying so: lose code behind dots or the rest of a file, swallow another file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from html import unescape

from gitbuddy.core.formats.headers import comment_path
from gitbuddy.core.formats.refusal import refusal
from gitbuddy.core.rules.paths import shown
from gitbuddy.core.text import Splice

_PROSE = re.compile(
    r".*\.(?:md|mdx|markdown|qmd|rmd|rst|txt|adoc|tex|html?|xhtml|xml|svg|vue|svelte|jsx|tsx|astro)", re.IGNORECASE
)
_STRAIGHT = str.maketrans({"\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2018": "'", "\u2019": "'", "\u00a0": " "})
_DOTS = ("...", "…")
_EMPTY_BODIES = ("", "pass", *_DOTS)
_FEW_LINES = 5
_OUTER = re.compile(r"[\w@\"'\[<]")
_DEFINITION = re.compile(
    r"\s*(?:(?:export|default|pub|public|private|protected|static|async|abstract|final)\s+)*"
    r"(?:def|class|func|fn|function|struct|enum|interface|trait|impl)\b"
)
_HEAD = re.compile(r".*\w.*[:{]\s*")


_Exchange = tuple[Sequence[str], Sequence[str]]  # lines that go, and those that come in their place


def refuse_losses(path: str, splice: Splice) -> None:
    """Raise `Rejected` for lines that come instead of others only because the others were left out or garbled."""
    exchanges = [(splice.old[i1:i2], splice.new[j1:j2]) for kept, i1, i2, j1, j2 in splice.steps if not kept]
    if _is_dotted(exchanges):
        raise refusal(
            "elided-code",
            f'"..." takes the place of lines of {shown(path)}, as if they were left out. Write every line. A body that '
            "shall be empty is `pass`.",
            "apply",
        )
    marked = _marked(path, exchanges)
    if marked is not None:
        raise refusal(
            "garbled-lines",
            f"Lines of {shown(path)} come back with - and + before them, as in a diff: {marked[:120]}\n"
            "Write the lines as they shall be, or a diff in a fence ```diff.",
            "apply",
        )
    line = _garbled(path, exchanges)
    if line is not None:
        raise refusal(
            "garbled-lines",
            f"A line of {shown(path)} comes back with HTML entities or curly quotes: {line[:120]}\n"
            "Write plain code: < > & and straight quotes.",
            "apply",
        )


def refuse_echo(path: str, contents: Sequence[str], splice: Splice) -> None:
    """Raise `Rejected` where the head of a block would stand twice: above the place, and as the first new line."""
    above, first = tuple(contents[max(splice.start - 1, 0) : splice.start]), splice.written[:1]
    if first and above == first and first != splice.old[:1] and _HEAD.fullmatch(first[0]):
        raise refusal(
            "garbled-lines",
            f"The first new line stands right above the old ones in {shown(path)}, so it would be there twice: "
            f"{first[0].strip()[:120]}\nCopy it into the old lines too, or leave it out of the new ones.",
            "apply",
        )


def refuse_doubtful_file(path: str, before: Sequence[str], after: Sequence[str], *, doubtful: bool = False) -> None:
    """Raise `Rejected` for the text of a whole file that may be a part of it, or hold another file as well."""
    if _is_fragment(before, after, doubtful=doubtful):
        raise refusal(
            "not-whole-file",
            f"The text may be only a part of {shown(path)}: much of what the file holds is not in it. Write every "
            "line of the file, or use search/replace blocks; with them lines can be removed, too.",
            "apply",
        )
    other = _second_file(path, before, after)
    if other is not None:
        raise refusal(
            "two-files",
            f"The text of {shown(path)} seems to hold a second file: {shown(other)}\n"
            "Write one fence for each file, with its path on the line above.",
            "apply",
        )


def _is_dotted(exchanges: Sequence[_Exchange]) -> bool:
    """Whether bare dots come in the place of lines. In Python they are a statement, so only what goes tells."""
    return any(
        any(line.strip() not in _EMPTY_BODIES for line in gone) and _dots(come) > _dots(gone)
        for gone, come in exchanges
    )


def _garbled(path: str, exchanges: Sequence[_Exchange]) -> str | None:
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


def _is_fragment(before: Sequence[str], after: Sequence[str], *, doubtful: bool) -> bool:
    """Whether the new text of a whole file may be only a part of it.

    Lines at the very left begin the parts of a file, and so do the heads of definitions. A text without half of either,
    or a short one without any, that has nothing in exchange, is taken for a part; so is one that begins with an
    indented line, or that keeps no line and is far shorter. A `doubtful` text has to hold them all, and half of the
    lines.
    """
    old, new = _filled(before), _filled(after)
    if not old or not new:
        return False
    if new[0][:1].isspace() and not old[0][:1].isspace():
        return True
    kept, short = (Counter(old) & Counter(new)).total(), 2 * len(new) < len(old)
    losses = [_lost(old, new, part) for part in (_OUTER, _DEFINITION)]
    if doubtful:
        return any(lost > 0 for lost, _ in losses) or 2 * kept < len(old)
    if short and (any(lost > 0 for lost, _ in losses) or (len(old) >= _FEW_LINES and not kept)):
        return True
    return any(lost > 1 and 2 * lost >= of for lost, of in losses)


def _lost(old: Sequence[str], new: Sequence[str], part: re.Pattern[str]) -> tuple[int, int]:
    """How many parts are missing without another in exchange, and of how many."""
    before, after = Counter(filter(part.match, old)), Counter(filter(part.match, new))
    return (before - after).total() - (after - before).total(), before.total()


def _marked(path: str, exchanges: Sequence[_Exchange]) -> str | None:
    """An old line that comes back behind a minus, where others come behind a plus; None when there is none."""
    for gone, come in () if _PROSE.fullmatch(path) else exchanges:
        before = {line.rstrip() for line in gone if line.strip()}
        if any(line.startswith("+") for line in come):
            found = (line for line in come if line.startswith("-") and line[1:].rstrip() in before)
            if (line := next(found, None)) is not None:
                return line
    return None


def _second_file(path: str, before: Sequence[str], after: Sequence[str]) -> str | None:
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
