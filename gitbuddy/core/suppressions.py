"""Comments that tell a linter to look away."""

from __future__ import annotations

import re
from collections import Counter

from gitbuddy.values import Change, Patch

MARKS = re.compile(
    r"\bnoqa\b|\btype: *ignore\b|\b(?:pylint|shellcheck|rubocop): *disable|\bshellcheck +disable="
    r"|\b(?:ruff|flake8|isort): *(?:noqa|skip|off|disable|ignore)|\bfmt: *(?:off|skip)\b|\b(?:mypy|pyright): *ignore"
    r"|\b(?:eslint|biome|prettier|stylelint|markdownlint|tslint|oxlint)[-:](?:disable|ignore)[\w-]*|@ts-(?:ignore|nocheck|expect-error)"
    r"|\bNOLINT\w*|\bnolint\b|\bclang-format +off\b|\bnosec\b|\bnoinspection\b|#!?\[(?:allow|expect)\("
    r"|@SuppressWarnings|#pragma +(?:GCC|clang) +diagnostic +ignored|\bno-?lint\b",
    re.IGNORECASE,
)


def silenced(patch: Patch) -> str:
    """The first such comment that the patch adds; empty when it adds none."""
    return next((mark for change in patch.changes if (mark := _added(change))), "")


def _added(change: Change) -> str:
    added = _count(change.after) - _count(change.before)
    return f"{change.path}: {min(added)}" if added else ""


def _count(data: bytes | None) -> Counter[str]:
    return Counter(MARKS.findall((data or b"").decode("utf-8", "replace")))
