"""A condition turned round, stronger or weaker by one that the function knows already, or an `elif` for an `if`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from gitbuddy.core.repair.candidate import Replacement
from gitbuddy.core.repair.place import Place, bound_around
from gitbuddy.core.repair.source import Source

MOST_TERMS = 24
"""Conditions of the function that are added to another."""


def candidates(source: Source, place: Place) -> Iterator[Replacement]:
    """Each condition of the place."""
    terms = known_terms(source, place)
    for test in _tests(place):
        yield from _turned(source, test)
        yield from _joined(source, test, terms)
    for node in place.nodes:
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            yield from _filtered(source, node, terms)
    if isinstance(place.statement, ast.If):
        yield from _chained(source, place.statement)


def known_terms(source: Source, place: Place) -> Sequence[str]:
    """Conditions that stand in the function, whole ones and their parts, each once."""
    found: dict[str, None] = {}
    for node in source.near(place.scope, place.line, _is_condition):
        if isinstance(node, ast.Compare) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)):
            found.setdefault(source.code(node))
        elif isinstance(node, ast.If | ast.While | ast.IfExp) and not isinstance(node.test, ast.BoolOp | ast.Constant):
            found.setdefault(source.closed(node.test))
    return list(found)[:MOST_TERMS]


def _tests(place: Place) -> Iterator[ast.expr]:
    if isinstance(place.statement, ast.If | ast.While | ast.Assert):
        yield place.statement.test
    if isinstance(place.statement, ast.Return) and isinstance(place.statement.value, ast.Compare | ast.BoolOp):
        yield place.statement.value
    for node in place.nodes:
        if isinstance(node, ast.IfExp):
            yield node.test
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            yield from (test for part in node.generators for test in part.ifs)


def _turned(source: Source, test: ast.expr) -> Iterator[Replacement]:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield Replacement(*source.outer(test), source.whole(test.operand), 1.0)
    elif not (isinstance(test, ast.Compare) and len(test.ops) == 1):  # whose operator `comparison` turns
        yield Replacement(*source.outer(test), f"not {source.closed(test)}", 1.0)


def _joined(source: Source, test: ast.expr, terms: Sequence[str]) -> Iterator[Replacement]:
    code = source.closed(test) if isinstance(test, ast.IfExp | ast.Lambda) else source.whole(test)
    pairs = [(source.closed(test) if isinstance(test, ast.BoolOp) else code, term) for term in terms]
    for own, term in pairs:
        if term != source.code(test):
            yield Replacement(*source.outer(test), f"{own} and {term}", 0.5)
            yield Replacement(*source.outer(test), f"{own} or {term}", 0.5)


def _filtered(source: Source, node: ast.expr, terms: Sequence[str]) -> Iterator[Replacement]:
    generators = getattr(node, "generators", [])
    last = generators[-1] if generators else None
    if last is None or last.ifs:
        return
    end = source.outer(last.iter)[1]
    inner = list(dict.fromkeys(bound_around(source, last.iter)))
    for name in inner[:2]:
        yield Replacement(end, end, f" if {name}", 0.4)
    for term in terms:
        yield Replacement(end, end, f" if {term}", 0.3)


def _chained(source: Source, node: ast.If) -> Iterator[Replacement]:
    """`elif` becomes `if`, and an `if` that follows another becomes its `elif`."""
    start = source.span(node)[0]
    if source.text.startswith("elif", start):
        yield Replacement(start, start + 4, "if", 0.5)
        return
    above = source.parent(node)
    for name in ("body", "orelse"):
        block = getattr(above, name, [])
        if isinstance(block, list) and node in block[1:] and isinstance(block[block.index(node) - 1], ast.If):
            yield Replacement(start, start + 2, "elif", 0.5)


def _is_condition(node: ast.AST) -> bool:
    return isinstance(node, ast.Compare | ast.UnaryOp | ast.If | ast.While | ast.IfExp)
