"""Thinking in the content, however it is cut into pieces."""

from __future__ import annotations

import pytest

from gitbuddy.proposers.thinking import Apart

WHOLE: list[tuple[str, str, str]] = [
    ("", "", ""),
    ("plain", "", "plain"),
    ("<think>hm</think>\n\nfine", "hm", "\n\nfine"),
    ("\n<thinking>a < b</thinking>fine", "a < b", "fine"),
    ("<thought>one</thought><think>two</think>fine", "onetwo", "fine"),
    ("<think>a</think>\n<thing>", "a", "\n<thing>"),
    ("<think>no end", "no end", ""),
    ("<think>wrong </thought> end", "wrong </thought> end", ""),
    ("<think>almost</thin", "almost</thin", ""),
    ("<thin", "", "<thin"),
    ("  \r\n", "", "  \r\n"),
    ("x <think>not at the start</think>", "", "x <think>not at the start</think>"),
    ("reasoning\n</think>\nfine", "", "reasoning\n</think>\nfine"),
    ("<think></think>", "", ""),
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(("text", "thinking", "content"), WHOLE)
def test_thinking_at_the_start_is_kept_apart(text: str, thinking: str, content: str, size: int) -> None:
    apart = Apart()
    parts = [apart.feed(text[start : start + size]) for start in range(0, len(text), size)] + [apart.rest()]

    assert "".join(part[0] for part in parts) == thinking
    assert "".join(part[1] for part in parts) == content


def test_thinking_is_told_as_it_comes() -> None:
    apart = Apart()

    assert apart.feed("<think>a long thought") == ("a long ", "")
