"""Which tier is asked next: two pure policies behind one interface, and what they learn from.

`ladder` climbs a fixed ladder of tiers, `index` weighs cost against chance. A policy sees what was tried and names the
next move; it calls nobody. Imports nothing but values, errors, config, and no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gitbuddy.config import LimitSettings
from gitbuddy.core.cascade.experience import Experience, bucket_of, learn
from gitbuddy.core.cascade.index import by_index, foreseen, options
from gitbuddy.core.cascade.ladder import next_move
from gitbuddy.core.cascade.outlook import Option
from gitbuddy.core.cascade.rounds import Round, rounds_of, teaches
from gitbuddy.core.cascade.rungs import is_big, is_tool_for, ladder_of
from gitbuddy.values import Attempt, Move, Task, Tier

Policy = Callable[[Task, Sequence[Tier], Sequence[Attempt], LimitSettings], Move | None]
"""What was tried -> the next move, or None when the job is over. `UsageError` as `ladder_of` raises it."""

__all__ = [
    "Experience",
    "Option",
    "Policy",
    "Round",
    "bucket_of",
    "by_index",
    "foreseen",
    "is_big",
    "is_tool_for",
    "ladder_of",
    "learn",
    "next_move",
    "options",
    "rounds_of",
    "teaches",
]
