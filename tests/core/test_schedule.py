from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import pytest
from made import task

from gitbuddy.core.schedule import Standing, standings
from gitbuddy.values import Task


def named(slug: str, *needs: str) -> Task:
    return task(f"do {slug}", slug=slug, needs=needs)


def drawn(found: tuple[Standing, ...]) -> list[str]:
    return [f"{each.task.slug} {each.state}" + (f": {each.why}" if each.why else "") for each in found]


def states(tasks: list[Task], known: Mapping[str, str]) -> dict[str, str]:
    return {each.id: known[each.slug] for each in tasks if each.slug in known}


def test_tasks_without_needs_are_ready_in_the_order_given() -> None:
    assert drawn(standings([named("b"), named("a"), named("c")], {})) == ["b ready", "a ready", "c ready"]
    assert standings([], {}) == ()


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, ["a ready", "b blocked: waits for a", "c blocked: waits for b"]),
        ({"a": "queued"}, ["a ready", "b blocked: waits for a", "c blocked: waits for b"]),
        ({"a": "claimed"}, ["a running", "b blocked: waits for a", "c blocked: waits for b"]),
        ({"a": "attempted"}, ["a running", "b blocked: waits for a", "c blocked: waits for b"]),
        ({"a": "landing"}, ["a running", "b blocked: waits for a", "c blocked: waits for b"]),
        ({"a": "landed"}, ["a landed", "b ready", "c blocked: waits for b"]),
        ({"a": "landed", "b": "landed"}, ["a landed", "b landed", "c ready"]),
        ({"a": "gave-up"}, ["a gave-up", "b blocked: needs a task that gave up: a", "c blocked: waits for b"]),
        ({"b": "landed"}, ["a ready", "b landed", "c ready"]),
    ],
)
def test_a_chain(known: dict[str, str], expected: list[str]) -> None:
    chain = [named("c", "b"), named("b", "a"), named("a")]

    assert drawn(standings(chain, states(chain, known))) == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"top": "landed"}, ["top landed", "left ready", "right ready", "bottom blocked: waits for left"]),
        (
            {"top": "landed", "left": "landed"},
            ["top landed", "left landed", "right ready", "bottom blocked: waits for right"],
        ),
        (
            {"top": "landed", "left": "landed", "right": "gave-up"},
            ["top landed", "left landed", "right gave-up", "bottom blocked: needs a task that gave up: right"],
        ),
        (
            {"top": "landed", "left": "landed", "right": "landed"},
            ["top landed", "left landed", "right landed", "bottom ready"],
        ),
    ],
)
def test_a_diamond(known: dict[str, str], expected: list[str]) -> None:
    diamond = [named("top"), named("left", "top"), named("right", "top"), named("bottom", "left", "right")]

    assert drawn(standings(diamond, states(diamond, known))) == expected


def test_each_comes_after_what_it_needs_whatever_the_order() -> None:
    diamond = [named("top"), named("left", "top"), named("right", "top"), named("bottom", "left", "right")]
    for order in permutations(diamond):
        places = {each.task.slug: place for place, each in enumerate(standings(order, {}))}

        assert places["top"] < min(places["left"], places["right"])
        assert max(places["left"], places["right"]) < places["bottom"]


def test_what_a_ready_task_builds_on() -> None:
    tasks = [named("a"), named("b"), named("c", "b", "a")]
    last = standings(tasks, states(tasks, {"a": "landed", "b": "landed"}))[-1]

    assert [need.slug for need in last.needs] == ["b", "a"]


def test_circles_block_and_what_waits_for_them_too() -> None:
    tasks = [named("a", "b"), named("b", "a"), named("self", "self"), named("behind", "a"), named("free")]

    assert drawn(standings(tasks, {})) == [
        "free ready",
        *(f"{slug} blocked: its needs form a circle" for slug in ("a", "b", "self", "behind")),
    ]


def test_a_landed_task_in_a_circle_has_landed_all_the_same() -> None:
    tasks = [named("a", "b"), named("b", "a")]

    assert "a landed" in drawn(standings(tasks, states(tasks, {"a": "landed"})))


def test_an_unknown_need_blocks_and_is_named() -> None:
    found = standings([named("a", "nothing")], {})

    assert drawn(found) == ["a blocked: needs a task that is not known, or not the only one so called: nothing"]


def test_a_slug_that_two_tasks_have_names_neither() -> None:
    twins = [task("one", slug="twin"), task("two", slug="twin"), named("a", "twin")]

    assert standings(twins, {})[-1].why.endswith(": twin")


def test_a_need_may_be_the_beginning_of_an_id() -> None:
    first = task("first")
    found = standings([first, named("by-id", first.id[:8]), named("too-short", first.id[:3])], {first.id: "landed"})

    assert {each.task.slug: each.state for each in found} == {"": "landed", "by-id": "ready", "too-short": "blocked"}


def test_a_slug_wins_over_an_id() -> None:
    first = task("first")
    other = task("second", slug=first.id[:8])
    found = standings([first, other, named("a", first.id[:8])], {})

    assert found[-1].needs == (other,)


def test_a_task_on_two_branches_is_one_task() -> None:
    here, there = named("a"), task("do a", slug="a", base="f" * 40)
    found = standings([here, there, named("b", "a")], {})

    assert drawn(found) == ["a ready", "b blocked: waits for a"]
    assert found[0].task == here
