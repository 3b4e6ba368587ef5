"""Which tracked files a text or a pattern names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from gitbuddy.git.listing import Listing
from gitbuddy.git.repo import Repo
from gitbuddy.globs import matches
from gitbuddy.values import SourceFile

LARGEST: Final = 1 << 20
"""Bytes above which a file is not looked at."""
PATH_LIKE: Final = re.compile(r"[\w.\-+@/\\]*\w")


def meant(patterns: Iterable[str], listing: Listing) -> list[str]:
    """Tracked files that the patterns of a task stand for, in their order, each once."""
    return list(dict.fromkeys(path for pattern in patterns for path in _meant(pattern, listing)))


def named(text: str, listing: Listing) -> list[str]:
    """Tracked files that a text names: by path, by the end of an absolute path, by a unique file name, as a module."""
    words = dict.fromkeys(PATH_LIKE.findall(text))
    found = (_resolve(word.replace("\\", "/"), listing) for word in words)
    return list(dict.fromkeys(path for path in found if path))


def read(repo: Repo, commit: str, paths: Iterable[str]) -> Iterator[SourceFile]:
    """The text files among these."""
    for path in paths:
        size = repo.objects.size(commit, path)
        file = repo.read(commit, path) if size is not None and size <= LARGEST else None
        if file is not None and _is_text(file.data):
            yield file


def _meant(pattern: str, listing: Listing) -> list[str]:
    """A path is most often named literally: then nothing needs to be searched."""
    literal = pattern.removeprefix("./")
    if literal in listing.tracked:
        return [literal]
    return [path for path in listing.paths if matches(literal, path)]


def _resolve(word: str, listing: Listing) -> str | None:
    parts = [part for part in word.split("/") if part not in ("", ".")]
    for start in range(len(parts)):
        tail = "/".join(parts[start:])
        if tail in listing.tracked:
            return tail if len(parts) - start > 1 or len(parts) == 1 else None
    same = listing.named.get(word, ()) if len(parts) == 1 and "." in word else ()
    return same[0] if len(same) == 1 else _module(word, listing.tracked)


def _module(word: str, known: frozenset[str]) -> str | None:
    """`package.module.function` as a file of a Python package, the longest that exists."""
    parts = word.split(".")
    for end in range(len(parts), 1, -1):
        path = "/".join(parts[:end])
        for candidate in (f"{path}.py", f"src/{path}.py", f"{path}/__init__.py"):
            if candidate in known:
                return candidate
    return None


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode("utf-8")
    except UnicodeDecodeError:
        return False
