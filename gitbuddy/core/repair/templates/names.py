"""Another name in scope: a variable of a compatible sort, the nearest first, and other attributes of an object."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gitbuddy.core.repair.candidate import Replacement
from gitbuddy.core.repair.kinds import fits, sort_of_name
from gitbuddy.core.repair.place import Place, bound_around
from gitbuddy.core.repair.source import Source

MOST_ATTRIBUTES = 20
"""Attributes of one object that are tried in place of another."""


def candidates(source: Source, place: Place) -> Iterator[Replacement]:
    """Each variable by each other one; a name that is called stays, its others are in `siblings`."""
    for node in place.nodes:
        if isinstance(node, ast.Name) and not _is_called(source, node):
            yield from _others(source, place, node)
        elif isinstance(node, ast.Attribute) and not _is_called(source, node):
            yield from _attributes(source, place, node)


def _others(source: Source, place: Place, node: ast.Name) -> Iterator[Replacement]:
    near = list(dict.fromkeys(bound_around(source, node)))
    stored = isinstance(node.ctx, ast.Store)
    if stored and not isinstance(place.statement, ast.Assign | ast.AugAssign | ast.AnnAssign):
        return
    if node.id not in {*near, *place.names}:
        return  # a module, a class, a builtin
    sort = sort_of_name(node.id, place)
    for name in dict.fromkeys([*near, *place.names]):
        if name != node.id:
            weight = 1.0 if fits(sort_of_name(name, place), sort) else 0.3
            yield Replacement(*source.span(node), name, weight * (0.6 if stored else 1.0))


def _attributes(source: Source, place: Place, node: ast.Attribute) -> Iterator[Replacement]:
    """`self.a` for `self.b`, of those that are used in the class or else the function."""
    scope = next((part for part in source.above(node) if isinstance(part, ast.ClassDef)), place.scope)
    owner = source.code(node.value)
    found = dict.fromkeys(
        part.attr
        for part in source.near(scope, place.line, _is_attribute)
        if isinstance(part, ast.Attribute) and not _is_called(source, part) and source.code(part.value) == owner
    )
    end = source.span(node)[1]
    for name in list(found)[:MOST_ATTRIBUTES]:
        if name != node.attr:
            yield Replacement(end - len(node.attr), end, name, 0.8)


def _is_called(source: Source, node: ast.expr) -> bool:
    parent = source.parent(node)
    return isinstance(parent, ast.Call) and parent.func is node


def _is_attribute(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute)
