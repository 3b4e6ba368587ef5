"""`generate`: held to the contract of `change`."""

from __future__ import annotations

from gitbuddy.core.kinds.change import pointless, prove

__all__ = ["WORDS", "pointless", "prove"]

WORDS = "Write the new code that the task describes, in the style of the code around it."
