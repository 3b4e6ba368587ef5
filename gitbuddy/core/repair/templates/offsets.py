"""Off by one: the bounds of `range` and of slices, indices, and bounds that are missing or one too many."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gitbuddy.core.repair.candidate import Replacement
from gitbuddy.core.repair.place import Place
from gitbuddy.core.repair.source import Source


def candidates(source: Source, place: Place) -> Iterator[Replacement]:
    """Each bound one more and one less, or gone; a plain number is the business of `constants`."""
    for node in place.nodes:
        match node:
            case ast.Call(func=ast.Name(id="range"), args=args) if args:
                yield from _range(source, args)
            case ast.Subscript(slice=ast.Slice() as part):
                yield from _slice(source, part)
            case ast.Subscript(slice=index) if not isinstance(index, ast.Tuple):
                yield from shifted(source, index, 0.8)
                yield from _ends(source, index)


def shifted(source: Source, node: ast.expr, weight: float) -> Iterator[Replacement]:
    """An expression one more and one less; nothing for a number or a text."""
    if isinstance(node, ast.Constant | ast.Starred):
        return
    for step in (" + 1", " - 1"):
        yield Replacement(*source.outer(node), source.inside(node, _summand(source, node) + step), weight)


def _summand(source: Source, node: ast.expr) -> str:
    """The code of a node, fit to have something added to it."""
    sums = isinstance(node, ast.BinOp) and not isinstance(node.op, ast.BitAnd | ast.BitOr | ast.BitXor | ast.LShift)
    return source.whole(node) if sums else source.closed(node)


def _range(source: Source, args: list[ast.expr]) -> Iterator[Replacement]:
    for argument in args[:2]:
        yield from shifted(source, argument, 1.0)
    if len(args) == 1:
        start = source.outer(args[0])[0]
        yield Replacement(start, start, "1, ", 0.9)
        yield Replacement(start, start, "2, ", 0.4)
    else:
        yield Replacement(source.outer(args[0])[0], source.outer(args[1])[0], "", 0.8)


def _slice(source: Source, part: ast.Slice) -> Iterator[Replacement]:
    for bound in (part.lower, part.upper):
        if bound is not None:
            yield from shifted(source, bound, 1.0)
            yield Replacement(*source.outer(bound), "", 0.6)
            yield Replacement(*source.outer(bound), f"-{source.closed(bound)}", 0.4)
    start, end = source.span(part)
    if part.lower is None:
        yield Replacement(start, start, "1", 0.6)
    if part.upper is None and part.step is None:
        yield Replacement(end, end, "-1", 0.5)
    if part.upper is not None and part.lower is None and part.step is None:
        yield Replacement(start, end, f"{source.whole(part.upper)}:", 0.6)
    if part.lower is not None and part.upper is None and part.step is None:
        yield Replacement(start, end, f":{source.whole(part.lower)}", 0.6)
    if part.step is None:
        yield Replacement(start, end, "::-1", 0.4)
    elif not isinstance(part.step, ast.Constant):
        yield Replacement(*source.outer(part.step), f"-{source.closed(part.step)}", 0.3)


def _ends(source: Source, index: ast.expr) -> Iterator[Replacement]:
    """The first for the last, and an index for the part from it."""
    if not (isinstance(index, ast.Constant) and isinstance(index.value, str)):
        yield Replacement(*source.outer(index), f"-{source.closed(index)}", 0.3)
        yield Replacement(*source.outer(index), f"{source.whole(index)}:", 0.3)
        yield Replacement(*source.outer(index), f":{source.whole(index)}", 0.3)
    for text in ("0", "-1"):
        yield Replacement(*source.outer(index), text, 0.4)
