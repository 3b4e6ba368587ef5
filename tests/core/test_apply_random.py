"""For random files and random edits with a fixed seed: bytes outside the edited lines are identical."""

from __future__ import annotations

import random

import pytest

from gitbuddy.core.apply import apply
from gitbuddy.core.text import read_text
from gitbuddy.errors import Rejected
from gitbuddy.values import Edit, Replace, SourceFile, WriteFile

WORDS = ["", "  ", "x", "return x", "    return x", "\treturn", "grün", "a\rb", "# \u2028", "def f():", "}", "x  "]


def random_file(dice: random.Random) -> bytes:
    endings = dice.choice([["\n"], ["\r\n"], ["\n", "\r\n"]])
    lines = [f"{dice.choice(WORDS)} {number}" + dice.choice(endings) for number in range(dice.randint(1, 30))]
    text = "".join(lines)
    if dice.random() < 0.3:
        text = text.rstrip("\r\n")
    return (b"\xef\xbb\xbf" if dice.random() < 0.3 else b"") + text.encode()


def pieces(data: bytes) -> list[bytes]:
    """Lines with their endings, joined back exactly; split by hand, so that the test has its own idea of a line."""
    parts = [part + b"\n" for part in data.split(b"\n")]
    parts[-1] = parts[-1][:-1]
    return [part for part in parts if part]


@pytest.mark.parametrize("seed", range(300))
def test_bytes_outside_an_edit_are_identical(seed: int) -> None:
    dice = random.Random(seed)
    before = random_file(dice)
    text = read_text(before)
    assert text is not None
    start = dice.randrange(len(text.lines))
    end = dice.randint(start + 1, min(start + 4, len(text.lines)))
    search = "".join(line + "\n" for line in text.contents[start:end])
    new = "".join(f"new {dice.randrange(10**6)}\n" for _ in range(dice.randint(0, 4)))
    after = apply((Replace("f", search, new),), lambda path: SourceFile(path, before)).changes[0].after

    assert after is not None
    head = b"".join(pieces(before)[:start])
    tail = b"".join(pieces(before)[end:])
    assert after.startswith(head)
    assert after.endswith(tail)
    inside = after[len(head) : len(after) - len(tail)].replace(b"\r\n", b"\n").removeprefix(b"\xef\xbb\xbf").decode()
    assert inside.rstrip("\n") == new.rstrip("\n")


@pytest.mark.parametrize("seed", range(100))
def test_a_whole_file_given_back_with_one_more_line_keeps_all_others(seed: int) -> None:
    dice = random.Random(seed)
    before = random_file(dice)
    text = read_text(before)
    assert text is not None
    at = dice.randint(0, len(text.lines) - 1)
    contents = [*text.contents[:at], "one new line", *text.contents[at:]]
    edit: Edit = WriteFile("f", "".join(line + "\n" for line in contents))
    after = apply((edit,), lambda path: SourceFile(path, before)).changes[0].after

    assert after is not None
    assert [part for part in pieces(after) if b"one new line" not in part] in (
        pieces(before),
        [part.removeprefix(b"\xef\xbb\xbf") for part in pieces(before)],
    )


@pytest.mark.parametrize("seed", range(100))
def test_a_file_given_back_as_it_was_shown_changes_nothing(seed: int) -> None:
    before = random_file(random.Random(seed))
    shown = before.decode().replace("\r\n", "\n")
    edit: Edit = WriteFile("f", shown if shown.endswith("\n") else shown + "\n")

    with pytest.raises(Rejected, match="no-change"):
        apply((edit,), lambda path: SourceFile(path, before))


@pytest.mark.parametrize("seed", range(100))
def test_reading_and_writing_a_text_are_inverse(seed: int) -> None:
    data = random_file(random.Random(seed))
    text = read_text(data)

    assert text is not None
    assert text.data == data
