"""Statements at another level or in another order: a `return` out of a loop or into it, results the other way round."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from gitbuddy.core.repair.candidate import Replacement
from gitbuddy.core.repair.place import Place
from gitbuddy.core.repair.source import Source

MOST_RESULTS = 12
"""Places where a function returns that are looked at."""
_COMPOUND = (ast.If, ast.For, ast.While, ast.With, ast.Try)


def candidates(source: Source, place: Place) -> Iterator[Replacement]:
    """The statement one level further out or in, or changed with the next one; two results changed."""
    node = place.statement
    rows, indent = source.rows(node), source.indent(node)
    if rows is None or indent is None:
        return
    if not isinstance(node, _COMPOUND) and "\n" not in source.text[slice(*rows)].rstrip("\r\n"):
        weight = 1.0 if isinstance(node, ast.Return) else 0.5
        yield from _outwards(source, node, weight)
        yield from _inwards(source, node, weight)
        yield from _next(source, node)
    if isinstance(node, ast.Return) and node.value is not None:
        yield from _results(source, place, node.value)


def _block(source: Source, node: ast.stmt) -> tuple[ast.AST | None, Sequence[ast.stmt]]:
    parent = source.parent(node)
    blocks = (getattr(parent, name, None) for name in ("body", "orelse", "finalbody"))
    return parent, next((block for block in blocks if isinstance(block, list) and node in block), [])


def _outwards(source: Source, node: ast.stmt, weight: float) -> Iterator[Replacement]:
    """The last statement of a block comes after what the block belongs to; of several levels each."""
    block = _block(source, node)[1]
    if not block or block[-1] is not node or len(block) == 1:
        return
    rows = source.rows(node)
    for above in source.above(node):
        if not isinstance(above, _COMPOUND) or rows is None:
            return
        around = source.rows(above)
        if around is None or source.indent(above) is None:
            return
        code = f"{source.indent(above)}{source.text[rows[0] : rows[1]].lstrip()}"
        rest = source.text[rows[1] : around[1]]
        if rest and not rest.endswith(("\n", "\r")):
            rest, code = rest + source.newline, code.rstrip("\r\n")
        yield Replacement(rows[0], max(around[1], rows[1]), rest + code, weight)


def _inwards(source: Source, node: ast.stmt, weight: float) -> Iterator[Replacement]:
    """A statement after a loop or a condition becomes the last one of its block, at each depth of it."""
    _, block = _block(source, node)
    index = block.index(node) if node in block else 0
    before: ast.stmt | None = block[index - 1] if index else None
    rows = source.rows(node)
    while isinstance(before, _COMPOUND) and rows is not None:
        last = before.body[-1]
        indent, end = source.indent(last), source.rows(last)
        if indent is None or end is None:
            return
        code, between = indent + source.text[rows[0] : rows[1]].lstrip(), source.text[end[1] : rows[0]]
        if between and not code.endswith(("\n", "\r")):
            code += source.newline
        yield Replacement(end[1], rows[1], code + between, weight * 0.8)
        before = last


def _next(source: Source, node: ast.stmt) -> Iterator[Replacement]:
    _, block = _block(source, node)
    after = block[block.index(node) + 1] if node in block[:-1] else None
    if after is None or isinstance(after, _COMPOUND):
        return
    first, second = source.rows(node), source.rows(after)
    if first and second and source.text[: second[1]].endswith(("\n", "\r")):
        code = source.text[slice(*second)] + source.text[first[1] : second[0]] + source.text[slice(*first)]
        yield Replacement(first[0], second[1], code, 0.4)


def results(source: Source, place: Place) -> Sequence[ast.expr]:
    """What the function returns, at the places around this one."""
    found = source.near(place.scope, place.line, _is_result, MOST_RESULTS)
    return [node.value for node in found if isinstance(node, ast.Return) and node.value]


def _is_result(node: ast.AST) -> bool:
    return isinstance(node, ast.Return) and node.value is not None


def _results(source: Source, place: Place, value: ast.expr) -> Iterator[Replacement]:
    """What this `return` gives changes places with what another one of the function gives."""
    for other in results(source, place):
        first, second = sorted((source.outer(value), source.outer(other)))
        (start, end), (low, high) = first, second
        if low > end:
            code = source.text[low:high] + source.text[end:low] + source.text[start:end]
            yield Replacement(start, high, code, 0.8)
