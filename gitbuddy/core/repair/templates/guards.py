"""Cases that a function forgot: a clause for what is empty or None at its start, and a condition around a statement."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import permutations

from gitbuddy.core.repair.candidate import Replacement
from gitbuddy.core.repair.kinds import Sort, sort_of_name
from gitbuddy.core.repair.place import Place
from gitbuddy.core.repair.source import Source
from gitbuddy.core.repair.templates.conditions import known_terms
from gitbuddy.core.repair.templates.moved import results
from gitbuddy.core.repair.variables import Function

_RESULTS = ("[]", "0", "None", "False", "True", '""', "-1", "1")
MOST_RESULTS = 12
MOST_ARGUMENTS = 4


def candidates(source: Source, place: Place) -> Iterator[Replacement]:
    """A clause before the first statement of the function; conditions around a simple statement."""
    rows, indent = source.rows(place.statement), source.indent(place.statement)
    if rows is None or indent is None or place.function is None:
        return
    if place.statement is _first(place.function):
        yield from _clauses(source, place, rows[0], indent)
    if isinstance(place.statement, ast.Expr | ast.Assign | ast.AugAssign | ast.Return | ast.Break):
        yield from _wrapped(source, place, rows[0], indent)


def _first(function: Function) -> ast.stmt:
    body = [node for node in function.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    return body[0] if body else function.body[0]


def _clauses(source: Source, place: Place, start: int, indent: str) -> Iterator[Replacement]:
    function = place.function
    arguments = (
        [argument.arg for argument in function.args.args if argument.arg not in ("self", "cls")] if function else []
    )
    step = step_of(source, place)
    for name in arguments[:MOST_ARGUMENTS]:
        sort = sort_of_name(name, place)
        tests = [(f"not {name}", 1.0), (f"{name} is None", 0.4)]
        if sort in (Sort.NUMBER, Sort.UNKNOWN):
            tests += [(f"{name} == 1", 0.4), (f"{name} < 0", 0.4), (f"{name} <= 0", 0.3), (f"{name} < 2", 0.4)]
        if sort is not Sort.NUMBER:
            tests += [(f"len({name}) < 2", 0.4)]
        for test, weight in tests:
            for result in [*_results(source, place), name]:
                lines = f"{indent}if {test}:{source.newline}{indent}{step}return {result}{source.newline}"
                yield Replacement(start, start, lines, weight)


def _results(source: Source, place: Place) -> Sequence[str]:
    """What the function returns elsewhere comes before what functions return at all."""
    found = results(source, place)
    simple = [
        source.code(node) for node in found if isinstance(node, ast.Constant | ast.List) and len(source.code(node)) < 40
    ]
    return list(dict.fromkeys([*simple, *_RESULTS]))[:MOST_RESULTS]


def _wrapped(source: Source, place: Place, start: int, indent: str) -> Iterator[Replacement]:
    """The statement only under a condition: of the function, or that two variables of its loops are (not) the same."""
    low, high = source.rows(place.statement) or (start, start)
    code, step = source.text[low:high], step_of(source, place)
    if "\n" in code.rstrip("\r\n"):
        return  # a text over several lines must not be indented
    loops = [part for part in source.above(place.statement) if isinstance(part, ast.For)]
    names = [node.id for part in loops for node in ast.walk(part.target) if isinstance(node, ast.Name)]
    tests = [
        (f"{one} {sign} {two}", 0.6) for one, two in permutations(names[:3], 2) for sign in ("==", "!=") if one < two
    ]
    tests += [(f"{name} not in {items}", 0.4) for name in names[:2] for items in _gathered(place)]
    tests += [(term, 0.3) for term in known_terms(source, place)]
    for test, weight in tests:
        yield Replacement(low, high, f"{indent}if {test}:{source.newline}{step}{code}", weight)


def _gathered(place: Place) -> Iterator[str]:
    """What a statement puts things into: `result` in `result.append(x)`."""
    match place.statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "add"))):
            yield name


def step_of(source: Source, place: Place) -> str:
    """One more level of indentation, as the function has it."""
    function = place.function
    if function is None or source.indent(function) is None:
        return "    "
    outer, inner = source.indent(function) or "", source.indent(function.body[-1]) or ""
    return inner.removeprefix(outer) or "    "
