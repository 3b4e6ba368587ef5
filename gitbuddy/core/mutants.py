"""stub"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutant:
    path: str
    line: int
    what: str
    source: bytes


def mutants(path: str, source: bytes, most: int, names: frozenset[str] = frozenset()) -> tuple[Mutant, ...]:
    return ()
