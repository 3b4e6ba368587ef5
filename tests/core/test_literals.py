"""Values of the tests that stand in the code: said to the reviewer, never refused."""

from __future__ import annotations

import pytest
from made import change, patch

from gitbuddy.core.rules.literals import MOST_SHOWN, hard_coded

TESTS = b"""\
from words import kind, price


def test_kind():
    assert kind("kiwi") == "fruit"
    assert kind("leek") == "vegetable"
    assert kind("salmon") == "fish"


def test_price():
    assert price(1729) == 4104
    assert price(13832) == 20683
    assert price(0) == 1
"""
TARGETS = {"tests/test_words.py": TESTS}


@pytest.mark.parametrize(
    "code",
    [
        'def kind(w):\n    return {"kiwi": "fruit", "leek": "vegetable", "salmon": "fish"}[w]\n',
        'def kind(w):\n    if w == "kiwi":\n        return "fruit"\n    return "fish" if w == "salmon" else "leek"\n',
        "def price(n):\n    return {1729: 4104, 13832: 20683}.get(n)\n",
        "TABLE = [1729, 13832, 20683]\n",
    ],
)
def test_answers_that_were_written_down_are_told_of(code: str) -> None:
    (words,) = hard_coded(patch(change("words.py", "", code)), TARGETS)

    assert words.startswith("words.py has ")
    assert "in the tests: " in words


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("words.py", "", "def price(n):\n    return n * 2 + 1\n"),
        ("words.py", "", 'FRUIT = "kiwi"\n'),
        ("words.py", "", "SMALL = [0, 1, 2, 10, 100]\n"),
        ("words.py", "", "OTHER = [17290, 41040, 138320]\n"),
        ("words.py", "TABLE = [1729, 13832, 20683]\n", "TABLE = [1729, 13832, 20683]\nX = 3\n"),
        ("tests/test_more.py", "", "TABLE = [1729, 13832, 20683]\n"),
        ("words.py", "TABLE = [1729, 13832, 20683]\n", None),
    ],
)
def test_honest_code_is_not(path: str, before: str, after: str | None) -> None:
    assert hard_coded(patch(change(path, before, after)), TARGETS) == ()


def test_other_languages_are_read_by_their_tokens() -> None:
    table = 'const kinds = {"kiwi": "fruit", "leek": "vegetable"};\n'
    tests = {"words.test.js": b'expect(kind("kiwi")).toBe("fruit"); expect(kind("leek")).toBe("vegetable");\n'}

    assert hard_coded(patch(change("words.js", "", table)), tests)


def test_only_a_few_values_are_shown() -> None:
    numbers = [str(1000 + 7 * n) for n in range(50)]
    tests = {"test_x.py": f"VALUES = [{', '.join(numbers)}]\n".encode()}
    (words,) = hard_coded(patch(change("x.py", "", f"TABLE = [{', '.join(numbers)}, 5]\n")), tests)

    assert words.count(",") == MOST_SHOWN - 1
    assert words.endswith("more")
