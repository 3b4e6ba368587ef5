from __future__ import annotations

import random

import pytest

from gitbuddy.proposers.repetition import runs_away

WORDS = random.Random(7).choices(["alpha", "beta", "gamma", "delta", "epsilon\n"], k=3000)
TEXT = " ".join(WORDS)
PARAGRAPH = TEXT[:1500]

ENDLESS = [
    ("a line", "return a + b\n" * 400),
    ("a character", " " * 3000),
    ("a short cycle", "ab" * 2000),
    ("a long passage", PARAGRAPH * 5),
    ("after good text", TEXT + "Wait, no. " * 300),
    ("in the middle of a line", "return a + b\n" * 400 + "return"),
    ("a passage that repeats within itself", ("x = 1\n" * 20 + "y = 2\n") * 40),
]

FINE = [
    ("nothing", ""),
    ("prose", TEXT),
    ("a ruler", TEXT + "-" * 500),
    ("a table of zeros", TEXT + "0x00, " * 200),
    ("said twice", PARAGRAPH * 2),
    ("counting", "".join(f"line {number}\n" for number in range(2000))),
    ("one that stopped repeating", "return a + b\n" * 400 + TEXT[:3000]),
]


@pytest.mark.parametrize(("name", "text"), ENDLESS, ids=[row[0] for row in ENDLESS])
def test_endless_repetition_is_seen(name: str, text: str) -> None:
    assert runs_away(text)


@pytest.mark.parametrize(("name", "text"), FINE, ids=[row[0] for row in FINE])
def test_other_text_is_left_alone(name: str, text: str) -> None:
    assert not runs_away(text)
