"""An expression that stands elsewhere in the function, in place of another: what is missing is often already there.

That the parts of a fix are mostly in the program already is measured by Barr and others, The Plastic Surgery
Hypothesis, 2014.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from gitbuddy.core.repair.candidate import Replacement
from gitbuddy.core.repair.kinds import Sort, fits, sort_of
from gitbuddy.core.repair.place import Place
from gitbuddy.core.repair.source import Source

MOST_BORROWED = 40
"""Expressions of the function that are tried in place of each one."""
MOST_LENGTH = 60
"""Longer ones, in characters, are too much to be a slip."""
_LEFT_ALONE = (ast.Slice, ast.Starred, ast.Lambda, ast.Constant)


def candidates(source: Source, place: Place) -> Iterator[Replacement]:
    """Each expression by each other one of a compatible sort."""
    found = _found(source, place)
    sorts = {code: sort_of(node, place) for code, node in found.items()}
    for node in place.nodes:
        if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del) or isinstance(node, _LEFT_ALONE):
            continue
        parent = source.parent(node)
        if not (isinstance(parent, ast.Call) and parent.func is node):
            yield from _others(source, place, node, found, sorts)


def _found(source: Source, place: Place) -> Mapping[str, ast.expr]:
    """Code -> expression, of those that are no mere names, each once."""
    found: dict[str, ast.expr] = {}
    for node in source.near(place.scope, place.line, _is_borrowed):
        if isinstance(node, ast.expr):
            above = source.parent(node)
            code = source.code(node)
            called = isinstance(above, ast.Call) and above.func is node
            if len(code) <= MOST_LENGTH and not called and not any(map(_is_format, source.above(node))):
                found.setdefault(code, node)
    return dict(list(found.items())[:MOST_BORROWED])


def _is_format(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr)


def _others(
    source: Source, place: Place, node: ast.expr, found: Mapping[str, ast.expr], sorts: Mapping[str, Sort]
) -> Iterator[Replacement]:
    own, sort = source.code(node), sort_of(node, place)
    for code, other in found.items():
        if code != own and fits(sorts[code], sort):
            shape = 1.0 if type(other) is type(node) else 0.6
            atom = isinstance(other, ast.Call | ast.Subscript | ast.Attribute)
            yield Replacement(*source.outer(node), code if atom else source.inside(node, code), shape)


def _is_borrowed(node: ast.AST) -> bool:
    return isinstance(node, ast.Call | ast.BinOp | ast.Subscript | ast.UnaryOp | ast.Compare | ast.Attribute)
