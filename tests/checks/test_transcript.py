"""What people and models are shown of a check's output."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitbuddy.checks.transcript import transcript
from gitbuddy.values import Mounts

MOUNTS = Mounts(Path("/cache/slot"), Path("/home/una/repo"))
CASES = (
    (b"\x1b[31mFAILED\x1b[0m a.py", "FAILED a.py"),
    (b"\x1b]0;title\x07x\x1b]8;;http://e\x1b\\y", "xy"),
    (b"\x1bcx\x1b(By", "xy"),
    (b"10%\r20%\r100%\ndone\r\n", "100%\ndone\n"),
    (b"/home/una/repo/src/a.py:1: no\n", "src/a.py:1: no\n"),
    (b'File "/cache/slot/a.py"', 'File "a.py"'),
    (b"bad \xff byte", "bad \ufffd byte"),
    (b"bell\x07 null\x00 back\x08", "bell null back"),
    (
        "bidi \u202e zero \u200b tag \U000e0041 c1 \x85".encode(),
        "bidi \\u{202e} zero \\u{200b} tag \\u{e0041} c1 \\u{85}",
    ),
)
NO_OPS = ("", "plain\n", "tab\there\n", "ünïcödé ✓ 漢字\n", "/home/una/repository/a.py\n", "a/home/una/repo/x\n")


@pytest.mark.parametrize(("given", "expected"), CASES)
def test_output_is_cleaned(given: bytes, expected: str) -> None:
    assert transcript(given, MOUNTS) == expected


@pytest.mark.parametrize("text", NO_OPS)
def test_ordinary_text_stays(text: str) -> None:
    assert transcript(text.encode(), MOUNTS) == text
