"""What the attempts so far teach the next one: the change that was made, why it was refused, what failed of it.

Not the conversation: a small model that reads its own wrong reasoning again tends to repeat it. The answer comes as a
diff, the failure as the problems that the checks have told, both of the one attempt that teaches most.
"""

from __future__ import annotations

from collections.abc import Sequence

from gitbuddy.core import feedback
from gitbuddy.core.diff import unified
from gitbuddy.core.evidence import passed
from gitbuddy.core.extract import Read, cut, nothing
from gitbuddy.core.rounds import last_round
from gitbuddy.values import Accepted, Attempt, Refused

CHARACTERS = 6000
"""Characters of a lesson: about two thousand tokens."""
_FURTHEST = ("reply", "apply", "guard", "checks")
"""Stages of an attempt in their order; the further it came, the more there is to learn from it."""


def telling(attempts: Sequence[Attempt], tier: str) -> Attempt | None:
    """The attempt that teaches most: of the last round, the one that came furthest.

    For another tier than its own, any attempt of the last tier counts: a proposal that could not even be read says
    little to a model that did not write it. None when there is nothing to learn, as from a tool that proposed nothing.
    """
    if not attempts or isinstance(attempts[-1].verdict, Accepted | None):
        return None
    last = attempts[-1].tier.name
    candidates = last_round(attempts) if last == tier else [each for each in attempts if each.tier.name == last]
    return max((each for each in candidates if not _is_silent(each)), key=_progress, default=None)


def _is_silent(attempt: Attempt) -> bool:
    verdict = attempt.verdict
    return attempt.tier.is_tool and isinstance(verdict, Refused) and verdict.stage == "reply"


def _progress(attempt: Attempt) -> tuple[int, int]:
    stage = attempt.verdict.stage if isinstance(attempt.verdict, Refused) else "checks"
    return _FURTHEST.index(stage), attempt.number


def lesson(
    attempt: Attempt | None, tier: str, fence: str = "", read: Read = nothing, characters: int = CHARACTERS
) -> str:
    """What this attempt taught, for the end of the next prompt at `tier`; empty where there is none.

    The diff and the output of checks stand between marks named `fence`: what a model wrote, and what its code prints,
    is data, too. `read` gives the files of the candidate that was checked.
    """
    if attempt is None or attempt.verdict is None or isinstance(attempt.verdict, Accepted):
        return ""
    others = "A small edit that a tool tried" if attempt.tier.is_tool else "Another model's answer"
    whose = "Your last answer" if attempt.tier.name == tier else others
    became = "refused" if isinstance(attempt.verdict, Refused) else "not kept, for it could not be verified"
    words = cut(attempt.verdict.words, characters // 4)
    parts = [f"{whose} was {became} ({attempt.verdict.reason}): {words}"]
    if attempt.results and attempt.patch and attempt.patch.changes:
        parts += ["It made this change:", _fenced(cut(unified(attempt.patch), characters // 3), fence)]
    if failing := [result for result in attempt.results if not passed(result)]:
        room = min(feedback.OUTPUT_CHARACTERS, characters // 2)
        parts += ["With it, this failed:", _fenced(feedback.outputs(failing, read, room), fence)]
    parts.append("It was undone: the files above are unchanged. Answer again, differently.")
    return "\n\n".join(parts)


def _fenced(text: str, fence: str) -> str:
    return feedback.fenced(text, fence) if fence else text
