"""How many tokens a text is, and what follows when a server counts otherwise. Pure.

A tokenizer counts exactly. Without one, a text is held between two estimates. Tokenizers of today's code models make a
token of three to four bytes of source code, and of hardly more than eight even where indentation is deep; most of them
take each digit by itself, and scripts other than Latin cost more for each byte. What an estimate gets wrong all the
same is caught by the server, which is asked never to cut.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gitbuddy.errors import Rejected
from gitbuddy.values.attempt import TEMPLATE, Brief, Refused, Tier

TELLING = 4096
"""Bytes below which a prompt is too small for its token count to show a cut."""
SLACK = 16
"""Tokens by which a server's count may be below an exact one: templates trim blanks. A fiftieth comes on top."""
_DIGITS = b"0123456789"
_ASCII = bytes(range(128))


@dataclass(frozen=True, slots=True)
class Estimate:
    """Between `least` and `most` tokens; `exact` where a tokenizer said so and the two differ by the slack only."""

    most: int
    least: int = 0
    exact: bool = False


Count = Callable[[str], Estimate]
"""How a proposer counts the tokens of a text, without what a chat template adds."""


def exactly(tokens: int) -> Estimate:
    """What a tokenizer has counted."""
    return Estimate(tokens, max(0, tokens - tokens // 50 - SLACK), exact=True)


def estimate(text: str) -> Estimate:
    """The safe estimate, for any model."""
    return Estimate(tokens_of(text), fewest_tokens(len(_bytes(text))))


def tokens_of(text: str) -> int:
    """A safe upper estimate: a token for each digit, each three bytes of other ASCII, and each two bytes beyond it."""
    data = _bytes(text)
    ascii_only = data if text.isascii() else data.translate(None, bytes(range(128, 256)))
    digits = len(ascii_only) - len(ascii_only.translate(None, _DIGITS))
    return digits + -(-(len(ascii_only) - digits) // 3) + -(-(len(data) - len(ascii_only)) // 2)


def foreign(text: str) -> float:
    """The share of bytes that are not ASCII, from 0 to 1."""
    data = _bytes(text)
    return len(data.translate(None, _ASCII)) / len(data) if data else 0.0


def fewest_tokens(size: int) -> int:
    """A safe lower estimate for `size` bytes of prompt."""
    return size // 8 if size >= TELLING else 0


def sent(brief: Brief) -> str:
    """Everything that a model is sent, as one text."""
    return brief.system + brief.prompt


def longest_answer(tier: Tier) -> int:
    """Tokens that a call of this tier may write: what is thought, and the reply."""
    return tier.max_output + tier.max_thinking


def refuse_overflow(brief: Brief, prompt: Estimate) -> None:
    """Raise `Rejected` when the prompt and the longest answer may not fit the window together."""
    need, window = prompt.most + TEMPLATE + longest_answer(brief.tier), brief.tier.window
    if need > window:
        may = "need" if prompt.exact else "may need"
        words = f"the prompt and the reply {may} {need} tokens, and the context window has {window}"
        raise Rejected(Refused("reply", "overflow", words))


def refuse_cut_prompt(brief: Brief, prompt: Estimate, counted: int) -> None:
    """Raise `Rejected` when the server's own count of prompt tokens shows that it dropped a part of the prompt.

    Ollama cuts an overlong prompt to half the window plus two tokens, answers 200 and counts after the cut
    (ollama/ollama#17427). A count of zero means that the server does not tell.
    """
    halved = counted == brief.tier.window // 2 + 2 and not prompt.exact
    if counted and (halved or counted < prompt.least):
        words = f"the server read only {counted} tokens of the prompt and dropped the rest"
        raise Rejected(Refused("reply", "window-cut", words))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
