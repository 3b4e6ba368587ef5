"""How many lines a change adds and removes, as `git diff --numstat` counts them, in bounded time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

_MOST_EDITS = 1_000
_MOST_STEPS = 5_000_000


def changed_lines(before: bytes | None, after: bytes | None) -> int:
    """Lines removed plus lines added by the shortest edit script.

    Above about a thousand the number is an estimate that is never too high: moved lines then count as kept.
    """
    old, new = (before or b"").split(b"\n"), (after or b"").split(b"\n")
    old, new = old if old[-1] else old[:-1], new if new[-1] else new[:-1]
    old, new = _without_common_ends(old, new)
    least = len(old) + len(new) - 2 * _common(old, new)
    limit = min(_MOST_EDITS, _MOST_STEPS // (len(old) + len(new) + 1))
    if not old or not new or least > limit:
        return least
    exact = _edit_distance(old, new, limit)
    return max(least, limit + 1) if exact is None else exact


def surviving_share(before: bytes, after: bytes) -> float:
    """How much of a file is still there: the share of its lines with text that stand in the new one, in any order."""
    old = [line.strip() for line in before.split(b"\n") if line.strip()]
    new = [line.strip() for line in after.split(b"\n") if line.strip()]
    return _common(old, new) / len(old) if old else 1.0


def _common(old: Sequence[bytes], new: Sequence[bytes]) -> int:
    return (Counter(old) & Counter(new)).total()


def _without_common_ends(old: list[bytes], new: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    left = shorter - head
    tail = next((i for i in range(left) if old[-1 - i] != new[-1 - i]), left)
    return old[head : len(old) - tail], new[head : len(new) - tail]


def _edit_distance(old: Sequence[bytes], new: Sequence[bytes], limit: int) -> int | None:
    """Length of the shortest edit script; None above `limit`. Myers, "An O(ND) Difference Algorithm", 1986, fig. 2."""
    reach = {1: 0}
    for edits in range(limit + 1):
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (diagonal != edits and reach[diagonal - 1] < reach[diagonal + 1])
            x = reach[diagonal + 1] if down else reach[diagonal - 1] + 1
            while x < len(old) and x - diagonal < len(new) and old[x] == new[x - diagonal]:
                x += 1
            reach[diagonal] = x
            if x >= len(old) and x - diagonal >= len(new):
                return edits
    return None
