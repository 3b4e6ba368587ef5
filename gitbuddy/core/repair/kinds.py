"""What sort of value an expression probably has. A guess from how it is made, and no type."""

from __future__ import annotations

import ast
from enum import StrEnum

from gitbuddy.core.repair.place import Place


class Sort(StrEnum):
    """Sorts of values that templates tell apart."""

    NUMBER = "number"
    TEXT = "text"
    TRUTH = "truth"
    ITEMS = "items"
    UNKNOWN = "unknown"


_USUAL = {
    Sort.NUMBER: "len int float abs round ord sum count index find rfind pow floor ceil sqrt",
    Sort.TEXT: "str chr bin hex oct input lower upper strip lstrip rstrip join replace title swapcase capitalize",
    Sort.ITEMS: "list sorted set range reversed split filter map zip enumerate keys values items",
    Sort.TRUTH: "any all isinstance bool startswith endswith isdigit isalpha isupper islower isalnum isspace",
}
_CALLS = {name: sort for sort, names in _USUAL.items() for name in names.split()}
_WORDS = {"int": Sort.NUMBER, "float": Sort.NUMBER, "str": Sort.TEXT, "bool": Sort.TRUTH}
_CONTAINERS = ("list", "set", "tuple", "dict", "sequence", "iterable", "frozenset")
_DEPTH = 6
"""How far a guess follows names and operands."""


def sort_of(node: ast.expr, place: Place, depth: int = _DEPTH) -> Sort:
    """The probable sort of an expression at a place."""
    match node:
        case ast.Constant(value=value):
            return _sort_of_value(value)
        case ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return Sort.TRUTH
        case ast.List() | ast.ListComp() | ast.Set() | ast.SetComp() | ast.Dict() | ast.Tuple() | ast.GeneratorExp():
            return Sort.ITEMS
        case ast.JoinedStr():
            return Sort.TEXT
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return _CALLS.get(name, Sort.UNKNOWN)
        case _ if depth:
            return _deeper(node, place, depth - 1)
    return Sort.UNKNOWN


def sort_of_name(name: str, place: Place, depth: int = _DEPTH) -> Sort:
    """The probable sort of a variable: its annotation, or the first thing it is set to."""
    if place.function:
        arguments = place.function.args
        for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
            if argument.arg == name:
                return _annotated(argument.annotation)
    value = place.values.get(name)
    return sort_of(value, place, depth - 1) if value is not None and depth else Sort.UNKNOWN


def fits(one: Sort, other: Sort) -> bool:
    """Whether a value of one sort may stand for one of the other: equal, or not known."""
    return one is other or Sort.UNKNOWN in (one, other)


def _deeper(node: ast.expr, place: Place, depth: int) -> Sort:
    match node:
        case ast.BinOp(left=left, right=right):
            first = sort_of(left, place, depth)
            return first if first is not Sort.UNKNOWN else sort_of(right, place, depth)
        case ast.UnaryOp():
            return Sort.NUMBER
        case ast.IfExp(body=body) | ast.NamedExpr(value=body):
            return sort_of(body, place, depth)
        case ast.BoolOp(values=values):
            return sort_of(values[-1], place, depth)
        case ast.Subscript(value=value, slice=ast.Slice()):
            return sort_of(value, place, depth)
        case ast.Subscript(value=value):
            return Sort.TEXT if sort_of(value, place, depth) is Sort.TEXT else Sort.UNKNOWN
        case ast.Name(id=name):
            return sort_of_name(name, place, depth)
    return Sort.UNKNOWN


def _sort_of_value(value: object) -> Sort:
    if isinstance(value, bool):
        return Sort.TRUTH
    if isinstance(value, int | float | complex):
        return Sort.NUMBER
    return Sort.TEXT if isinstance(value, str | bytes) else Sort.UNKNOWN


def _annotated(annotation: ast.expr | None) -> Sort:
    words = ast.unparse(annotation).lower() if annotation else ""
    if words.startswith(_CONTAINERS) or words.removeprefix("typing.").startswith(_CONTAINERS):
        return Sort.ITEMS
    return _WORDS.get(words, Sort.UNKNOWN)
