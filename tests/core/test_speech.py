"""What of a reply counts as said."""

from __future__ import annotations

import pytest

from gitbuddy.core.formats import spoken
from gitbuddy.errors import Rejected

SAID = [
    ("x\r\ny", "x\ny"),
    ("\ufeffx", "x"),
    ("<think>a</think>x", "x"),
    ("<think>a</think><thinking>b</thinking>x", "x"),
    ("Well.\n<think>\na\n</think>\nx", "Well.\nx"),
    ("a\n</think>\nx", "\nx"),
    ("\u25c1think\u25b7a\u25c1/think\u25b7x", "x"),
    ("<|begin_of_thought|>a<|end_of_thought|>\nx", "\nx".removeprefix("\n")),
    ("```\n<think>\n```\nx", "```\n<think>\n```\nx"),
    ("~~~\n```\n<think>\n~~~\nx", "~~~\n```\n<think>\n~~~\nx"),
    ("<<<<<<< SEARCH\n<think>\n=======\n>>>>>>> REPLACE", "<<<<<<< SEARCH\n<think>\n=======\n>>>>>>> REPLACE"),
    ("<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE\n<think>a</think>", "<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE"),
    ("x</s>\n<|end|> </s>", "x"),
    ("x</s> y", "x</s> y"),
    ("<|im_start|>assistant\nx<|im_end|>\n<|im_start|>user\ny", "x"),
    ('EOS = "<|im_end|>"\nx', 'EOS = "<|im_end|>"\nx'),
    ("<|channel|>final<|message|>x<|return|>", "x"),
    ("<|start|>assistant<|channel|>analysis<|message|>a<|end|><|channel|>final<|message|>x", "x"),
    ("<|channel|>commentary<|message|>a<|end|><|channel|>commentary to=f<|message|>x<|call|>", "x"),
    ("a <|channel|>final<|message|>x", "a <|channel|>final<|message|>x"),
]


@pytest.mark.parametrize(("reply", "said"), SAID)
def test_what_is_not_for_us_is_left_out(reply: str, said: str) -> None:
    assert spoken(reply) == said


@pytest.mark.parametrize(
    "reply", ["<think>a", "Well.\n<thinking>a\n", "[THINK]a[/THINK][THINK]b", "<|channel|>analysis<|message|>a"]
)
def test_a_reply_that_never_stops_thinking_is_refused(reply: str) -> None:
    with pytest.raises(Rejected, match="no-edit"):
        spoken(reply)
