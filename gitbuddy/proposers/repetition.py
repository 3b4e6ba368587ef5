"""Whether a model has begun to write the same thing for ever. Pure."""

from __future__ import annotations

LOOKED_AT = 8192
"""Characters of the end that are looked at."""
SHORTEST = 2048
"""Characters a repetition must cover: real files hold tables and rulers, and those are shorter."""
TIMES = 4
"""Repetitions of a long passage that are no accident."""
ANCHOR = 24
"""Characters at the very end whose earlier places suggest the length of the passage."""


def runs_away(text: str) -> bool:
    """Whether the end of `text` is one passage over and over, without any difference."""
    tail = text[-LOOKED_AT:]
    if len(tail) < SHORTEST:
        return False
    anchor = tail[-ANCHOR:]
    start = tail.rfind(anchor, 0, len(tail) - 1)
    while start != -1:
        if _repeats(tail, len(tail) - ANCHOR - start):
            return True
        start = tail.rfind(anchor, 0, start + ANCHOR - 1)
    return False


def _repeats(tail: str, period: int) -> bool:
    length = max(SHORTEST, TIMES * period)
    return length <= len(tail) and tail[-length:-period] == tail[-length + period :]
