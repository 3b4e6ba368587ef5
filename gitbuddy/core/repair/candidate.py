"""What a template makes, and what is tried."""

from __future__ import annotations

from dataclasses import dataclass

from gitbuddy.core.repair.place import Place


@dataclass(frozen=True, slots=True, order=True)
class Replacement:
    """One edit: the characters from `start` to `end` (excluded) become `text`.

    `weight` (0 to 1) is how likely its template holds it to be right, against the template's other edits.
    """

    start: int
    end: int
    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A file with one repair in it. `edits` do not overlap and are in order; `score` falls from likely to unlikely.

    `template` names what made it, two of them joined by `+` for an edit at two places; `place` is the first of those.
    """

    edits: tuple[Replacement, ...]
    template: str
    place: Place
    score: float

    def applied(self, text: str) -> str:
        """The text with all edits in it."""
        return applied(text, self.edits)


def applied(text: str, edits: tuple[Replacement, ...]) -> str:
    """The text with all edits in it; they may not overlap and are in order."""
    parts, last = [], 0
    for edit in edits:
        parts += [text[last : edit.start], edit.text]
        last = edit.end
    return "".join([*parts, text[last:]])
