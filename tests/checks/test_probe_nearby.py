"""Inputs next to those that were recorded."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from gitbuddy.checks.inside.gitbuddy_probe.nearby import Function, functions_of, is_plain, nearby, neighbours


def function(code: str) -> Function:
    return functions_of(ast.parse(code), ["f"])[0]


@pytest.mark.parametrize(
    ("value", "some"),
    [
        (True, [False]),
        (3, [4, 2, 0, -3, 6, 10**6]),
        (1.5, [2.5, 0.5, 0.0, -1.5, 3.0, 1e6, 2.0]),
        ("aB ", ["", "B ", "aB", "aaB ", "aB  ", " Ba", "AB ", "ab ", "Ab ", " aB  ", "aB \u00e9"]),
        (b"ab", [b"", b"b", b"a", b"aab", b"abb", b"ba"]),
        ([2, 1], [[], [1], [2], [2, 2, 1], [2, 1, 1], [1, 2], [3, 1], [2, 0]]),
        ((2, 1), [(), (1,), (1, 2), (3, 1)]),
        ({"a": 1, "b": 2}, [{}, {"b": 2}, {"a": 1}, {"a": 2, "b": 2}, {"A": 1, "b": 2}]),
        ({1, 5}, [set(), {5}, {1}, {2, 5}, {1, 6}]),
        ([{"a": [1]}], [[{"a": [2]}], [{"a": []}], [{}]]),
    ],
)
def test_neighbours_are_of_the_same_type(value: Any, some: list[Any]) -> None:
    found = [new for _, new in neighbours(value)]

    assert [new for new in some if new not in found] == []
    assert {type(new) for new in found} == {type(value)}


@pytest.mark.parametrize("value", [None, [None], {"a": None}])
def test_nothing_takes_the_place_of_none(value: Any) -> None:
    assert all("None" in repr(new) or not new for _, new in neighbours(value))


def test_values_of_a_parameter_are_combined_with_those_of_other_calls() -> None:
    found = nearby([function("def f(a, b): pass")], [(0, {"a": 7, "b": None}), (0, {"a": 70, "b": True})], 100)

    assert {"f(70, None)", "f(7, True)", "f(7, None)"} & set(found) == {"f(70, None)", "f(7, True)"}


def test_no_input_comes_twice_and_there_are_no_more_than_asked_for() -> None:
    recorded = [(0, {"a": [n], "b": n}) for n in range(50)]

    found = nearby([function("def f(a, b): pass")], recorded, 100)

    assert len(set(found)) == len(found) == 100
    assert {f"f([{n}], {n})" for n in range(50)}.isdisjoint(found)


def test_every_function_and_kind_of_change_has_its_share() -> None:
    functions = [function("def f(a): pass"), function("def f(b): pass")._replace(name="g")]
    recorded: list[tuple[int, dict[str, Any]]] = [*((0, {"a": n * 100}) for n in range(1, 90)), (1, {"b": "word"})]

    found = nearby(functions, recorded, 30)

    assert sum(call.startswith("g(") for call in found) >= 8
    assert "f(-100)" in found
    assert found == nearby(functions, recorded, 30)


def test_names_that_cannot_be_written_make_no_call() -> None:
    found = nearby([function("def f(**more): pass")], [(0, {"more": {"ab": 1}})], 500)

    assert "f(ab=2)" in found
    assert {"f( ab =1)", "f(=1)"}.isdisjoint(found)


def deep(levels: int) -> Any:
    return [deep(levels - 1)] if levels else []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": (1, {2}, b"3", None, -0.5)}, True),
        (float("inf"), False),
        (float("nan"), False),
        (object(), False),
        (frozenset(), False),
        (type("Text", (str,), {})("a"), False),
        ([0] * 2000, False),
        ("x" * 1999, True),
        ("x" * 2001, False),
        (deep(8), True),
        (deep(9), False),
        pytest.param(10**5000, False, id="a long number"),
    ],
)
def test_plain_values_are_those_that_can_be_written_down(value: Any, expected: bool) -> None:
    assert is_plain(value) is expected


def test_a_value_that_holds_itself_is_not_plain() -> None:
    value: list[Any] = []
    value.append(value)

    assert not is_plain(value)
