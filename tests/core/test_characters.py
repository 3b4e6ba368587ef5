"""Hidden and deceptive characters. Written as escapes, so that this file has none itself."""

from __future__ import annotations

import pytest

from gitbuddy.core.rules.characters import hidden, mixed_words, named

HIDDEN = [
    "a\u202eb",
    "a\u2066b\u2069",
    "\u200bx",
    "is\u200d_admin",
    "is\u200c_admin",
    "x\u2060",
    "\ufeffx",
    "a\u00adb",
    "\u180e",
    "x\u3164",
    "\u115f",
    "a\U000e0041b",
    "a\ufe0f",
    "a\ufe01",
    "\u4e00\U000e0100",
    "\x1b[31m",
    "a\x00b",
    "a\x0bb",
    "a\x7f",
    "a\x85b",
    "a\u2028b",
    "a\ud800",
    "\u2764\ufe0f\ufe0f",
]
VISIBLE = [
    "",
    "plain\ttext\r\n\f",
    "gr\u00fcn, \u4e2d\u6587, \u0440\u0443\u0441\u0441\u043a\u0438\u0439",
    "\u2764\ufe0f and \u26a0\ufe0f",
    "1\ufe0f\u20e3",
    "\U0001f469\u200d\U0001f4bb",
    "\U0001f469\U0001f3fd\u200d\U0001f4bb",
    "\U0001f3f3\ufe0f\u200d\U0001f308",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "\u0915\u094d\u200d\u0937",
]
MIXED = [
    "is_\u0430dmin",
    "\u0441ount",
    "p\u0430y\u0440al",
    "\u0391lpha",
    "n\u03bfne",
    "\uff45val",
    "\U0001d41eval",
    "\u0410_b",
    "c\u0585de",
]
UNMIXED = [
    "plain",
    "na\u00efve",
    "\u0394t",
    "\u03c3_x",
    "\u03bd_max",
    "\u03bb1",
    "\u043f\u0440\u0438\u0432\u0435\u0442",
    "HTML-\u043a\u043e\u0434",
    "\u5909\u6570x",
    "N\u00ba",
    "\u00b5s",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_a_character_without_a_look_is_hidden(text: str) -> None:
    assert hidden(text)


@pytest.mark.parametrize("text", VISIBLE)
def test_writing_needs_some_invisible_characters(text: str) -> None:
    assert not hidden(text)


@pytest.mark.parametrize("text", MIXED)
def test_a_word_with_letters_that_only_look_latin_is_mixed(text: str) -> None:
    assert mixed_words(f"x = {text} + 1") == {text: 1}


@pytest.mark.parametrize("text", UNMIXED)
def test_a_word_of_one_script_or_with_clear_signs_is_not_mixed(text: str) -> None:
    assert not mixed_words(f"x = {text} + 1")


def test_hidden_characters_are_counted() -> None:
    assert hidden("\u200b\u200b\u202e") == {"\u200b": 2, "\u202e": 1}


def test_a_hidden_character_is_named() -> None:
    assert named("\u202e") == "U+202E RIGHT-TO-LEFT OVERRIDE"
    assert named("\x1b") == "U+001B CONTROL"
