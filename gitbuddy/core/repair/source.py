"""A Python file as text and tree, and where each node stands in the text, in characters."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from gitbuddy.core.languages.python import OPERATORS, parse

Pick = Callable[[ast.AST], bool]
MOST_NEAR = 200
"""Nodes of a function that are looked at for what could be borrowed from it."""
Span = tuple[int, int]
"""Where something starts and ends (excluded) in a text, in characters."""
_COMMENT = re.compile(r"#[^\r\n]*")
_LINE = re.compile(r"\r\n|\r|\n")
_ATOMS = (
    ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Dict, ast.Set, ast.ListComp,
    ast.SetComp, ast.DictComp, ast.JoinedStr,
)  # fmt: skip
_LOOSE = (ast.stmt, ast.comprehension, ast.keyword, ast.Slice, ast.List, ast.Set, ast.Dict)
"""What parts its own parts so that an operation needs no parentheses in it."""


class Unreadable(ValueError):
    """A file that cannot be repaired because it cannot be read; its text is the reason."""


class Source:
    """A file and its tree. Raises `Unreadable` for what does not parse, and for an encoding nobody knows."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path, self.data = path, data
        try:
            self.tree = parse(data)
            self.encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            self.text = data.decode(self.encoding)
        except (ValueError, SyntaxError, LookupError) as error:
            raise Unreadable(f"{path} cannot be read as Python: {error}") from error
        self.lines = [0, *(match.end() for match in _LINE.finditer(self.text))]
        self._ascii = self.text.isascii()
        self._above = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self._picked: dict[tuple[ast.AST, Pick], Sequence[ast.AST]] = {}

    def encoded(self, text: str) -> bytes:
        return text.encode(self.encoding)

    def parent(self, node: ast.AST) -> ast.AST | None:
        return self._above.get(node)

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """What a node stands in, the nearest first."""
        here = self._above.get(node)
        while here is not None:
            yield here
            here = self._above.get(here)

    def qualified(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
        """The qualified name of a function, as Python makes it."""
        name = function.name
        for node in self.above(function):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                name = f"{node.name}.<locals>.{name}"
            elif isinstance(node, ast.ClassDef):
                name = f"{node.name}.{name}"
        return name

    def near(self, scope: ast.AST, line: int, pick: Pick, most: int = MOST_NEAR) -> Sequence[ast.AST]:
        """Nodes below a scope, in the order of the text; of many only the `most` around a line.

        What was picked is remembered by `pick`, so that a long function is walked through once for each question.
        """
        if (scope, pick) not in self._picked:
            found = [node for node in ast.walk(scope) if pick(node)]
            self._picked[scope, pick] = sorted(found, key=_position)
        found = list(self._picked[scope, pick])
        start = bisect_left(found, line, key=lambda node: getattr(node, "lineno", 0)) - most // 2
        start = max(0, min(start, len(found) - most))
        return found[start : start + most]

    def span(self, node: ast.AST) -> Span:
        """A node without the parentheses around it; a generator that is the only argument does not own the call's."""
        start = self._offset(getattr(node, "lineno", 1), getattr(node, "col_offset", 0))
        end = self._offset(getattr(node, "end_lineno", 1), getattr(node, "end_col_offset", 0))
        if isinstance(node, ast.GeneratorExp):
            call = self.parent(node)
            if isinstance(call, ast.Call) and self.span(call)[1] == end:
                return start + 1, end - 1
        return start, end

    def outer(self, node: ast.AST) -> Span:
        """A node with the parentheses around it that are its own."""
        low, high = self._limits(node)
        start, end = self.span(node)
        while True:
            before = self.text[low:start].rstrip()
            after = self.text[end:high].lstrip()
            if not (before.endswith("(") and after.startswith(")")):
                return start, end
            start, end = low + len(before) - 1, high - len(after) + 1

    def code(self, node: ast.AST) -> str:
        return self.text[slice(*self.span(node))]

    def whole(self, node: ast.AST) -> str:
        """The code of a node with its own parentheses."""
        return self.text[slice(*self.outer(node))]

    def closed(self, node: ast.AST) -> str:
        """The code of a node, in parentheses where something written after or before it would tear it apart."""
        code = self.whole(node)
        return code if isinstance(node, _ATOMS) or code != self.code(node) else f"({code})"

    def inside(self, node: ast.AST, code: str) -> str:
        """Code of several operands, fit to stand where `node` stands: in parentheses unless the place has its own."""
        parent = self.parent(node)
        owns = self.outer(node) != self.span(node)
        loose = isinstance(parent, _LOOSE)
        if isinstance(parent, ast.Call | ast.Subscript):
            loose = node in (parent.args if isinstance(parent, ast.Call) else [parent.slice])
        return code if owns or loose else f"({code})"

    def operators(self, node: ast.AST) -> Sequence[Span]:
        """Where the operators of a comparison, an operation or an `and`/`or` stand; empty if one is not found."""
        found = []
        for (before, after), operator in zip(pairwise(operands(node)), _operators(node), strict=False):
            start, end = self.span(before)[1], self.span(after)[0]
            gap = _COMMENT.sub(lambda match: " " * len(match[0]), self.text[start:end])
            match = re.search(r"\s+".join(map(re.escape, OPERATORS[type(operator)].split())), gap)
            if match is None:
                return []
            found.append((start + match.start(), start + match.end()))
        return found

    def assignment(self, node: ast.Assign | ast.AugAssign) -> Span | None:
        """Where `=` or `+=` of an assignment stands."""
        target = node.targets[-1] if isinstance(node, ast.Assign) else node.target
        start, end = self.span(target)[1], self.span(node.value)[0]
        match = re.search(r"[-+*/%@&|^<>]*=", self.text[start:end])
        return (start + match.start(), start + match.end()) if match else None

    def indent(self, node: ast.AST) -> str | None:
        """The blanks before a statement; None where it does not begin its line."""
        start = self.span(node)[0]
        line = self.text[self.lines[getattr(node, "lineno", 1) - 1] : start]
        return line if not line.strip() else None

    def rows(self, node: ast.AST) -> Span | None:
        """The lines of a statement with their ends; None where it shares one with another statement."""
        start, last = self.span(node)[0], int(getattr(node, "end_lineno", 1))
        end = self.lines[last] if last < len(self.lines) else len(self.text)
        rest = self.text[self.span(node)[1] : end].strip()
        first = start - len(self.indent(node) or "")
        return (first, end) if self.indent(node) is not None and (not rest or rest.startswith("#")) else None

    @property
    def newline(self) -> str:
        match = _LINE.search(self.text)
        return match[0] if match else "\n"

    def _offset(self, line: int, column: int) -> int:
        start = self.lines[line - 1]
        if self._ascii:
            return start + column
        end = self.lines[line] if line < len(self.lines) else len(self.text)
        return start + len(self.text[start:end].encode()[:column].decode())

    def _limits(self, node: ast.AST) -> Span:
        around = next((part for part in self.above(node) if hasattr(part, "lineno")), None)
        if around is None:
            return 0, len(self.text)
        low, high = self.span(around)
        if isinstance(around, ast.Call) and node is not around.func:
            low = self.text.index("(", self.span(around.func)[1])
            return low + 1, high - 1
        return low, high


def _position(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def operands(node: ast.AST) -> Sequence[ast.expr]:
    """What stands between the operators of a node, in the order of the text; empty for any other node."""
    match node:
        case ast.Compare(left=left, comparators=rest):
            return [left, *rest]
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.BoolOp(values=values):
            return values
    return []


def _operators(node: ast.AST) -> Sequence[ast.AST]:
    match node:
        case ast.Compare(ops=operators):
            return operators
        case ast.BinOp(op=operator):
            return [operator]
        case ast.BoolOp(op=operator, values=values):
            return [operator] * (len(values) - 1)
    return []
