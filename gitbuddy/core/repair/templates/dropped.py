"""Less: a term of an operation, a call around a value, a condition, an element, a whole statement."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from gitbuddy.core.repair.candidate import Replacement
from gitbuddy.core.repair.place import Place
from gitbuddy.core.repair.source import Source, operands


def candidates(source: Source, place: Place) -> Iterator[Replacement]:
    """Each part of the place is gone once, and then the statement."""
    for node in place.nodes:
        yield from _terms(source, node)
        for part, weight in _kept(node):
            text = source.whole(part)
            yield Replacement(*source.outer(node), source.inside(node, text) if operands(part) else text, weight)
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            yield from _elements(source, node.elts)
        for test in (test for part in getattr(node, "generators", []) for test in part.ifs):
            start, end = source.outer(test)
            word = source.text.rfind("if", 0, start)
            yield Replacement(len(source.text[:word].rstrip()), end, "", 0.6)
    yield from _statement(source, place)


def _terms(source: Source, node: ast.expr) -> Iterator[Replacement]:
    """One operand is gone with the operator beside it."""
    parts, operators = operands(node), source.operators(node)
    if not operators or (isinstance(node, ast.Compare) and len(operators) == 1):
        return
    spans = [source.outer(part) for part in parts]
    for index, (start, end) in enumerate(spans):
        if isinstance(node, ast.Compare) and 0 < index < len(spans) - 1:
            continue
        low, high = (spans[index - 1][1], end) if index else (start, spans[1][0])
        yield Replacement(low, high, "", 1.0)


def _kept(node: ast.expr) -> Iterator[tuple[ast.expr, float]]:
    """What of a node may stand for all of it."""
    match node:
        case ast.Call(func=ast.Attribute(value=value), args=args):
            yield value, 0.7
            yield from ((argument, 0.3) for argument in args[:1])
        case ast.Call(args=args):
            yield from ((argument, 0.8) for argument in args[:2] if not isinstance(argument, ast.Starred))
        case ast.UnaryOp(operand=operand):
            yield operand, 0.9
        case ast.IfExp(body=body, orelse=other):
            yield body, 0.6
            yield other, 0.6
        case ast.Subscript(value=value):
            yield value, 0.5
        case ast.ListComp(elt=ast.Name(), generators=[ast.comprehension(iter=items)]):
            yield items, 0.4
        case ast.Attribute(value=value):
            yield value, 0.2


def _elements(source: Source, nodes: Sequence[ast.expr]) -> Iterator[Replacement]:
    spans = [source.outer(node) for node in nodes]
    for index, (start, end) in enumerate(spans[:12]):
        if len(spans) > 1:
            low, high = (spans[index - 1][1], end) if index else (start, spans[1][0])
            yield Replacement(low, high, "", 0.4)


def _statement(source: Source, place: Place) -> Iterator[Replacement]:
    """The statement with its lines, or `pass` where a block would be empty without it."""
    node = place.statement
    if isinstance(node, ast.If) and source.text.startswith("elif", source.span(node)[0]):
        return
    siblings = [getattr(source.parent(node), name, None) for name in ("body", "orelse", "finalbody")]
    block = next((found for found in siblings if isinstance(found, list) and node in found), [])
    rows = source.rows(node)
    compound = hasattr(node, "body")
    weight = 0.3 if compound else 0.5 if isinstance(node, ast.Return) else 0.7
    if rows and len(block) > 1:
        yield Replacement(*rows, "", weight)
    elif not compound:
        yield Replacement(*source.span(node), "pass", weight * 0.7)
