"""Thinking that a model writes into its answer, kept apart from the answer while it streams. Pure.

Some servers hand it out in a field of its own; others leave it between tags at the start of the content.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NAMES = ("think", "thinking", "thought")
_OPENING = re.compile(rf"\s*<({'|'.join(NAMES)})>")


@dataclass(slots=True)
class Apart:
    """Splits a text that comes in pieces: thinking between tags at its very start, then the content, byte for byte.

    A tag in the middle of the content is content.
    """

    held: str = ""
    tag: str = ""
    over: bool = False

    def feed(self, text: str) -> tuple[str, str]:
        """What is certain with this piece: more thinking, more content. The rest is held back."""
        self.held += text
        thinking = ""
        while not self.over:
            if not self.tag and not self._opened():
                return thinking, ""
            if not self.over:
                thinking += self._inside()
            if self.tag:
                return thinking, ""
        content, self.held = self.held, ""
        return thinking, content

    def rest(self) -> tuple[str, str]:
        """What is held back when no more will come."""
        held, self.held = self.held, ""
        return (held, "") if self.tag else ("", held)

    def _opened(self) -> bool:
        """Whether it is known by now what comes: thinking (`tag` is set) or content (`over`)."""
        if found := _OPENING.match(self.held):
            self.tag, self.held = found[1], self.held[found.end() :]
            return True
        begun = self.held.lstrip()
        self.over = not any(f"<{name}>".startswith(begun) for name in NAMES)
        return self.over

    def _inside(self) -> str:
        """The thinking in `held`, up to the closing tag; what may be the beginning of one stays."""
        closing = f"</{self.tag}>"
        end = self.held.find(closing)
        if end != -1:
            thinking, self.held, self.tag = self.held[:end], self.held[end + len(closing) :], ""
            return thinking
        sure = max(0, len(self.held) - len(closing) + 1)
        thinking, self.held = self.held[:sure], self.held[sure:]
        return thinking
