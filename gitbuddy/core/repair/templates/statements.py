"""Statements that are missing: a step of a loop, a `break`; a jump that should be another, a result not returned."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gitbuddy.core.repair.candidate import Replacement
from gitbuddy.core.repair.place import Place
from gitbuddy.core.repair.source import Source

MOST_COPIED = 12
"""Simple statements of the function that are put after another one."""
_LOOPS = (ast.For, ast.While, ast.AsyncFor)


def candidates(source: Source, place: Place) -> Iterator[Replacement]:
    """What may stand after the statement, and what may stand for it."""
    node = place.statement
    match node:
        case ast.Break():
            yield Replacement(*source.span(node), "continue", 0.8)
        case ast.Continue():
            yield Replacement(*source.span(node), "break", 0.8)
        case ast.Expr(value=value):
            yield Replacement(*source.span(node), f"return {source.code(value)}", 0.6)
        case ast.Return(value=ast.expr()):
            yield from _variables(source, place, node)
    if not hasattr(node, "body"):
        yield from _after(source, place)


def _variables(source: Source, place: Place, node: ast.Return) -> Iterator[Replacement]:
    for name in place.names:
        if node.value is not None and not isinstance(node.value, ast.Name):
            yield Replacement(*source.outer(node.value), name, 0.4)


def _after(source: Source, place: Place) -> Iterator[Replacement]:
    node = place.statement
    rows, indent = source.rows(node), source.indent(node)
    if rows is None or indent is None or isinstance(node, ast.Return | ast.Break | ast.Continue | ast.Raise):
        return
    for text, weight in _missing(source, place):
        code = f"{indent}{text}{source.newline}"
        start = rows[1]
        if not source.text[:start].endswith(("\n", "\r")):
            code = source.newline + code.rstrip("\r\n")
        yield Replacement(start, start, code, weight)


def _missing(source: Source, place: Place) -> Iterator[tuple[str, float]]:
    loop = next((part for part in source.above(place.statement) if isinstance(part, _LOOPS)), None)
    if isinstance(loop, ast.While):
        names = dict.fromkeys(part.id for part in ast.walk(loop.test) if isinstance(part, ast.Name))
        for name in list(names)[:4]:
            yield f"{name} += 1", 0.8
            yield f"{name} -= 1", 0.8
    if loop:
        yield "break", 0.6
        yield "continue", 0.3
    found: dict[str, None] = {}
    for other in source.near(place.scope, place.line, _is_simple):
        if other is not place.statement:
            code = source.code(other)
            if "\n" not in code and not (isinstance(other, ast.Expr) and isinstance(other.value, ast.Constant)):
                found.setdefault(code)
    yield from ((code, 0.3) for code in list(found)[:MOST_COPIED])


def _is_simple(node: ast.AST) -> bool:
    return isinstance(node, ast.AugAssign | ast.Assign | ast.Expr)
