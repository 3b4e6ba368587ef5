"""Functions and methods that are taken for one another: `lower`/`upper`, `min`/`max`, and the direction of a sort."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gitbuddy.core.repair.candidate import Replacement
from gitbuddy.core.repair.place import Place
from gitbuddy.core.repair.source import Source
from gitbuddy.core.repair.variables import Function

_FAMILIES = tuple(
    tuple(words.split())
    for words in (
        "min max sum len", "any all", "sorted reversed list set tuple", "int float str round abs bool",
        "floor ceil round",
        "ord chr", "bin oct hex str", "enumerate zip", "map filter", "sum list len sorted",
        "isupper islower isalpha isdigit isalnum isspace isnumeric isdecimal", "lower upper swapcase capitalize title",
        "startswith endswith", "find rfind index rindex count", "append extend add insert", "strip lstrip rstrip",
        "split rsplit splitlines", "keys values items", "union intersection difference symmetric_difference",
        "remove discard pop", "ljust rjust center", "get pop setdefault", "partition rpartition",
        "sin cos tan", "log log2 log10", "search match fullmatch findall", "mean median mode",
        "isinstance issubclass", "popleft pop", "appendleft append", "read readline readlines", "encode decode",
    )
)  # fmt: skip
MOST_OF_MODULE = 12
"""Functions of the same module that are tried in place of another of them."""


def candidates(source: Source, place: Place) -> Iterator[Replacement]:
    """Each called name or attribute by each of its family; sorts in the other direction."""
    for node in place.nodes:
        if isinstance(node, ast.Call):
            yield from _direction(source, node)
        if isinstance(node, ast.Attribute) or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)):
            yield from _family(source, place, node)


def _family(source: Source, place: Place, node: ast.Attribute | ast.Name) -> Iterator[Replacement]:
    name = node.attr if isinstance(node, ast.Attribute) else node.id
    end = source.span(node)[1]
    others = {other: 1.0 for family in _FAMILIES if name in family for other in family}
    if isinstance(node, ast.Name):
        near = source.near(source.tree, place.line, _is_function, MOST_OF_MODULE)
        own = [part.name for part in near if isinstance(part, Function)]
        others |= dict.fromkeys(own, 0.4) if name in own else {}
    for other, weight in others.items():
        if other != name:
            yield Replacement(end - len(name), end, other, weight)


def _direction(source: Source, node: ast.Call) -> Iterator[Replacement]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    turned = next((keyword for keyword in node.keywords if keyword.arg == "reverse"), None)
    if name not in ("sorted", "sort"):
        return
    if turned is None:
        end = source.span(node)[1] - 1
        gap = ", " if (node.args or node.keywords) and not source.text[:end].rstrip().endswith(",") else ""
        yield Replacement(end, end, f"{gap}reverse=True", 0.8)
    elif not isinstance(turned.value, ast.Constant):
        yield Replacement(*source.span(turned.value), f"not ({source.code(turned.value)})", 0.8)


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, Function)
