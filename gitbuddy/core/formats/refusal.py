"""How a reply is refused: one constructor, so that every format words its errors alike."""

from __future__ import annotations

from gitbuddy.errors import Rejected
from gitbuddy.values import Refused


def refusal(code: str, words: str) -> Rejected:
    """A `Rejected` of stage "reply"; `words` tell the proposer what to write instead."""
    return Rejected(Refused("reply", code, words))
