"""How many tokens a text is, without the model's tokenizer. Pure.

Tokenizers of today's code models make a token of three to four bytes of source code, and of hardly more than eight
even where indentation is deep. So bytes/3 errs on the high side and bytes/8 on the low one. Dense scripts can exceed
the high estimate; the server's own refusal to truncate is the net below.
"""

from __future__ import annotations

from gitbuddy.errors import Rejected
from gitbuddy.values import Brief, Refused

TEMPLATE = 64
"""Tokens that a chat template adds around two messages."""
TELLING = 4096
"""Bytes below which a prompt is too small for its token count to show a cut."""


def tokens_of(text: str) -> int:
    """A safe upper estimate for one text, without what a chat template adds."""
    return -(-len(text.encode("utf-8", "replace")) // 3)


def prompt_bytes(brief: Brief) -> int:
    """Bytes of everything a model is sent."""
    return len(brief.system.encode("utf-8", "replace")) + len(brief.prompt.encode("utf-8", "replace"))


def most_tokens(size: int) -> int:
    """A safe upper estimate for `size` bytes of prompt."""
    return -(-size // 3) + TEMPLATE


def fewest_tokens(size: int) -> int:
    """A safe lower estimate for `size` bytes of prompt."""
    return size // 8 if size >= TELLING else 0


def refuse_overflow(brief: Brief) -> None:
    """Raise `Rejected` when the prompt and the longest reply may not fit the window together."""
    need, window = most_tokens(prompt_bytes(brief)) + brief.tier.max_output, brief.tier.window
    if need > window:
        words = f"the prompt and the reply may need {need} tokens, and the context window has {window}"
        raise Rejected(Refused("reply", "overflow", words))


def refuse_cut_prompt(brief: Brief, counted: int) -> None:
    """Raise `Rejected` when the server's own count of prompt tokens shows that it dropped a part of the prompt.

    Ollama cuts an overlong prompt to half the window plus two tokens, answers 200 and counts after the cut
    (ollama/ollama#17427). A count of zero means that the server does not tell.
    """
    halved = counted == brief.tier.window // 2 + 2
    if counted and (halved or counted < fewest_tokens(prompt_bytes(brief))):
        words = f"the server read only {counted} tokens of the prompt and dropped the rest"
        raise Rejected(Refused("reply", "window-cut", words))
