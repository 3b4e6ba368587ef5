"""The map that people and models read: the best definitions, file by file, within a budget of tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

CHARACTERS: Final = 3
"""Characters of source code in a token, on the safe side: most tokenizers make fewer tokens of them."""


class Entry(NamedTuple):
    """A definition in the map."""

    path: str
    first: int
    scope: str
    signature: str


def outline(entries: Iterable[Entry], tokens: int) -> str:
    """The map of the first entries, as many as fit. Entries come best first; files stand in the order of their best."""
    room = tokens * CHARACTERS
    chosen: dict[str, list[Entry]] = {}
    for entry in entries:
        cost = len(_line(entry)) + 1 + (0 if entry.path in chosen else len(entry.path) + 2)
        if cost > room:
            break
        room -= cost
        chosen.setdefault(entry.path, []).append(entry)
    return "\n".join(line for path, found in chosen.items() for line in _block(path, found))


def _block(path: str, entries: Sequence[Entry]) -> Iterator[str]:
    yield f"{path}:"
    yield from (_line(entry) for entry in sorted(entries, key=lambda entry: entry.first))


def _line(entry: Entry) -> str:
    depth = entry.scope.count(".") + 1 if entry.scope else 0
    return f"{entry.first:6} {'  ' * depth}{entry.signature}"
