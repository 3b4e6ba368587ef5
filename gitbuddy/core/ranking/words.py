"""Words of names and texts: what a task's text and a file's names have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
COMMON: Final = frozenset(
    """
    the and for with that this from into not are was were has have had its should must may can will when where what
    which all any add fix make use new old file files code test tests function method class module line lines please
    def self return import none true false str int else
    """.split()  # noqa: SIM905 - a text of words reads better than a list of strings
)


def parts(text: str) -> frozenset[str]:
    """Words of a text or identifier in the singular, camelCase taken apart, without those that say nothing."""
    found = {word.lower() for word in WORD.findall(text)} - COMMON
    return frozenset(_singular(word) for word in found if len(word) > 2) - COMMON


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def words(path: str, names: Iterable[str], most: int) -> str:
    """Words of a file's path and of what it defines, at most so many, with blanks between."""
    own = parts(path)
    return " ".join((*sorted(own), *sorted(parts(" ".join(names)) - own)[:most]))
