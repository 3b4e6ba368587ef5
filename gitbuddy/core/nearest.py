"""The lines of a file that look most like those a proposer searched for. For display only: nothing is applied there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches

_MOST_LINES = 20
_MOST_SCANNED = 5_000
_WIDEST = 160
_AROUND = 2


def nearest(contents: Sequence[str], search: Sequence[str]) -> str:
    """Sentence and excerpt to append to an error; "" when nothing is near."""
    start = _place(contents[:_MOST_SCANNED], search)
    if start is None:
        return ""
    first = max(start - _AROUND, 0)
    last = min(start + min(len(search), _MOST_LINES) + _AROUND, len(contents))
    excerpt = "\n".join(line[:_WIDEST] for line in contents[first:last])
    return f"\nThe nearest lines of the file are {first + 1} to {last}:\n{excerpt}"


def _place(contents: Sequence[str], search: Sequence[str]) -> int | None:
    """Index where most of the searched lines stand, white space aside; else where the most similar line stands."""
    bare = [line.strip() for line in contents]
    wanted = [line.strip() for line in search]
    votes = _votes(bare, wanted)
    if votes:
        best = max(votes.values())
        return min(start for start, count in votes.items() if count == best)
    longest = max(wanted, key=len, default="")
    similar = get_close_matches(longest[:_WIDEST], {line[:_WIDEST] for line in bare if line}, n=1, cutoff=0.5)
    if not similar:
        return None
    found = next(index for index, line in enumerate(bare) if line[:_WIDEST] == similar[0])
    return max(found - wanted.index(longest), 0)


def _votes(bare: Sequence[str], wanted: Sequence[str]) -> Counter[int]:
    """For each line that both sides have, one vote for where the block would have to begin. Common lines say little."""
    offsets: dict[str, list[int]] = {}
    for offset, line in enumerate(wanted[:_MOST_SCANNED]):
        if line:
            offsets.setdefault(line, []).append(offset)
    common = Counter(bare)
    votes: Counter[int] = Counter()
    for index, line in enumerate(bare):
        if common[line] <= _MOST_LINES:
            votes.update(max(index - offset, 0) for offset in offsets.get(line, ())[:_MOST_LINES])
    return votes
