"""Whether an edited file is a program, and one that was not there yet."""

from __future__ import annotations

import ast
from bisect import bisect_right
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby

from gitbuddy.core.languages.python import parse
from gitbuddy.core.repair.candidate import Replacement, applied
from gitbuddy.core.repair.source import Source

MOST_PARSED = 20_000
"""Characters of a statement that are parsed again for one edit, where a smaller one around the edit can be found."""


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of a file that are parsed on their own: a statement with what is in it, or the file."""

    start: int
    end: int
    is_inner: bool = False


class Seen:
    """The programs made of one file so far, told apart by their trees: layout and parentheses do not count.

    Only the statements that an edit touches are parsed again, of a long one only the statement in it.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._file = Part(0, len(source.text))
        self._inside: dict[ast.AST, list[tuple[Part, ast.AST]]] = {}
        self._before: dict[Part, bytes] = {}
        self._programs: set[frozenset[tuple[Part, bytes]]] = set()

    def is_new(self, edits: tuple[Replacement, ...]) -> bool:
        """Whether the edits give a program that is not the file, and that was not asked for before."""
        try:
            parts = [(part, self._tree(part, tuple(own))) for part, own in groupby(edits, self.part)]
            program = frozenset((part, tree) for part, tree in parts if tree != self._unchanged(part))
        except ValueError:
            return False
        if not program or program in self._programs:
            return False
        self._programs.add(program)
        return True

    def part(self, edit: Replacement) -> Part:
        """The largest statement around an edit that is not too long, or else the smallest."""
        part: Part = self._file
        node: ast.AST = self.source.tree
        while inner := self._around(node, edit):
            part, node = inner
            if part.end - part.start <= MOST_PARSED:
                break
        return part

    def _around(self, node: ast.AST, edit: Replacement) -> tuple[Part, ast.AST] | None:
        if node not in self._inside:
            self._inside[node] = self._statements(node)
        found = self._inside[node]
        index = bisect_right(found, edit.start, key=lambda one: one[0].start) - 1
        return found[index] if index >= 0 and edit.end <= found[index][0].end else None

    def _statements(self, node: ast.AST) -> list[tuple[Part, ast.AST]]:
        """The statements right below a node that have lines of their own."""
        found, stack = [], list(ast.iter_child_nodes(node))
        while stack:
            child = stack.pop()
            if isinstance(child, ast.excepthandler | ast.match_case):
                stack += ast.iter_child_nodes(child)
            rows = self.source.rows(child) if isinstance(child, ast.stmt) else None
            if rows and not self.source.text.startswith("elif", self.source.span(child)[0]):
                found.append((Part(*rows, is_inner=bool(self.source.indent(child))), child))
            elif isinstance(child, ast.If):
                stack += [*child.body, *child.orelse]
        return sorted(found, key=lambda one: one[0].start)

    def _unchanged(self, part: Part) -> bytes:
        if part not in self._before:
            self._before[part] = self._tree(part, ())
        return self._before[part]

    def _tree(self, part: Part, edits: tuple[Replacement, ...]) -> bytes:
        moved = tuple(Replacement(edit.start - part.start, edit.end - part.start, edit.text) for edit in edits)
        text = applied(self.source.text[part.start : part.end], moved)
        if part == self._file:
            tree = parse(self.source.encoded(text))
        else:
            tree = parse(f"{'if 1:' if part.is_inner else ''}\n{text}".encode(), whole=not part.is_inner)
        try:
            return blake2b(ast.dump(tree).encode(), digest_size=16).digest()
        except RecursionError as error:
            raise ValueError("it nests too deeply") from error
