"""Other texts: empty, a blank, other case, a character or one class of characters less, and those of the function."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gitbuddy.core.repair.candidate import Replacement
from gitbuddy.core.repair.place import Place
from gitbuddy.core.repair.source import Source

MOST_FOUND = 20
"""Texts of the function that are tried in place of another."""
MOST_CHARACTERS = 16
"""Texts up to this length are tried without each of their characters."""
_PAIRS = "()[]{}<>+-*/"
_BRACKETS = "([{<", ")]}>"
_BLANKS = ("", " ", ",", ", ", "\n")


def candidates(source: Source, place: Place) -> Iterator[Replacement]:
    """Each text of the place by its likely others; its quotes stay."""
    found = (getattr(node, "value", None) for node in source.near(place.scope, place.line, _is_text))
    texts = list(dict.fromkeys(text for text in found if isinstance(text, str) and "\n" not in text))[:MOST_FOUND]
    for node in place.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            code = source.code(node)
            quote = code[0] if code[:1] in "'\"" else '"'
            for other, weight in _others(node.value, texts):
                yield Replacement(*source.span(node), _quoted(other, quote), weight)
            if node.value in place.names:  # the name was meant, and not its letters
                yield Replacement(*source.span(node), node.value, 1.0)


def _others(text: str, found: list[str]) -> Iterator[tuple[str, float]]:
    if text in _BLANKS:
        yield from ((other, 1.0 if other.strip() == "" else 0.4) for other in _BLANKS)
    else:
        yield from (("", 0.5), (" ", 0.2))
    for other in (text.lower(), text.upper(), text.capitalize(), text.swapcase(), text.strip()):
        yield other, 0.6
    if text and text in _PAIRS:
        yield _PAIRS[_PAIRS.index(text) ^ 1] if len(text) == 1 else text[::-1], 0.9
        for side in _BRACKETS:
            yield from ((other, 0.6) for other in side if text in side)
    yield from ((other, 0.5) for other in found)
    yield from _shorter(text)


def _shorter(text: str) -> Iterator[tuple[str, float]]:
    for letter in dict.fromkeys(text):
        without = text.replace(letter.lower(), "").replace(letter.upper(), "")
        if len(text) <= MOST_CHARACTERS:
            yield without, 0.4
    if len(text) <= MOST_CHARACTERS:
        yield from ((text[:index] + text[index + 1 :], 0.35) for index in range(len(text)))
    for belongs in (str.isalpha, str.isdigit, str.isspace, str.isupper, str.islower):
        yield "".join(letter for letter in text if not belongs(letter)), 0.3


def _quoted(text: str, quote: str) -> str:
    code = repr(text)
    if code[0] == quote or quote in code[1:-1] or "\\" in code:
        return code
    return quote + code[1:-1] + quote


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
