"""The symbols of one file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Definition:
    """A name that a file defines outside of any function body.

    `kind` is a word of its language (`function`, `class`, `struct`, `macro`, ...), `first` and `last` are its lines
    from 1, `scope` the names around it with dots between ("" at the top), `signature` its head in one line.
    """

    name: str
    kind: str
    first: int
    last: int
    scope: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Symbols:
    """What was read of a file in `language`.

    `references` are names used outside of comments and texts, with how often; `imports` the words of its import
    statements; `broken` says that the grammar met errors, so that something may be missing.
    """

    language: str
    lines: int = 0
    definitions: tuple[Definition, ...] = ()
    references: Mapping[str, int] = field(default_factory=dict)
    imports: frozenset[str] = frozenset()
    broken: bool = False
