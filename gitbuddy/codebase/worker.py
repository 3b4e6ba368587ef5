"""A process that reads symbols, and nothing else: it gets bytes on stdin and answers on stdout.

A file can make a grammar run for minutes, take all memory or crash. Here that ends this process, which its parent
notices. It ends by itself when the parent is gone: stdin comes to its end, and no file takes longer than its time.
"""

from __future__ import annotations

import resource
import signal
import sys
from typing import BinaryIO, Final

from gitbuddy.codebase.facts import encoded, failure
from gitbuddy.codebase.frames import HEAD
from gitbuddy.core.symbols.extraction import read

MEMORY: Final = 1 << 30
"""Bytes of address space of this process."""


def main(seconds: float) -> None:
    """Answer batches until stdin ends: a count, then for each file the lengths of path and content, and both.

    A file that takes longer than `seconds` of processor time ends this process.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent gets it too, and ends us
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # a grammar does not come back to Python to run a handler
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    while head := source.read(HEAD.size):
        count, _ = HEAD.unpack(head)
        for path, data in [_next(source) for _ in range(count)]:
            answer = _answer(path, data, seconds)
            answers.write(HEAD.pack(len(answer), 0) + answer)
            answers.flush()


def _next(source: BinaryIO) -> tuple[str, bytes]:
    path, size = HEAD.unpack(source.read(HEAD.size))
    return source.read(path).decode(), source.read(size)


def _answer(path: str, data: bytes, seconds: float) -> bytes:
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        symbols = read(data, path)
        return encoded(symbols, len(data)) if symbols else failure("no grammar for its language")
    except (MemoryError, RecursionError, ValueError) as error:
        return failure(f"cannot be read: {error or type(error).__name__}")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    main(float(sys.argv[1]))
