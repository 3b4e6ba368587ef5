"""What measurements and the rule of one window make of tiers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gitbuddy.errors import UsageError
from gitbuddy.proposers.settling import calibrated, one_window, refuse_larger, seconds_of, within_window
from gitbuddy.values import Calibration, Identity, Tier

TIER = Tier("fast", "ollama", "m", "http://a", window=8192, max_output=2048)
KNOWN = Calibration(
    Identity("m", "http://a"),
    "2026-01-02",
    "udiff",
    think="on",
    max_thinking=512,
    samples=2,
    prompt_rate=100.0,
    output_rate=10.0,
    loading=5.0,
)


def test_a_measurement_sets_format_thinking_samples_and_the_time() -> None:
    tier = calibrated(TIER, KNOWN)

    assert (tier.format, tier.think, tier.max_thinking, tier.samples) == ("udiff", "on", 512, 2)
    assert tier.timeout == round(3 * (5 + (8192 - 2560) / 100 + 2560 / 10))


def test_what_somebody_set_stays() -> None:
    assert calibrated(TIER, KNOWN, keep=("format", "think", "max_thinking", "samples", "timeout")) == TIER


def test_what_was_not_measured_stays() -> None:
    known = replace(KNOWN, samples=0, prompt_rate=0.0)

    assert calibrated(replace(TIER, samples=3), known).samples == 3
    assert calibrated(TIER, known).timeout == TIER.timeout


@pytest.mark.parametrize(("prompt", "output", "expected"), [(1e6, 1e6, 60), (1.0, 0.1, 3600), (0.0, 1.0, 0)])
def test_the_time_is_bounded(prompt: float, output: float, expected: float) -> None:
    assert seconds_of(TIER, replace(KNOWN, prompt_rate=prompt, output_rate=output)) == expected


@pytest.mark.parametrize(
    ("window", "output", "thinking", "expected"),
    [(16384, 4096, 0, (4096, 0)), (4096, 4096, 4096, (1024, 1024)), (65536, 4096, 2048, (4096, 2048))],
)
def test_half_of_the_window_is_left_to_the_prompt(
    window: int, output: int, thinking: int, expected: tuple[int, int]
) -> None:
    tier = within_window(replace(TIER, window=window, max_output=output, max_thinking=thinking))

    assert (tier.max_output, tier.max_thinking) == expected


FAST, DEEP = TIER, replace(TIER, name="deep", window=16384)
UNIFIED = [
    ((FAST, DEEP), ("deep",), (16384, 16384)),
    ((FAST, DEEP), ("fast",), (8192, 8192)),
    ((FAST, DEEP), (), (8192, 8192)),
    ((FAST, replace(DEEP, model="other")), ("fast", "deep"), (8192, 16384)),
    ((FAST, replace(DEEP, endpoint="http://b")), ("fast", "deep"), (8192, 16384)),
    ((replace(FAST, proposer="openai"), replace(DEEP, proposer="openai")), ("fast", "deep"), (8192, 16384)),
]


@pytest.mark.parametrize(("tiers", "given", "expected"), UNIFIED)
def test_one_model_has_one_window(tiers: tuple[Tier, ...], given: tuple[str, ...], expected: tuple[int, ...]) -> None:
    assert tuple(tier.window for tier in one_window(tiers, given)) == expected


def test_two_windows_that_are_set_for_one_model_are_refused() -> None:
    with pytest.raises(UsageError, match="would load it anew: fast 8192, deep 16384") as caught:
        one_window((FAST, DEEP), ("fast", "deep"))

    assert caught.value.hint == "give both the same window: m"


def test_a_narrowed_tier_keeps_room_for_its_prompt() -> None:
    fast = replace(FAST, window=2048, max_output=512)
    tiers = one_window((fast, DEEP), ("fast",))

    assert tiers[1].max_output == 512


@pytest.mark.parametrize("trained", [0, 8192, 65536])
def test_a_window_that_the_model_has_is_fine(trained: int) -> None:
    refuse_larger(TIER, trained)


def test_a_window_larger_than_the_models_is_refused() -> None:
    with pytest.raises(UsageError, match="larger than that of its model: 8192 and 4096"):
        refuse_larger(TIER, 4096)
