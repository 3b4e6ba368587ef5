"""Other ways to write the beginnings of the same lines: steps of spaces, tabs, the line numbers of a listing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

_STEPS = (4, 2, 8)
_NUMBERED = re.compile(r"[ ]*(\d{1,7})(?:[ ]*[|│→:](?: |$)|\t)(.*)")
_Change = Callable[[str], str | None]


def converted(lines: Sequence[str]) -> Iterator[_Change]:
    """Ways to turn the spaces of lines into tabs, or tabs into spaces, each for a step that fits all these lines."""
    for step in _STEPS:
        for change in (_to_tabs(step), _to_spaces(step)):
            written = [change(line) for line in lines]
            if None not in written and written != list(lines):
                yield change


def without_numbers(old: Sequence[str], new: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Both parts without the numbers of a listing; None unless all old lines are numbered one after the other."""
    found = [_NUMBERED.fullmatch(line) for line in old]
    numbers = [int(line[1]) for line in found if line]
    if len(numbers) < len(old) or any(b != a + 1 for a, b in pairwise(numbers)):
        return None
    instead = [_NUMBERED.fullmatch(line) for line in new]
    if any(instead) and not all(instead):
        return None
    return tuple(line[2] for line in found if line), tuple(line[2] for line in instead if line) or tuple(new)


def _to_tabs(step: int) -> _Change:
    def change(line: str) -> str | None:
        bare = line.lstrip(" ")
        steps, rest = divmod(len(line) - len(bare), step)
        return None if (rest and bare) or bare.startswith("\t") else "\t" * steps + bare

    return change


def _to_spaces(step: int) -> _Change:
    def change(line: str) -> str | None:
        bare = line.lstrip("\t")
        return None if bare.startswith(" ") and bare.strip() else " " * step * (len(line) - len(bare)) + bare

    return change
