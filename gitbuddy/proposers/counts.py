"""What servers counted for earlier prompts: it makes the estimate fit a model whose tokenizer cannot be asked.

One small file per model digest. Files are written whole and replaced, so processes may share them; a damaged one is as
good as none, and deleting them costs nothing but better estimates.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gitbuddy.proposers.tokens import TELLING, Estimate, estimate, foreign
from gitbuddy.temporary import write_whole

SCHEMA = 1
KEPT = 64
"""Calls remembered per model and class of text; the newest."""
ENOUGH = 3
"""Calls after which what was seen is believed."""
MARGIN = 1.1
"""The next prompt may be denser than the densest one so far."""
LEAST_FACTOR = 0.75
"""Part of the safe estimate below which none is believed: some servers leave out what their cache held."""
MOST_FACTOR = 4.0
CUT = 0.6
"""A prompt cut in half counts half of what it should; texts of one class differ by less than this."""
LONGEST_FILE = 64 << 10
MOST_FILES = 200
CLASSES = (0.02, 0.25)
"""Shares of bytes beyond ASCII that part the classes of text: code, mixed, and other scripts."""

Seen = tuple[int, int]
"""The safe estimate of a prompt, and what the server counted, in tokens."""
Memory = Mapping[int, tuple[Seen, ...]]


@dataclass(frozen=True, slots=True)
class Counts:
    """What is remembered in `folder`; None remembers nothing."""

    folder: Path | None

    def recall(self, digest: str) -> Memory:
        """What was seen of this model, by class of text; empty where nothing can be read."""
        if self.folder is None or not digest:
            return {}
        try:
            with self._path(digest).open("rb") as file:
                return _memory(json.loads(file.read(LONGEST_FILE)))
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return {}

    def remember(self, digest: str, text: str, counted: int) -> Memory:
        """Add one successful call; gives what is known now. A disk that refuses costs better estimates, and no more."""
        memory, expected = self.recall(digest), estimate(text)
        if self.folder is None or not digest or len(text) < TELLING or not _believable(expected, counted):
            return memory
        number = class_of(text)
        kept = (*memory.get(number, ()), (expected.most, counted))[-KEPT:]
        memory = {**memory, number: kept}
        with suppress(OSError):
            write_whole(self._path(digest), json.dumps({"schema": SCHEMA, "seen": memory}).encode())
            _prune(self.folder)
        return memory

    def _path(self, digest: str) -> Path:
        name = hashlib.sha256(digest.encode("utf-8", "replace")).hexdigest()[:32]
        return (self.folder or Path()) / f"{name}.json"


def calibrated(text: str, memory: Mapping[int, tuple[Seen, ...]]) -> Estimate:
    """The estimate for a model of which this was seen: at least its densest prompt so far, and a margin."""
    safe, seen = estimate(text), memory.get(class_of(text), ())
    factors = [counted / expected for expected, counted in seen]
    if not factors:
        return safe
    highest, lowest = max(factors) * MARGIN, min(factors) * CUT
    if len(factors) < ENOUGH:
        return Estimate(_scaled(safe.most, max(1.0, highest)), safe.least)
    least = int(safe.most * lowest) if safe.least else 0
    return Estimate(_scaled(safe.most, max(LEAST_FACTOR, highest)), max(safe.least, least))


def class_of(text: str) -> int:
    """Texts of one class have about as many tokens for a byte."""
    share = foreign(text)
    return sum(share > limit for limit in CLASSES)


def _scaled(tokens: int, factor: float) -> int:
    return int(-(-tokens * factor // 1))


def _believable(expected: Estimate, counted: int) -> bool:
    return expected.least <= counted <= expected.most * MOST_FACTOR


def _memory(value: Any) -> Memory:
    """What a file says. Raises `KeyError`, `TypeError` or `ValueError` for one that is damaged."""
    if value["schema"] != SCHEMA:
        raise ValueError("of another version")
    return {int(number): tuple(_seen(pairs)) for number, pairs in dict(value["seen"]).items()}


def _seen(pairs: Any) -> Iterator[Seen]:
    for expected, counted in pairs[-KEPT:]:
        if not (type(expected) is type(counted) is int and 0 < counted <= expected * MOST_FACTOR):
            raise ValueError("not a count of ours")
        yield expected, counted


def _prune(folder: Path) -> None:
    files = sorted(folder.glob("*.json"), key=_modified)
    for file in files[: max(0, len(files) - MOST_FILES)]:
        file.unlink(missing_ok=True)


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
