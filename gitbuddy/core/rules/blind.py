"""Special methods that answer without a look at what they are asked about, so that every comparison holds."""

from __future__ import annotations

import ast

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_TELLING = frozenset({"__bool__", "__hash__"})
_COMPARING = frozenset(
    {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"}
    | {"__contains__", "__instancecheck__", "__subclasscheck__"}
)


def is_blind(name: str, function: ast.AST | None) -> bool:
    """Whether this is the body of a special method that looks at nothing, or always answers the same.

    One that may answer `NotImplemented` has looked.
    """
    if name not in _COMPARING | _TELLING or not isinstance(function, Function):
        return False
    answers = _answers(function)
    if not answers or any(_is_name(answer, "NotImplemented") for answer in answers):
        return False
    if all(map(_is_constant, answers)) and len(set(map(ast.dump, answers))) == 1:
        return True
    asked = _parameters(function)[0 if name in _TELLING else 1 :]
    return not any(_is_name(node, each) for node in ast.walk(function) for each in asked)


def _answers(function: Function) -> list[ast.expr]:
    if isinstance(function, ast.Lambda):
        return [function.body]
    returns = (node for node in ast.walk(function) if isinstance(node, ast.Return))
    return [node.value for node in returns if node.value is not None]


def _parameters(function: Function) -> list[str]:
    given = function.args
    rest = [each.arg for each in (given.vararg, given.kwarg) if each]
    return [*(each.arg for each in (*given.posonlyargs, *given.args)), *rest]


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        return _is_constant(node.operand)
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
        return any(isinstance(each, ast.Constant) and each.value for each in node.values)
    return isinstance(node, ast.Constant)
