"""What of a task's context fits a model's window, counted in tokens by whoever knows its tokenizer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from gitbuddy.errors import Rejected
from gitbuddy.values import Context, Excerpt, Refused, SourceFile

Cost = Callable[[SourceFile | Excerpt], int]
"""Tokens that a file or an excerpt takes as it is shown."""
T = TypeVar("T", SourceFile, Excerpt)


@dataclass(frozen=True, slots=True)
class Packed:
    """What a brief shows: files whole, then excerpts to read."""

    files: tuple[SourceFile, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()


def pack(context: Context, room: int, cost: Cost) -> Packed:
    """The best of the context within `room` tokens: the task's own files first, which all must fit.

    Raises `Rejected` (`overflow`) when they do not: half a file is never shown as if it were the whole.
    """
    own = sum(map(cost, context.owned))
    if own > room:
        words = f"the task's files take {own} tokens, and the window leaves {max(room, 0)} for them"
        raise Rejected(Refused("reply", "overflow", f"{words}; name fewer files, or give the tier a larger window"))
    files, left = _fitting(context.files, room - own, cost)
    excerpts, _ = _fitting(context.excerpts, left, cost)
    return Packed((*context.owned, *files), excerpts)


def _fitting(items: Iterable[T], room: int, cost: Cost) -> tuple[tuple[T, ...], int]:
    """Items in order, those left out that do not fit any more; and the room that is left."""
    taken: list[T] = []
    for item in items:
        if (tokens := cost(item)) <= room:
            taken.append(item)
            room -= tokens
    return tuple(taken), room
