"""Fixes that all pass: which behave alike, which input tells them apart, and how that is said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from gitbuddy.core.repair.apart import Behaviour, Input, read, sentence

RECORDED = Input("f([1, 2])", recorded=True, passing=True)
NEAR = Input("f([])")


def behaviour(inputs: Sequence[Input], **outcomes: Sequence[str]) -> Behaviour:
    return Behaviour(tuple(inputs), {name.strip("_"): tuple(own) for name, own in outcomes.items()})


def test_variants_with_the_same_outcomes_are_one_group_and_the_base_is_none() -> None:
    found = behaviour([RECORDED, NEAR], base="30", _1="30", _2="31", _3="30")

    assert found.groups() == (("1", "3"), ("2",))


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("does not end", "does not end", 1),
        ("does not end", "3", 2),
        ("ends the process", "3", 2),
        ("raises ValueError", "raises TypeError", 2),
        ("not run", "3", 1),
    ],
)
def test_an_outcome_that_nobody_saw_tells_nothing_apart(one: str, other: str, count: int) -> None:
    assert len(behaviour([NEAR], base=["3"], _1=[one], _2=[other]).groups()) == count


@pytest.mark.parametrize(
    ("inputs", "first", "second", "best"),
    [
        pytest.param([NEAR, RECORDED], "12", "34", RECORDED, id="recorded before generated"),
        pytest.param([NEAR, Input("f([1])")], ["raises E", "2"], ["3", "4"], Input("f([1])"), id="values first"),
        pytest.param([Input("f([1])"), NEAR], "12", "34", NEAR, id="the shortest"),
        pytest.param([NEAR, RECORDED], "12", "32", NEAR, id="one that tells"),
        pytest.param([RECORDED, NEAR], ["0", "1349"], ["0.0", "1349.1"], NEAR, id="unequal values before equal ones"),
        pytest.param([NEAR], "1", "1", None, id="none"),
    ],
)
def test_the_best_telling_input(
    inputs: list[Input], first: Sequence[str], second: Sequence[str], best: Input | None
) -> None:
    found = behaviour(inputs, base=first, _1=first, _2=second)

    telling = found.telling("1", "2")

    assert (telling and telling.input) == best
    assert set(found.pairs()) == ({("1", "2")} if best else set())


def test_what_is_kept_is_counted_on_inputs_of_passing_tests_only() -> None:
    failing = Input("f([3])", recorded=True)

    found = behaviour([RECORDED, failing, NEAR], base="123", _1="123", _2="000")

    assert (found.kept("1"), found.kept("2")) == (1, 0)


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ("1", "f([1, 2]) gives 3 with this one, 4 with another"),
        ("2", "f([1, 2]) gives 4 with this one, 3 with another"),
    ],
)
def test_the_sentence_names_the_chosen_one_first(chosen: str, words: str) -> None:
    found = behaviour([RECORDED], base="3", _1="3", _2="4")

    assert sentence(found, chosen) == f"2 different fixes pass your tests; an input that tells them apart: {words}"


def test_the_sentence_says_what_is_no_value_in_its_own_words() -> None:
    found = behaviour([NEAR], base="3", _1=["raises ValueError"], _2="4", _3=["does not end"])

    assert sentence(found, "1").startswith("3 different fixes")
    assert sentence(found, "1").endswith("f([]) raises ValueError with this one, gives 4 with another")
    assert sentence(found, "2").endswith("f([]) gives 4 with this one, raises ValueError with another")


def test_there_is_no_sentence_when_all_behave_alike() -> None:
    assert sentence(behaviour([NEAR], base="1", _1="3", _2="3"), "1") == ""


def test_the_sentence_needs_a_variant() -> None:
    with pytest.raises(ValueError, match="not a variant: base"):
        sentence(behaviour([NEAR], base="1", _1="3"), "base")


def test_the_sentence_is_one_short_line_in_which_long_values_still_differ() -> None:
    given = Input("f('" + "x" * 900 + "\n\u202e')")
    long = "0, " * 400

    said = sentence(behaviour([given], base="1", _1=[f"[{long}1]"], _2=[f"[{long}2]"]), "1")

    assert said.isprintable()
    assert len(said) < 330
    assert "1] with this one" in said
    assert "2] with another" in said


ANSWER: dict[str, Any] = {
    "inputs": [{"call": "f(1)", "recorded": True, "passing": False}],
    "outcomes": {"base": ["1"], "1": ["2"]},
    "skipped": ["g: no test calls it"],
}


def test_an_answer_is_read() -> None:
    found = read(json.dumps(ANSWER))

    assert found.inputs == (Input("f(1)", recorded=True, passing=False),)
    assert found.outcomes == {"base": ("1",), "1": ("2",)}
    assert found.skipped == ("g: no test calls it",)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"inputs": 3}, id="no list of inputs"),
        pytest.param({"inputs": [{"call": "f(1)"}]}, id="an input without its facts"),
        pytest.param({"inputs": [{"call": 1, "recorded": True, "passing": True}]}, id="a call that is no text"),
        pytest.param({"inputs": [{"call": "f(1)", "recorded": 1, "passing": True}]}, id="neither yes nor no"),
        pytest.param({"inputs": []}, id="an outcome without an input"),
        pytest.param({"outcomes": {"1": ["2"]}}, id="no base"),
        pytest.param({"outcomes": {"base": []}}, id="an input without an outcome"),
        pytest.param({"outcomes": {"base": [1]}}, id="an outcome that is no text"),
        pytest.param({"outcomes": {"base": ["x" * 5_001]}}, id="an outcome that is too long"),
        pytest.param({"outcomes": {"base": ["1"], **{str(n): ["1"] for n in range(100)}}}, id="too many variants"),
        pytest.param({"skipped": ["x"] * 2_001}, id="too much skipped"),
        pytest.param({"more": 1}, id="more than was asked for"),
    ],
)
def test_nonsense_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"not|no|neither"):
        read(json.dumps({**ANSWER, **changed}))


@pytest.mark.parametrize("text", ["", "[]", "null", "[" * 100_000, "\x00"])
def test_what_is_no_answer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read(text)
