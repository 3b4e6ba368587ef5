"""`translate`: held to the contract of `change`."""

from __future__ import annotations

from gitbuddy.core.kinds.change import pointless, prove

__all__ = ["WORDS", "pointless", "prove"]

WORDS = "Translate the code as the task says. Behaviour stays the same; use the idioms of the target language."
