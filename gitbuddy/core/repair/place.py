"""Where an edit can be made: a statement with the expressions that are its own, and what is in scope there."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from gitbuddy.core.repair.source import Source
from gitbuddy.core.repair.variables import Function, first_values, stored

_Scope = tuple[tuple[str, ...], Mapping[str, ast.expr]]
MOST_NODES = 300
"""Expressions of one statement that are looked at."""
MOST_NAMES = 40
"""Names in scope that are tried, the nearest first."""
_BODIES = ("body", "orelse", "finalbody", "handlers", "cases", "decorator_list", "returns", "annotation", "bases")
_SKIPPED = (ast.JoinedStr, ast.FormattedValue, ast.arguments, ast.expr_context)
"""Positions within an f-string are wrong before Python 3.12."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A statement (of a compound one: its head) and what can be used in it.

    `nodes` are its own expressions, outer ones first. `names` are the variables of its function, then those of the
    module, each once; `values` are what they are set to first, as far as that says of what sort they are. `suspicion`
    is 0 to 1. `function` is None at the top of a module.
    """

    path: str
    line: int
    statement: ast.stmt
    function: Function | None
    nodes: tuple[ast.expr, ...]
    names: tuple[str, ...]
    values: Mapping[str, ast.expr]
    suspicion: float = 1.0

    @property
    def scope(self) -> ast.AST:
        """What other expressions may be borrowed from: the function, or the statement alone."""
        return self.function or self.statement


def places(source: Source, suspicion: Mapping[int, float] | None = None, most: int = 200) -> tuple[Place, ...]:
    """The statements of a file in falling order of suspicion, at most `most`.

    `suspicion`: line (from 1) -> score; a line without one is left out. A statement has the highest score of its own
    lines. Without any, all statements within functions are equally suspicious.
    """
    found = []
    for statement, function in _statements(source.tree, None):
        last = _last_line(statement)
        score = 1.0 if suspicion is None and function else 0.0
        if suspicion is not None:
            score = max((suspicion.get(line, 0.0) for line in range(statement.lineno, last + 1)), default=0.0)
        if score > 0:
            found.append((score, statement, function))
    found.sort(key=lambda one: (-one[0], one[1].lineno, one[1].col_offset))
    scopes: dict[ast.AST, _Scope] = {}
    return tuple(_place(source, *one, scopes) for one in found[:most])


def bound_around(source: Source, node: ast.AST) -> Iterator[str]:
    """Names of the comprehensions and lambdas that a node stands in, the nearest first."""
    for above in source.above(node):
        if isinstance(above, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            for part in above.generators:
                yield from stored(part.target)
        elif isinstance(above, ast.Lambda):
            yield from (argument.arg for argument in above.args.args)
        elif isinstance(above, ast.stmt):
            return


def expressions(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement itself, not those of statements within it; outer ones first."""
    for name, value in ast.iter_fields(statement):
        if name not in _BODIES:
            for child in value if isinstance(value, list) else [value]:
                yield from _below(child)


def _below(top: object) -> Iterator[ast.expr]:
    stack = [top]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.AST) and not isinstance(node, _SKIPPED):
            if isinstance(node, ast.expr):
                yield node
            stack += reversed(list(ast.iter_child_nodes(node)))


def _place(
    source: Source, score: float, statement: ast.stmt, function: Function | None, scopes: dict[ast.AST, _Scope]
) -> Place:
    scope = function or source.tree
    if scope not in scopes:
        scopes[scope] = _names(source, function), first_values(scope)
    nodes = tuple(islice(expressions(statement), MOST_NODES))
    return Place(source.path, statement.lineno, statement, function, nodes, *scopes[scope], score)


def _statements(node: ast.AST, function: Function | None) -> Iterator[tuple[ast.stmt, Function | None]]:
    """Statements that can be mended, with the innermost function; no imports, no documentation."""
    stack: list[tuple[ast.AST, Function | None]] = [(node, function)]
    while stack:
        node, function = stack.pop()
        inner = node if isinstance(node, Function) else function
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
                stack += [(child, inner)]
        if isinstance(node, ast.stmt) and not _is_left_alone(node):
            yield node, function


def _is_left_alone(node: ast.stmt) -> bool:
    if isinstance(node, Function | ast.ClassDef | ast.Import | ast.ImportFrom | ast.Pass | ast.Global | ast.Nonlocal):
        return True
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _last_line(statement: ast.stmt) -> int:
    body = getattr(statement, "body", None)
    if isinstance(body, list) and body:
        return max(statement.lineno, int(body[0].lineno) - 1)
    return statement.end_lineno or statement.lineno


def _names(source: Source, function: Function | None) -> tuple[str, ...]:
    found: dict[str, None] = {}
    if function:
        arguments = function.args
        for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
            found.setdefault(argument.arg)
        for outer in [function, *(part for part in source.above(function) if isinstance(part, Function))]:
            found.update(dict.fromkeys(name for node in outer.body for name in stored(node)))
    for statement in source.tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            found.update(dict.fromkeys(stored(statement)))
    return tuple(found)[:MOST_NAMES]
