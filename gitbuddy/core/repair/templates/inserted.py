"""More: something around or behind an expression, such as `+ 1`, `.lower()`, `[1:]` or `abs(...)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gitbuddy.core.repair.candidate import Replacement
from gitbuddy.core.repair.kinds import Sort, fits, sort_of, sort_of_name
from gitbuddy.core.repair.place import Place
from gitbuddy.core.repair.source import Source
from gitbuddy.core.repair.templates.offsets import shifted

_BEHIND: dict[Sort, tuple[str, ...]] = {
    Sort.NUMBER: (),
    Sort.TEXT: (
        ".lower()",
        ".upper()",
        "[1:]",
        "[::-1]",
        "[:-1]",
        ".strip()",
        "[0]",
        "[-1]",
        ".split()",
        ".swapcase()",
        ".encode()",
    ),
    Sort.ITEMS: ("[1:]", "[::-1]", "[:-1]", "[0]", "[-1]"),
    Sort.TRUTH: (),
    Sort.UNKNOWN: ("[1:]", "[::-1]", "[:-1]", ".lower()", "[0]", "[-1]", ".strip()"),
}
_AROUND: dict[Sort, tuple[str, ...]] = {
    Sort.NUMBER: ("abs", "int", "str", "round", "float"),
    Sort.TEXT: ("len", "int", "set", "list", "sorted", "float", "ord"),
    Sort.ITEMS: ("len", "sorted", "set", "list", "sum", "max", "min", "reversed", "tuple"),
    Sort.TRUTH: ("int",),
    Sort.UNKNOWN: ("abs", "len", "str", "int", "set", "list", "sorted", "sum", "max", "float", "round"),
}
_LEFT_ALONE = (ast.Constant, ast.Starred, ast.Lambda, ast.Slice)
MOST_SLICED, MOST_SCALES = 4, 6


def candidates(source: Source, place: Place) -> Iterator[Replacement]:
    """Each value of the place with what its sort is often used with."""
    for node in place.nodes:
        if isinstance(node, _LEFT_ALONE) or not _is_value(source, node):
            continue
        sort = sort_of(node, place)
        if sort in (Sort.NUMBER, Sort.UNKNOWN):
            yield from shifted(source, node, 1.0 if sort is Sort.NUMBER else 0.5)
            yield from _scaled(source, place, node)
        known = 0.7 if sort is not Sort.UNKNOWN else 0.4
        for text in _BEHIND[sort]:
            yield Replacement(*source.outer(node), source.closed(node) + text, known)
        for name in _AROUND[sort]:
            weight = 1.0 if name == "abs" and _is_difference(node) else known
            yield Replacement(*source.outer(node), f"{name}({source.code(node)})", weight)
        if sort is Sort.TRUTH:
            yield Replacement(*source.outer(node), source.inside(node, f"not {source.closed(node)}"), 0.8)
        yield from _own_calls(source, node)
        yield from _sliced(source, place, node, sort)


def _is_difference(node: ast.expr) -> bool:
    """What is most often meant without its sign."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)


def _is_value(source: Source, node: ast.expr) -> bool:
    """Not what is assigned to, called, or taken an attribute of, save by name."""
    if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
        return False
    parent = source.parent(node)
    return not (isinstance(parent, ast.Call) and parent.func is node) and not isinstance(parent, ast.Starred)


def _scaled(source: Source, place: Place, node: ast.expr) -> Iterator[Replacement]:
    """With the other sign, or times or by two, or by a number that the function knows, as of percent."""
    yield Replacement(*source.outer(node), source.inside(node, f"-{source.closed(node)}"), 0.5)
    known = (code for number in source.near(place.scope, place.line, _is_scale) if (code := source.code(number)) != "2")
    scales = [f" {sign} {code}" for code in dict.fromkeys(known) for sign in ("//", "/")][:MOST_SCALES]
    weight = 0.3 if isinstance(node, ast.BinOp) else 0.2
    # what was multiplied last needs no parentheses to be divided
    is_flat = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.FloorDiv | ast.Mod)
    for text in (" * 2", " // 2", " ** 2", " / 2", *scales):
        code = source.whole(node) if is_flat and "**" not in text else source.closed(node)
        yield Replacement(*source.outer(node), source.inside(node, code + text), weight)


def _is_scale(node: ast.AST) -> bool:
    value = node.value if isinstance(node, ast.Constant) else None
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 1


def _own_calls(source: Source, node: ast.expr) -> Iterator[Replacement]:
    """A function that is called with one argument, once more: `f(f(x))`."""
    if isinstance(node, ast.Call) and len(node.args) == 1 and isinstance(node.func, ast.Name):
        yield Replacement(*source.outer(node), f"{node.func.id}({source.code(node)})", 0.4)


def _sliced(source: Source, place: Place, node: ast.expr, sort: Sort) -> Iterator[Replacement]:
    """From or up to a number of the function: `x[n:]`, `x[:n]`."""
    if sort not in (Sort.TEXT, Sort.ITEMS, Sort.UNKNOWN) or not isinstance(node, ast.Name):
        return
    numbers = [name for name in place.names if name != node.id and fits(sort_of_name(name, place), Sort.NUMBER)]
    for name in numbers[:MOST_SLICED]:
        for text in (f"[{name}:]", f"[:{name}]"):
            yield Replacement(*source.outer(node), node.id + text, 0.4)
