from __future__ import annotations

import pytest
from briefs import a_brief, reason

from gitbuddy.errors import Rejected
from gitbuddy.proposers.tokens import fewest_tokens, most_tokens, refuse_cut_prompt, refuse_overflow

WINDOW, OUTPUT = 1024, 256
FITS = (WINDOW - OUTPUT - 64) * 3


def test_the_estimates_enclose_the_truth_for_code() -> None:
    code = "def add(first, second):\n    return first + second\n" * 100
    truth = 100 * 14  # as the tokenizers of Qwen and Llama count it

    assert fewest_tokens(len(code)) <= truth <= most_tokens(len(code))


def test_a_prompt_that_just_fits_is_let_through() -> None:
    refuse_overflow(a_brief("x" * FITS, system="", window=WINDOW, max_output=OUTPUT))


@pytest.mark.parametrize("prompt", ["x" * (FITS + 1), "é" * (FITS // 2 + 1)])
def test_a_prompt_that_may_be_too_long_is_refused_in_bytes(prompt: str) -> None:
    with pytest.raises(Rejected) as caught:
        refuse_overflow(a_brief(prompt, system="", window=WINDOW, max_output=OUTPUT))

    assert reason(caught.value) == "overflow"
    assert "1024" in caught.value.refused.words


@pytest.mark.parametrize("counted", [8192 // 2 + 2, 2050, 100])
def test_a_count_that_shows_a_cut_is_refused(counted: int) -> None:
    with pytest.raises(Rejected) as caught:
        refuse_cut_prompt(a_brief("x" * 20_000), counted)

    assert reason(caught.value) == "window-cut"


@pytest.mark.parametrize(("size", "counted"), [(20_000, 0), (20_000, 5000), (20_000, 2600), (100, 3)])
def test_a_plausible_count_is_let_through(size: int, counted: int) -> None:
    refuse_cut_prompt(a_brief("x" * size), counted)
