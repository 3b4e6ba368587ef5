"""What is set in a function, and to what first."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

Function = ast.FunctionDef | ast.AsyncFunctionDef
_OWN_SCOPE = (
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.Lambda,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
)


def stored(top: ast.AST) -> Iterator[str]:
    """Variables that are set below a node, those of comprehensions aside, in the order of the text."""
    stack = [top]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        if not isinstance(node, _OWN_SCOPE):
            stack += reversed(list(ast.iter_child_nodes(node)))


def first_values(scope: ast.AST) -> Mapping[str, ast.expr]:
    """What each variable is set to first; a loop over `range` sets one to a number."""
    found: dict[str, ast.expr] = {}
    for node in ast.walk(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.setdefault(name, value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found.setdefault(name, value)
            case ast.For(target=target, iter=items) | ast.comprehension(target=target, iter=items):
                if name := _counter(target, items):
                    found.setdefault(name, ast.Constant(0))
    return found


def _counter(target: ast.expr, items: ast.expr) -> str:
    """The variable of a loop that counts."""
    called = items.func.id if isinstance(items, ast.Call) and isinstance(items.func, ast.Name) else ""
    if called == "enumerate" and isinstance(target, ast.Tuple) and target.elts:
        target = target.elts[0]
    elif called != "range":
        return ""
    return target.id if isinstance(target, ast.Name) else ""
