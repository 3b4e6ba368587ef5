"""A brief as a chat, and what makes two answers to it differ. Pure."""

from __future__ import annotations

import hashlib

from gitbuddy.values import Brief

LIVELY = 0.6
"""Least temperature of a second sample: near zero a model says the same again, whatever the seed."""


def messages(brief: Brief) -> list[dict[str, str]]:
    """The brief as a chat. Whatever is not Unicode text becomes a replacement character, as JSON demands."""
    texts = {"system": brief.system, "user": brief.prompt}
    clean = {role: text.encode("utf-8", "replace").decode("utf-8") for role, text in texts.items() if text}
    return [{"role": role, "content": text} for role, text in clean.items()]


def seed(brief: Brief) -> int:
    """The same brief gets the same seed, so that a run can be repeated; a new lesson or sample brings a new one."""
    told = f"{brief.tier.name}\0{brief.system}\0{brief.prompt}\0{brief.sample or ''}"
    return int.from_bytes(hashlib.sha256(told.encode("utf-8", "replace")).digest()[:4], "big") >> 1


def temperature(brief: Brief) -> float:
    """How freely the model chooses its words: as the tier says, and livelier for every sample after the first."""
    return max(brief.tier.temperature, LIVELY) if brief.sample else brief.tier.temperature
