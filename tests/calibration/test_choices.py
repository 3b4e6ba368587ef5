"""The rules by which measurements choose: tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gitbuddy.calibration.choices import (
    Asked,
    Phase,
    Subject,
    best,
    rates,
    settle,
    still_open,
    useful_window,
    wilson,
    worthwhile_samples,
)
from gitbuddy.values import Identity, Tally, Think, Tier, Usage

TIER = Tier("fast", "ollama", "m", format="search-replace")
SUBJECT = Subject(Identity("m", ""), "2026-01-02", TIER)


@pytest.mark.parametrize(
    ("solved", "asked", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.213), (10, 10, 0.787, 1.0), (5, 10, 0.269, 0.731), (1, 1, 0.270, 1.0)],
)
def test_the_interval_is_wilsons(solved: int, asked: int, low: float, high: float) -> None:
    assert wilson(solved, asked) == pytest.approx((low, high), abs=0.001)


BEST = [
    # (solved, asked, tokens) of a and of b -> the better
    ((14, 14, 900), (7, 14, 100), "a"),
    ((14, 14, 900), (14, 14, 100), "b"),
    ((14, 14, 100), (14, 14, 900), "a"),
    ((14, 14, 100), (14, 14, 100), "a"),
    ((1, 1, 100), (13, 14, 900), "b"),
    ((0, 3, 10), (1, 14, 900), "a"),
    ((0, 14, 10), (3, 14, 900), "b"),
]


@pytest.mark.parametrize(("a", "b", "expected"), BEST)
def test_the_surest_is_best_and_among_equals_the_cheapest(
    a: tuple[int, int, int], b: tuple[int, int, int], expected: str
) -> None:
    assert best([Tally("a", *a), Tally("b", *b)]).name == expected


def test_a_way_that_cannot_win_any_more_is_closed() -> None:
    assert still_open([Tally("a", 2, 2), Tally("b", 0, 2)]) == ("a", "b")
    assert still_open([Tally("a", 5, 5), Tally("b", 0, 5)]) == ("a",)
    assert still_open([Tally("a", 0, 5), Tally("b", 0, 5)]) == ("a", "b")


def asked(phase: Phase, why: str = "", fixture: str = "x", think: Think = "off", **tier: object) -> Asked:
    changed = replace(TIER, think=think, **tier)  # type: ignore[arg-type]  # the test's own
    return Asked(phase, changed, fixture, why, Usage(output_tokens=10))


DEPTHS = ("0.9", "0.5", "0.1")


def found(window: int) -> list[Asked]:
    return [asked("window", fixture=depth, window=window) for depth in DEPTHS]


def missed(window: int) -> list[Asked]:
    return [asked("window", "wrong", "0.9", window=window)] * 2


WINDOWS = [
    ([], 0),
    (found(8192), 8192),
    ([*found(8192), *found(16384)], 16384),
    ([*found(8192), *missed(16384)], 8192),
    ([*found(8192), *found(16384)[:2]], 8192),
    ([*missed(8192), *found(4096)], 4096),
    ([*missed(8192), *missed(4096)], 4096),
    (found(8192)[:1], 0),
    ([*missed(8192)[:1], *found(8192)], 8192),
]


@pytest.mark.parametrize(("answers", "expected"), WINDOWS)
def test_the_window_is_the_largest_that_was_found_through(answers: list[Asked], expected: int) -> None:
    assert useful_window(answers) == expected


SAMPLES = [
    # single answers, further ones, slots -> samples
    ((7, 14), (6, 14), 4, 4),
    ((7, 14), (6, 14), 2, 2),
    ((7, 14), (6, 14), 1, 1),
    ((7, 14), (6, 14), 0, 1),
    ((7, 14), (0, 14), 4, 1),
    ((7, 14), (1, 1), 4, 4),
    ((13, 14), (1, 2), 4, 1),
    ((14, 14), (0, 0), 4, 1),
    ((0, 0), (0, 0), 4, 0),
]


@pytest.mark.parametrize(("first", "further", "slots", "expected"), SAMPLES)
def test_another_sample_must_be_worth_it(
    first: tuple[int, int], further: tuple[int, int], slots: int, expected: int
) -> None:
    assert worthwhile_samples(Tally("a", *first), Tally("b", *further), slots) == expected


def usage(prompt: int, output: int, seconds: float, loading: float = 0.0) -> Usage:
    return Usage("m", prompt, output, seconds + loading, loading)


def test_reading_and_writing_are_told_apart() -> None:
    seen = [usage(p, o, p / 200 + o / 20) for p, o in ((400, 40), (500, 100), (6000, 20))]

    assert rates(seen) == pytest.approx((200, 20), rel=0.01)


def test_loading_is_not_counted_as_reading() -> None:
    seen = [usage(400, 40, 4, loading=60), usage(500, 100, 7.5), usage(6000, 20, 31)]

    assert rates(seen) == pytest.approx((200, 20), rel=0.01)


@pytest.mark.parametrize(
    "seen", [[], [usage(100, 10, 1)], [usage(100, 10, 1)] * 3, [usage(0, 10, 1), usage(0, 20, 9)], [Usage()]]
)
def test_what_cannot_be_told_apart_is_not_claimed(seen: list[Usage]) -> None:
    assert rates(seen) == (0.0, 0.0)


def test_reading_that_takes_no_time_is_as_fast_as_all_of_it() -> None:
    prompt, output = rates([usage(1000, 10, 1.0), usage(500, 20, 2.0)])

    assert (prompt, output > 0) == (500.0, True)


def test_no_rate_is_beyond_belief() -> None:
    assert rates([usage(1000, 10, 1e-9), usage(500, 20, 1.1e-9)])[1] <= 1e6


def test_nothing_asked_is_nothing_claimed() -> None:
    known = settle(SUBJECT, [], ["interrupted"])

    assert (known.format, known.window, known.samples, known.prompt_rate) == ("search-replace", 0, 0, 0.0)
    assert (known.usable, known.notes) == (False, ("interrupted",))


def test_where_nothing_was_usable_the_default_stays_and_it_is_said() -> None:
    known = settle(SUBJECT, [asked("format", "no-edit", format="udiff") for _ in range(5)], [])

    assert (known.format, known.usable) == ("search-replace", False)
    assert "no answer could be used" in known.notes[0]


def test_a_few_answers_speak_against_the_moment_and_many_against_the_model() -> None:
    few, many = ([asked("format", "no-edit", format="udiff")] * number for number in (8, 9))
    lucky = [*many, asked("format", "", format="udiff")]

    assert [settle(SUBJECT, each, []).hopeless for each in (few, many, lucky)] == [False, True, False]


def test_thinking_must_do_better_on_the_same_fixtures() -> None:
    names = [str(number) for number in range(12)]
    off = [asked("format", "" if int(name) % 2 else "wrong", name) for name in names]
    better = [asked("think", "", name, "on", max_thinking=2048) for name in names]
    same = [replace(each, phase="think", tier=replace(each.tier, think="on")) for each in off]

    assert settle(SUBJECT, [*off, *better], []).think == "on"
    assert settle(SUBJECT, [*off, *better], []).max_thinking == 2048
    assert settle(SUBJECT, [*off, *same], []).think == "off"
    assert settle(SUBJECT, [*off, *better[:3]], []).think == "off"


def test_the_table_has_a_line_for_each_way_of_asking() -> None:
    answers = [asked("format"), asked("format", "wrong"), asked("think", think="on"), *found(8192), asked("sample")]
    lines = [(tally.name, tally.solved, tally.asked) for tally in settle(SUBJECT, answers, []).tallies]

    assert lines == [
        ("search-replace", 1, 2),
        ("search-replace, thinking on", 1, 1),
        ("window 8192", 3, 3),
        ("another sample", 1, 1),
    ]


def test_a_window_in_which_something_was_overlooked_is_said() -> None:
    known = settle(SUBJECT, [asked("format"), *missed(4096)], [])

    assert "even in a window of 4096 tokens something was overlooked" in known.notes
