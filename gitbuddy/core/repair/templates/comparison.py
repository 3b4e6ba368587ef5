"""Another operator in a comparison: `<` for `<=`, `==` for `!=`, `in` for `not in`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gitbuddy.core.languages.python import OPERATORS
from gitbuddy.core.repair.candidate import Replacement
from gitbuddy.core.repair.place import Place
from gitbuddy.core.repair.source import Source

_OTHERS: dict[str, tuple[tuple[str, float], ...]] = {
    "<": (("<=", 1.0), (">", 0.9), (">=", 0.6), ("==", 0.4), ("!=", 0.4)),
    "<=": (("<", 1.0), (">=", 0.9), (">", 0.6), ("==", 0.4), ("!=", 0.3)),
    ">": ((">=", 1.0), ("<", 0.9), ("<=", 0.6), ("==", 0.4), ("!=", 0.4)),
    ">=": ((">", 1.0), ("<=", 0.9), ("<", 0.6), ("==", 0.4), ("!=", 0.3)),
    "==": (("!=", 1.0), (">=", 0.5), ("<=", 0.5), (">", 0.4), ("<", 0.4), ("in", 0.3)),
    "!=": (("==", 1.0), (">", 0.5), ("<", 0.5), (">=", 0.3), ("<=", 0.3), ("not in", 0.2)),
    "in": (("not in", 1.0), ("==", 0.3)),
    "not in": (("in", 1.0), ("!=", 0.3)),
    "is": (("is not", 1.0), ("==", 0.7)),
    "is not": (("is", 1.0), ("!=", 0.7)),
}


def candidates(source: Source, place: Place) -> Iterator[Replacement]:
    """Each operator of each comparison by each other that may stand there."""
    for node in place.nodes:
        if isinstance(node, ast.Compare):
            for operator, (start, end) in zip(node.ops, source.operators(node), strict=False):
                for other, weight in _OTHERS[OPERATORS[type(operator)]]:
                    yield Replacement(start, end, other, weight)
