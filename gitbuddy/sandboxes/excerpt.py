"""Output kept in constant memory: its head, its tail, and how much lies between."""

from __future__ import annotations


class Excerpt:
    """Collects a stream; keeps at most `limit` bytes, the first half and the last half of it."""

    def __init__(self, limit: int) -> None:
        self._half = max(limit // 2, 1)
        self._head = bytearray()
        self._tail = bytearray()
        self._seen = 0

    def add(self, chunk: bytes) -> None:
        self._seen += len(chunk)
        room = self._half - len(self._head)
        self._head += chunk[:room]
        self._tail += chunk[room:]
        if len(self._tail) > 2 * self._half:  # trimmed now and then only: moving bytes at every chunk is quadratic
            del self._tail[: -self._half]

    def read(self) -> bytes:
        """Everything, or head and tail with a line between them that says how many bytes were left out."""
        tail = bytes(self._tail[-self._half :])
        missing = self._seen - len(self._head) - len(tail)
        if missing <= 0:
            return bytes(self._head) + tail
        return bytes(self._head) + f"\n[... {missing} bytes left out ...]\n".encode() + tail
