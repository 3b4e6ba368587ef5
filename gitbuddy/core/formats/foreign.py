"""Lines that show that the text of a file is none: markers of a block, numbers of a listing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from itertools import pairwise

from gitbuddy.core.formats.refusal import refusal

_MARKER = re.compile(r"[ \t]*(?:<{5,12}|>{5,12})(?:[ \t]*[A-Za-z].*)?")
_SEARCH_WORD = re.compile(r"\W*(?:SEARCH|ORIGINAL|FIND)\W*")
_NUMBERED = re.compile(r"[ \t]*(\d{1,7})[ \t]*[|│→](?: |$)")


def refuse_foreign(path: str, lines: Sequence[str]) -> None:
    """Raise `Rejected` for a text that cannot be the whole text of this file."""
    if any(_MARKER.fullmatch(unescape(line)) for line in lines) or _begins_with_a_word(lines):
        raise refusal(
            "malformed-block",
            f"The fence of {path} holds a piece of a search/replace block. Write every block in full: "
            "`<<<<<<< SEARCH`, the old lines, `=======`, the new lines, `>>>>>>> REPLACE`.",
        )
    if _is_listing(lines):
        raise refusal("malformed-block", f"The lines of {path} begin with line numbers. Write the lines alone.")


def _begins_with_a_word(lines: Sequence[str]) -> bool:
    first = next((line for line in lines if line.strip()), "")
    return _SEARCH_WORD.fullmatch(first) is not None


def _is_listing(lines: Sequence[str]) -> bool:
    found = [_NUMBERED.match(line) for line in lines if line.strip()]
    numbers = [int(number[1]) for number in found if number]
    return len(found) == len(numbers) > 2 and all(b == a + 1 for a, b in pairwise(numbers))
