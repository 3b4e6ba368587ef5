"""A graph as bytes, so that the next run has it without making it."""

from __future__ import annotations

import json
from array import array
from typing import Any, Final

from gitbuddy.core.ranking.graph import Graph

_ARRAYS: Final = (("starts", "I"), ("targets", "I"), ("weights", "f"), ("labels", "I"), ("shares", "f"))


def packed(graph: Graph, words: tuple[str, ...]) -> bytes:
    """A graph, and the words of each file, as bytes."""
    parts = [getattr(graph, name).tobytes() for name, _ in _ARRAYS]
    head = json.dumps([graph.paths, graph.names, words, [len(part) for part in parts]]).encode()
    return b"".join((len(head).to_bytes(8, "big"), head, *parts))


def unpacked(data: bytes) -> tuple[Graph, tuple[str, ...]]:
    """What `packed` made bytes of; the caller has checked that they are whole."""
    end = 8 + int.from_bytes(data[:8], "big")
    paths, names, words, sizes = json.loads(data[8:end])
    arrays: dict[str, Any] = {}
    for (name, kind), size in zip(_ARRAYS, sizes, strict=True):
        arrays[name] = array(kind, data[end : end + size])
        end += size
    return Graph(tuple(paths), tuple(names), **arrays), tuple(words)
