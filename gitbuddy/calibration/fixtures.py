"""The built-in fixtures: small mechanical edits with one right result, as data files of this package."""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from dataclasses import dataclass
from typing import Any

from gitbuddy.values import SourceFile

FOLDER = "fixtures"
FIRST = ("constant", "second-of-two", "long-file", "guard", "javascript", "json", "off-by-one", "crlf", "rename-local")
"""The order in which they are asked: easy and hard mixed, since time may end after any; the others follow."""


@dataclass(frozen=True, slots=True)
class Fixture:
    """An edit to be made in one file. `after` are the results that count as right.

    Compared as programs, so that layout and comments are free, or byte for byte where `exact`. `shown` are files that
    are to be read only.
    """

    name: str
    text: str
    path: str
    before: bytes
    after: tuple[bytes, ...]
    exact: bool = False
    shown: tuple[SourceFile, ...] = ()


@functools.cache
def fixtures() -> tuple[Fixture, ...]:
    """All of them, in the order to ask."""
    folder = importlib.resources.files(__package__).joinpath(FOLDER)
    found = {
        entry.name.removesuffix(".toml"): tomllib.loads(entry.read_bytes().decode())
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }
    names = (*FIRST, *sorted(set(found) - set(FIRST)))
    return tuple(_fixture(name, found[name]) for name in names)


def _fixture(name: str, raw: dict[str, Any]) -> Fixture:
    ending = b"\r\n" if raw.get("ending") == "crlf" else b"\n"

    def written(text: str) -> bytes:
        return text.encode().replace(b"\r\n", b"\n").replace(b"\n", ending)

    after = tuple(written(text) for text in raw["after"])
    return Fixture(name, raw["text"], raw["path"], written(raw["before"]), after, raw.get("exact", False))
