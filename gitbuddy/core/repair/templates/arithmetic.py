"""Another operator in an operation or an assignment (`+` for `-`, `=` for `+=`), and operands the other way round."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gitbuddy.core.languages.python import OPERATORS
from gitbuddy.core.repair.candidate import Replacement
from gitbuddy.core.repair.kinds import Sort, sort_of
from gitbuddy.core.repair.place import Place
from gitbuddy.core.repair.source import Source

_OTHERS: dict[str, tuple[tuple[str, float], ...]] = {
    "+": (("-", 1.0), ("*", 0.7), ("//", 0.2), ("/", 0.2), ("%", 0.2), ("**", 0.1)),
    "-": (("+", 1.0), ("*", 0.3), ("%", 0.5), ("//", 0.3), ("/", 0.3)),
    "*": (("+", 0.9), ("**", 0.7), ("/", 0.6), ("-", 0.5), ("//", 0.5), ("%", 0.4)),
    "/": (("//", 1.0), ("*", 0.9), ("%", 0.7), ("-", 0.4), ("+", 0.3)),
    "//": (("/", 0.9), ("%", 1.0), ("*", 0.7), ("-", 0.4), ("+", 0.2)),
    "%": (("//", 1.0), ("/", 0.7), ("*", 0.5), ("-", 0.4), ("+", 0.3)),
    "**": (("*", 1.0), ("//", 0.2), ("+", 0.3)),
    "<<": ((">>", 1.0), ("*", 0.3)),
    ">>": (("<<", 1.0), ("//", 0.3)),
    "&": (("|", 1.0), ("^", 0.6), ("-", 0.4)),
    "|": (("&", 1.0), ("^", 0.6), ("-", 0.3)),
    "^": (("&", 0.8), ("|", 0.8), ("**", 0.8)),
}
_CHANGING = ("-", "/", "//", "%", "**", "<<", ">>")
"""Operators that give something else when their operands change places; `+` does so for texts alone."""


def candidates(source: Source, place: Place) -> Iterator[Replacement]:
    """Operators of operations, of assignments, and operands that change places."""
    for node in place.nodes:
        if isinstance(node, ast.BinOp):
            yield from _operation(source, place, node)
    if isinstance(place.statement, ast.AugAssign | ast.Assign):
        yield from _assignment(source, place.statement)


def _operation(source: Source, place: Place, node: ast.BinOp) -> Iterator[Replacement]:
    operator = OPERATORS.get(type(node.op), "")
    spans = source.operators(node)
    if not spans:
        return
    start, end = spans[0]
    numbers = sort_of(node, place) in (Sort.NUMBER, Sort.UNKNOWN)
    for other, weight in _OTHERS.get(operator, ()):
        if numbers or operator not in "+*":
            yield Replacement(start, end, other, weight)
    if operator in _CHANGING or (operator == "+" and sort_of(node, place) is not Sort.NUMBER):
        (left, left_end), (right, right_end) = source.outer(node.left), source.outer(node.right)
        between = source.text[left_end:right]
        turned = source.closed(node.right) + between + source.closed(node.left)
        yield Replacement(left, right_end, turned, 0.8 if operator != "**" else 0.3)


def _assignment(source: Source, node: ast.AugAssign | ast.Assign) -> Iterator[Replacement]:
    span = source.assignment(node)
    if span is None:
        return
    if isinstance(node, ast.Assign):
        if len(node.targets) == 1 and not isinstance(node.targets[0], ast.Tuple | ast.List):
            for other, weight in (("+=", 0.3), ("-=", 0.15), ("*=", 0.15)):
                yield Replacement(*span, other, weight)
        return
    for other, weight in _OTHERS.get(OPERATORS.get(type(node.op), ""), ()):
        yield Replacement(*span, f"{other}=", weight)
    yield Replacement(*span, "=", 0.6)
