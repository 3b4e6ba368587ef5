"""What a measurement makes of a tier. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from gitbuddy.errors import UsageError
from gitbuddy.values import Calibration, Tier

PATIENCE = 3.0
"""A call may take so many times the measured seconds of the largest one: another program may use the processor."""
LEAST_SECONDS = 60.0
MOST_SECONDS = 3600.0
OWN_WINDOW = frozenset({"ollama", "embedded"})
"""Proposers that set the window with each call, so that another one makes the server load the model anew."""


def calibrated(tier: Tier, known: Calibration, keep: Collection[str] = ()) -> Tier:
    """The tier as measured: format, thinking, samples and time-out; fields in `keep` stay as somebody set them."""
    thinking: dict[str, Any] = {"think": known.think, "max_thinking": known.max_thinking}
    measured = {"format": known.format, **thinking, **({"samples": known.samples} if known.samples else {})}
    chosen = replace(tier, **{name: value for name, value in measured.items() if name not in keep})
    seconds = seconds_of(chosen, known)
    return replace(chosen, timeout=seconds) if seconds and "timeout" not in keep else chosen


def completed(tier: Tier, known: Calibration, given: Collection[str]) -> Tier:
    """A configured tier with what was measured in place of what nobody set; `given` are the fields that somebody did.

    Thinking and its budget belong together: who sets one of them sets both.
    """
    keep = {*given, *(("think", "max_thinking") if {"think", "max_thinking"} & set(given) else ())}
    chosen = calibrated(tier, known, keep)
    if known.window and "window" not in keep and tier.proposer in OWN_WINDOW:
        chosen = replace(chosen, window=known.window)
    return chosen if chosen.max_output + chosen.max_thinking < chosen.window else within_window(chosen)


def seconds_of(tier: Tier, known: Calibration) -> float:
    """How long the largest call of this tier may take, from the measured speed; 0 where it was not measured."""
    if not (known.prompt_rate and known.output_rate):
        return 0.0
    reply = tier.max_output + tier.max_thinking
    seconds = known.loading + max(0, tier.window - reply) / known.prompt_rate + reply / known.output_rate
    return min(MOST_SECONDS, max(LEAST_SECONDS, float(round(PATIENCE * seconds))))


def within_window(tier: Tier) -> Tier:
    """The tier with a reply and a thinking that leave at least half of the window to the prompt."""
    output = min(tier.max_output, tier.window // 4)
    return replace(tier, max_output=output, max_thinking=min(tier.max_thinking, tier.window // 4))


def one_window(tiers: Sequence[Tier], given: Collection[str]) -> tuple[Tier, ...]:
    """The tiers with one window for each model of a server: two would make it load the model at every change.

    Tiers whose window somebody set are named in `given`: theirs holds for the others, too. Raises `UsageError` when two
    of those differ.
    """
    chosen: dict[tuple[str, str], Tier] = {}
    for tier in sorted(tiers, key=lambda tier: tier.name not in given):
        first = chosen.setdefault((tier.endpoint, tier.model), tier)
        if tier.name in given and tier.proposer in OWN_WINDOW and tier.window != first.window:
            both = f"{first.name} {first.window}, {tier.name} {tier.window}"
            words = f"two tiers ask for one model with two windows, and each change would load it anew: {both}"
            raise UsageError(words, f"give both the same window: {tier.model}")
    return tuple(_widened(tier, chosen[tier.endpoint, tier.model].window) for tier in tiers)


def _widened(tier: Tier, window: int) -> Tier:
    if tier.proposer not in OWN_WINDOW or tier.window == window:
        return tier
    return within_window(replace(tier, window=window))


def refuse_larger(tier: Tier, trained: int) -> None:
    """Raise `UsageError` when the tier's window is larger than the model's own, of `trained` tokens (0: not known)."""
    if 0 < trained < tier.window:
        words = f"the window of tier {tier.name} is larger than that of its model: {tier.window} and {trained}"
        raise UsageError(words, f"set `window` of the tier to {trained} at most, or take another model: {tier.model}")
