"""`and` for `or` and the other way round, at one of several or at all of one chain."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from gitbuddy.core.repair.candidate import Replacement
from gitbuddy.core.repair.place import Place
from gitbuddy.core.repair.source import Source


def candidates(source: Source, place: Place) -> Iterator[Replacement]:
    """Each `and` and `or`; where there are several in a row, all of them together first."""
    for node in place.nodes:
        if not isinstance(node, ast.BoolOp):
            continue
        other = "or" if isinstance(node.op, ast.And) else "and"
        spans = source.operators(node)
        if len(spans) > 1:
            parts = [source.text[end:start] for (_, end), (start, _) in pairwise(spans)]
            yield Replacement(spans[0][0], spans[-1][1], other + "".join(part + other for part in parts), 1.0)
        for start, end in spans:
            yield Replacement(start, end, other, 1.0 if len(spans) == 1 else 0.6)
