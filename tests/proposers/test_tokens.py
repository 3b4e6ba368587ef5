from __future__ import annotations

import pytest
from briefs import a_brief, reason

from gitbuddy.errors import Rejected
from gitbuddy.proposers.tokens import (
    Estimate,
    estimate,
    exactly,
    fewest_tokens,
    foreign,
    longest_answer,
    refuse_cut_prompt,
    refuse_overflow,
    sent,
    tokens_of,
)

WINDOW, OUTPUT = 1024, 256
FITS = (WINDOW - OUTPUT - 64) * 3


def test_the_estimates_enclose_the_truth_for_code() -> None:
    code = "def add(first, second):\n    return first + second\n" * 100
    truth = 100 * 14  # as the tokenizers of Qwen and Llama count it

    assert fewest_tokens(len(code)) <= truth <= tokens_of(code)


TEXTS = [
    ("", 0),
    ("abc", 1),
    ("abcd", 2),
    ("2026", 4),
    ("x = 12", 4),
    ("é", 1),
    ("日本", 3),
    ("a1é", 3),
    ("\udc80", 1),
]


@pytest.mark.parametrize(("text", "tokens"), TEXTS)
def test_digits_and_other_scripts_cost_more_than_words(text: str, tokens: int) -> None:
    assert tokens_of(text) == tokens


@pytest.mark.parametrize(("text", "share"), [("", 0.0), ("abc", 0.0), ("é", 1.0), ("aaé", 0.5)])
def test_the_share_of_other_scripts_is_one_of_bytes(text: str, share: float) -> None:
    assert foreign(text) == share


def test_a_prompt_that_just_fits_is_let_through() -> None:
    brief = a_brief("x" * FITS, system="", window=WINDOW, max_output=OUTPUT)

    refuse_overflow(brief, estimate(sent(brief)))


@pytest.mark.parametrize("prompt", ["x" * (FITS + 1), "é" * (FITS // 3 + 1), "7" * (FITS // 3 + 1)])
def test_a_prompt_that_may_be_too_long_is_refused(prompt: str) -> None:
    brief = a_brief(prompt, system="", window=WINDOW, max_output=OUTPUT)
    with pytest.raises(Rejected) as caught:
        refuse_overflow(brief, estimate(sent(brief)))

    assert reason(caught.value) == "overflow"
    assert "may need" in caught.value.refused.words
    assert "1024" in caught.value.refused.words


def test_thinking_needs_its_room_too() -> None:
    brief = a_brief("x" * FITS, system="", window=WINDOW, max_output=OUTPUT - 100, max_thinking=101)
    with pytest.raises(Rejected) as caught:
        refuse_overflow(brief, estimate(sent(brief)))

    assert longest_answer(brief.tier) == OUTPUT + 1
    assert reason(caught.value) == "overflow"


def test_an_exact_count_wins_over_any_estimate() -> None:
    brief = a_brief("x" * 3 * WINDOW, system="", window=WINDOW, max_output=OUTPUT)
    refuse_overflow(brief, exactly(WINDOW - OUTPUT - 64))
    with pytest.raises(Rejected, match="the reply need 1025 tokens"):
        refuse_overflow(brief, exactly(WINDOW - OUTPUT - 63))


CUT: list[tuple[Estimate, int]] = [
    (estimate("x" * 20_000), 8192 // 2 + 2),
    (estimate("x" * 20_000), 2050),
    (estimate("x" * 20_000), 100),
    (exactly(5000), 4883),
    (exactly(5000), 8192 // 2 + 2),
    (exactly(100), 81),
]


@pytest.mark.parametrize(("expected", "counted"), CUT)
def test_a_count_that_shows_a_cut_is_refused(expected: Estimate, counted: int) -> None:
    with pytest.raises(Rejected) as caught:
        refuse_cut_prompt(a_brief(), expected, counted)

    assert reason(caught.value) == "window-cut"


PLAUSIBLE: list[tuple[Estimate, int]] = [
    (estimate("x" * 20_000), 0),
    (estimate("x" * 20_000), 5000),
    (estimate("x" * 20_000), 2600),
    (estimate("x" * 100), 3),
    (exactly(5000), 4884),
    (exactly(5000), 5100),
    (exactly(4090), 8192 // 2 + 2),
    (exactly(10), 1),
]


@pytest.mark.parametrize(("expected", "counted"), PLAUSIBLE)
def test_a_plausible_count_is_let_through(expected: Estimate, counted: int) -> None:
    refuse_cut_prompt(a_brief(), expected, counted)
