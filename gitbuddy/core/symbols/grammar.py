"""What a language adds to the reading of its files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grammar:
    """Two queries and the words that are no names.

    `definitions` captures `@name`, the whole definition by its kind, and `@scope` where another type is meant;
    `passed` captures what holds no names (`@quiet`: comments, texts), import statements (`@import`) and calls that are
    such statements when `require` is called (`@call`).
    """

    definitions: str
    passed: str
    keywords: frozenset[str]


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())
