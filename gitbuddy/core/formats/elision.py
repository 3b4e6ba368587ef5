"""Placeholders for code that a model left out ("... rest of the file unchanged ..."): applying them would delete it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

_LONGEST = 200
_LEADER = re.compile(r"(?:#+|//+|/\*+|<!--|--|;+|%+|\{/\*|\(|\[)")
_CLOSER = re.compile(r"(?:\*/\}?|-->|\)|\])$")
_DOTS = re.compile(r"^(?:\.{3,}|…)\s*|\s*(?:\.{3,}|…)$")
_THING = (
    r"(?:the\s+|your\s+|this\s+|all\s+)*(?:(?:other|remaining|existing|original|previous|rest\s+of(?:\s+the|\s+your)?)\s+)*"
    r"(?:code|file|contents?|functions?|methods?|class(?:es)?|implementations?|imports?|tests?|lines?|logic|body|"
    r"document|section|module|program|script|definitions?|fields?|properties|cases?|component|page|styles?|template)"
)
_SAME = (
    r"(?:(?:is|are|remains?|stays?|continues?)\s+)?"
    r"(?:(?:the\s+)?same|no\s+changes|unchanged|un-?modified|as\s+(?:before|is|above)|untouched|omitted|as\s+it\s+was)"
    r"(?:\s+(?:as\s+before|for\s+brevity))?"
)
_STAYS = rf"(?:{_SAME}|(?:(?:goes|go)\s+)?(?:here|below|above))"
_SAID = re.compile(
    rf"(?:(?:the\s+)?(?:rest|remainder)\s+of\s+{_THING}(?:\s+{_STAYS})?"
    rf"|(?:the\s+)?(?:rest|remainder)\s+{_STAYS}"
    rf"|{_THING}\s+{_SAME}"
    r"|(?:the\s+|your\s+)?(?:existing|previous|original|remaining|unchanged)\s+(?:code|implementation|lines)(?:\s+here)?"
    r"|(?:code\s+)?(?:unchanged|omitted|elided|truncated|same\s+as\s+(?:before|above))(?:\s+for\s+brevity)?"
    rf"|keep\s+{_THING}(?:\s+{_STAYS})?"
    r"|no\s+(?:other\s+)?changes\s+(?:here|below|above|needed))\W*",
    re.IGNORECASE,
)
_HINT = re.compile(
    r"\b(?:rest|remaining|existing|unchanged|omitted|other|same|previous|original|before|truncated|elided|more|snip|"
    r"implementation|changes|everything)\b",
    re.IGNORECASE,
)


def elision(lines: Sequence[str], known: Collection[str] = ()) -> str | None:
    """The first line that stands for code left out; None when there is none. `known` lines were there before."""
    before = {line.strip() for line in known}
    return next((line.strip() for line in lines if line.strip() not in before and _stands_for_code(line)), None)


def _stands_for_code(line: str) -> bool:
    text = line.strip()
    if not text or len(text) > _LONGEST:
        return False
    found = _LEADER.match(text)
    leader = found[0] if found else ""
    said, dotted = _without_dots(_CLOSER.sub("", text[len(leader) :]).strip("()[]<>- \t"))
    if leader in ("", "(", "["):
        # Without a comment sign only "... rest of the file ..." speaks for itself: a bare `...` is Python.
        return dotted and _SAID.fullmatch(said) is not None
    if dotted:
        return not said or (len(said.split()) <= 8 and _HINT.search(said) is not None)
    return _SAID.fullmatch(said) is not None


def _without_dots(said: str) -> tuple[str, bool]:
    bare = said
    while (shorter := _DOTS.sub("", bare).strip()) != bare:
        bare = shorter.strip("()[] ")
    return bare, bare != said
