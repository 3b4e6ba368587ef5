"""A check's output as text that is safe to show: no escape codes, nothing hidden, paths as in the project."""

from __future__ import annotations

import re
import unicodedata

from gitbuddy.values import Mounts

# CSI and OSC sequences and the short escapes of ECMA-48 and ECMA-35.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")
_OVERWRITTEN = re.compile(r"[^\n]*\r(?!\n)")


def transcript(output: bytes, mounts: Mounts) -> str:
    """Decode and clean what a command printed; absolute paths into the worktree become relative."""
    text = _ESCAPES.sub("", output.decode("utf-8", "replace")).replace("\r\n", "\n")
    text = _OVERWRITTEN.sub("", text)  # what a progress bar has painted over
    for folder in (str(mounts.worktree), str(mounts.at)):
        text = re.sub(rf"(?<![\w.-]){re.escape(folder)}/", "", text)
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cs"):
        return character
    return "" if ord(character) < 0x20 else f"\\u{{{ord(character):x}}}"
