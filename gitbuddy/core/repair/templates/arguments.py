"""Arguments and elements that change places or are one too many, and arguments that are usually given and are not."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import combinations

from gitbuddy.core.repair.candidate import Replacement
from gitbuddy.core.repair.place import Place
from gitbuddy.core.repair.source import Source

MOST_SWAPPED = 6
"""Of longer lists only the first so many change places with one another."""
_GIVEN: dict[str, tuple[str, ...]] = {
    "round": ("2", "1"), "enumerate": ("1",), "sorted": ("key=len", "key=str", "key=abs"),
    "sort": ("key=len", "key=str"),
    "max": ("key=len", "default=0", "default=None", "0", "1"), "min": ("key=len", "default=0", "default=None"),
    "sum": ("[]",), "split": ("' '", "','"), "int": ("2", "16"), "get": ("0", "None", "[]"), "pop": ("0", "-1", "None"),
    "next": ("None",), "getattr": ("None",), "replace": ("1",), "zip": ("strict=True",), "range": ("2", "-1"),
    "join": (), "strip": ("' '",),
}  # fmt: skip
"""What a function is given beside what it has, as its documentation shows it."""


def candidates(source: Source, place: Place) -> Iterator[Replacement]:
    """Arguments of calls, elements of lists and tuples, the two sides of a conditional expression."""
    for node in place.nodes:
        match node:
            case ast.Call(args=args):
                yield from _swapped(source, args, 1.0)
                yield from _without(source, node, [*args, *node.keywords])
                yield from _added(source, node)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                yield from _swapped(source, elements, 0.8)
            case ast.IfExp(body=body, orelse=other):
                yield from _swapped(source, [body, other], 1.0)


def _swapped(source: Source, nodes: Sequence[ast.expr], weight: float) -> Iterator[Replacement]:
    for first, second in combinations(list(nodes)[:MOST_SWAPPED], 2):
        (start, middle), (after, end) = source.outer(first), source.outer(second)
        between = source.text[middle:after]
        likely = weight if source.parent(first) is not None and nodes.index(second) - nodes.index(first) == 1 else 0.5
        yield Replacement(start, end, source.text[after:end] + between + source.text[start:middle], likely)


def _without(source: Source, call: ast.Call, nodes: Sequence[ast.expr | ast.keyword]) -> Iterator[Replacement]:
    """Each argument is gone, with the comma before it, or after it where it is the first."""
    spans = [source.outer(node) for node in nodes]
    for index, (start, end) in enumerate(spans):
        if len(spans) == 1:
            weight = 0.2
        elif index:
            start, weight = spans[index - 1][1], 0.6
        else:
            end, weight = spans[1][0], 0.5
        yield Replacement(start, end, "", weight)


def _added(source: Source, call: ast.Call) -> Iterator[Replacement]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    end = source.span(call)[1] - 1
    there = {keyword.arg for keyword in call.keywords}
    for text in _GIVEN.get(name, ()):
        if text.partition("=")[0] not in there:
            gap = ", " if call.args or call.keywords else ""
            yield Replacement(end, end, gap + text, 0.4)
