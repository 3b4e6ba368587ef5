"""Other numbers, truths and `None`: neighbours, the sign, 0 and 1, and those that stand elsewhere in the function."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gitbuddy.core.repair.candidate import Replacement
from gitbuddy.core.repair.place import Place
from gitbuddy.core.repair.source import Source

LARGEST = 10**15
"""Beyond it the neighbours of a number that can be broken are the number itself."""
MOST_FOUND = 20
"""Numbers of the function that are tried in place of another."""


def candidates(source: Source, place: Place) -> Iterator[Replacement]:
    """Each constant of the place by its likely others. Text is the business of `strings`."""
    numbers = (_number_of(node) for node in source.near(place.scope, place.line, _is_number))
    found = list(dict.fromkeys(numbers))[:MOST_FOUND]
    for node in place.nodes:
        if not isinstance(node, ast.Constant):
            continue
        span = source.span(node)
        if isinstance(node.value, bool):
            yield Replacement(*span, str(not node.value), 1.0)
            yield Replacement(*span, "None", 0.3)
        elif node.value is None:
            for text, weight in (("0", 0.5), ("[]", 0.5), ('""', 0.4), ("True", 0.4), ("False", 0.4), ("-1", 0.2)):
                yield Replacement(*span, text, weight)
        elif _is_number(node):
            yield from _number(source, node, _number_of(node), found)


def _number(source: Source, node: ast.Constant, value: float, found: list[float]) -> Iterator[Replacement]:
    others: dict[float, float] = {value + 1: 1.0, value - 1: 1.0}
    likely = (
        (0, 0.8),
        (1, 0.8),
        (-value, 0.5),
        (2, 0.3),
        (value * 10, 0.25),
        (value / 10, 0.15),
        (-1, 0.2),
        (value + 2, 0.2),
    )
    for other, weight in likely:
        others.setdefault(other, weight)
    for other in found:
        others.setdefault(other, 0.4)
    others.pop(value, None)
    for other, weight in others.items():
        text = repr(int(other) if isinstance(value, int) and other % 1 == 0 else other)
        if "n" not in text:  # infinite, or not a number
            yield Replacement(*source.span(node), source.inside(node, text) if other < 0 else text, weight)


def _is_number(node: ast.AST) -> bool:
    value = node.value if isinstance(node, ast.Constant) else None
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def _number_of(node: ast.AST) -> float:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, int | float) else 0
