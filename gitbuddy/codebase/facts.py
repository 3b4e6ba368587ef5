"""What is remembered of one file, as JSON: its symbols, or why it could not be read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from gitbuddy.core.ranking.graph import FileFacts, counted
from gitbuddy.core.symbols.symbols import Definition, Symbols

VERSION: Final = 2
"""Of the facts and of what is made of them; another one makes all that is remembered void."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The symbols of one blob of `size` bytes. `failed` says why there are none."""

    language: str = ""
    lines: int = 0
    definitions: tuple[Definition, ...] = ()
    references: str = ""
    imports: tuple[str, ...] = ()
    broken: bool = False
    failed: str = ""
    size: int = 0

    def of(self, path: str) -> FileFacts:
        """These facts as those of a file."""
        names = [definition.name for definition in self.definitions]
        return FileFacts(path, self.language, list(dict.fromkeys(names)), self.references, self.imports)


def encoded(symbols: Symbols, size: int) -> bytes:
    """Symbols of a file of that many bytes as they are remembered."""
    rows = [[d.name, d.kind, d.first, d.last, d.scope, d.signature] for d in symbols.definitions]
    value = [symbols.language, symbols.lines, rows, counted(symbols.references), sorted(symbols.imports)]
    return json.dumps([*value, symbols.broken, "", size], separators=(",", ":")).encode()


def failure(why: str) -> bytes:
    """What is remembered of a file that could not be read."""
    return json.dumps(["", 0, [], "", [], True, why, 0]).encode()


def decoded(data: bytes) -> Facts:
    """The facts in what was remembered. Raises `ValueError` for anything else."""
    try:
        value: Any = json.loads(data)
        language, lines, rows, references, imports, broken, failed, size = value
        definitions = tuple(Definition(*row) for row in rows)
        return Facts(language, int(lines), definitions, references, tuple(imports), bool(broken), failed, size)
    except (TypeError, RecursionError) as error:
        raise ValueError("not facts of ours") from error
