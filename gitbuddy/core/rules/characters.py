"""Characters that let a text look different from what it says: Trojan Source (CVE-2021-42574) and homoglyphs.

Sets follow Unicode Technical Standard 39 and Technical Report 36, narrowed to what source code can spare.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
_JOINERS = frozenset("\u200c\u200d")
_PRESENTATION = frozenset("\ufe0e\ufe0f")
_KEYCAP = "\u20e3"
_REMARKABLE = re.compile(r"[^\t\n\r\f -~]")
_FIRST_JOINING_SCRIPT = 0x0600
"""Below lie Latin, Greek, Cyrillic, Armenian and Hebrew, which have no use for joiners."""

_FOREIGN = ("CYRILLIC", "ARMENIAN", "CHEROKEE", "FULLWIDTH", "MATHEMATICAL", "COPTIC", "LISU")
_GREEK_LOOKALIKES = frozenset(
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03f2\u03bf\u03ba\u03bd\u03c1\u03c5\u03b9"
)
"""Alpha to chi in capitals, and lunate sigma, omicron, kappa, nu, rho, upsilon, iota."""
_WORD = re.compile(r"\w+")


def is_invisible(char: str) -> bool:
    """Whether a character shows nothing of itself: bidi and format controls, tags, fillers, variation selectors."""
    code = ord(char)
    selector = 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF
    return selector or char in _FILLERS or unicodedata.category(char) == "Cf"


def is_control(char: str) -> bool:
    """Whether a character is a control code, a lone surrogate, or a line separator that is no line ending."""
    return unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")


def hidden(text: str) -> Counter[str]:
    """How often each hidden character stands in a text without need. Emoji and joining scripts have need of some."""
    found = [(match.start(), match[0]) for match in _REMARKABLE.finditer(text)]
    return Counter(
        char for index, char in found if is_control(char) or (is_invisible(char) and not _belongs(text, index))
    )


def mixed_words(text: str) -> Counter[str]:
    """How often each word stands in a text that mixes Latin letters with ones that look like them."""
    if text.isascii():
        return Counter()
    return Counter(word for word in _WORD.findall(text) if not word.isascii() and _is_mixed(word))


def named(char: str) -> str:
    """A character as people and models can read it: "U+202E RIGHT-TO-LEFT OVERRIDE"."""
    return f"U+{ord(char):04X} {unicodedata.name(char, 'CONTROL')}"


def _belongs(text: str, index: int) -> bool:
    char, before = text[index], text[index - 1] if index else ""
    after = text[index + 1 : index + 2]
    if char in _JOINERS:
        return _joins(before) and _joins(after)
    if char in _PRESENTATION:
        return after == _KEYCAP or _is_symbol(before)
    return False


def _joins(char: str) -> bool:
    if not char or ord(char) < _FIRST_JOINING_SCRIPT:
        return False
    return char in _PRESENTATION or unicodedata.category(char)[0] in "LMS"


def _is_symbol(char: str) -> bool:
    return bool(char) and not char.isascii() and unicodedata.category(char)[0] in "SP"


def _is_mixed(word: str) -> bool:
    if not re.search(r"[A-Za-z]", word):
        return False
    if any(unicodedata.name(char, "").startswith(_FOREIGN) for char in word if not char.isascii()):
        return True
    parts = re.split(r"[\W\d_]+", word)
    return any(set(part) & _GREEK_LOOKALIKES and re.search(r"[A-Za-z]", part) for part in parts)
