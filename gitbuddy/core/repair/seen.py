"""Whether an edited file is a program, and one that was not there yet."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from hashlib import blake2b

from gitbuddy.core.languages.python import parse
from gitbuddy.core.repair.candidate import Replacement, applied
from gitbuddy.core.repair.source import Source, Span

Key = tuple[Span, bytes]


class Seen:
    """The programs made of one file so far, told apart by their trees: layout and parentheses do not count.

    Only the statements of the module that an edit touches are parsed again.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._parts = _parts(source)
        self._keys: set[Key] = set()

    def is_new(self, edits: tuple[Replacement, ...]) -> bool:
        """Whether the edits give a program that is not the file, and that was not asked for before."""
        part = self._part(edits[0].start, edits[-1].end)
        try:
            before, key = self._key(part, ()), self._key(part, edits)
        except ValueError:
            return False
        self._keys.add(before)
        if key in self._keys:
            return False
        self._keys.add(key)
        return True

    def _part(self, start: int, end: int) -> Span:
        """From the beginning of the statement that holds `start` to the end of the one that holds `end`."""
        first = bisect_right(self._parts, start) - 1
        last = bisect_right(self._parts, max(start, end - 1))
        return self._parts[first], self._parts[last] if last < len(self._parts) else len(self.source.text)

    def _key(self, part: Span, edits: tuple[Replacement, ...]) -> Key:
        start, end = part
        moved = tuple(Replacement(edit.start - start, edit.end - start, edit.text) for edit in edits)
        tree = parse(applied(self.source.text[start:end], moved).encode())
        try:
            return part, blake2b(ast.dump(tree).encode(), digest_size=16).digest()
        except RecursionError as error:
            raise ValueError("it nests too deeply") from error


def _parts(source: Source) -> list[int]:
    """Where the statements of the module begin that begin a line; what stands before the first belongs to it."""
    starts = [0]
    for node in source.tree.body:
        first = min([node, *getattr(node, "decorator_list", [])], key=lambda part: part.lineno)
        offset = source.lines[first.lineno - 1]
        before = source.text[source.lines[node.lineno - 1] : source.span(node)[0]]
        if offset > starts[-1] and re.fullmatch(r"(async\s+)?", before):
            starts.append(offset)
    return starts
