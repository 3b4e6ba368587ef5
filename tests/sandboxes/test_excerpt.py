"""Output in constant memory."""

from __future__ import annotations

import pytest

from gitbuddy.sandboxes.excerpt import Excerpt

CASES: tuple[tuple[list[bytes], bytes], ...] = (
    ([], b""),
    ([b"abc"], b"abc"),
    ([b"12345", b"67890"], b"1234567890"),
    ([b"12345", b"678901"], b"12345\n[... 1 bytes left out ...]\n78901"),
    ([b"x" * 100], b"xxxxx\n[... 90 bytes left out ...]\nxxxxx"),
    ([b"%d" % (number % 10) for number in range(1000)], b"01234\n[... 990 bytes left out ...]\n56789"),
)


@pytest.mark.parametrize(("chunks", "expected"), CASES)
def test_head_and_tail_are_kept_and_the_gap_is_named(chunks: list[bytes], expected: bytes) -> None:
    excerpt = Excerpt(10)
    for chunk in chunks:
        excerpt.add(chunk)

    assert excerpt.read() == expected
