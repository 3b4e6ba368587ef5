"""How a reply is refused: one constructor, so that every format words its errors alike."""

from __future__ import annotations

from typing import Literal

from gitbuddy.errors import Rejected
from gitbuddy.values import Refused


def refusal(code: str, words: str, stage: Literal["reply", "apply"] = "reply") -> Rejected:
    """A `Rejected` of this stage; `words` tell the proposer what to write instead."""
    return Rejected(Refused(stage, code, words))
