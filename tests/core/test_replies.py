"""Replies as small models write them, one file each in `replies/`: reproduced byte for byte, or refused with a reason.

The right outcome is the edit that a careful reader would be certain was meant. Where a reader could not be certain,
the reply is refused, with words that say what to write instead; no likeness is ever taken for a match.

A reply's file begins with what is typical about it, then `task:` (paths; without it the task has `src/price.py`) and
`refused:` (stage and reason) where they apply. Lines of four percent signs begin its parts: `before PATH`, `reply`,
`after PATH`, `gone PATH`. Behind them `bom`, `crlf` and `open` (no final newline) say what a page cannot show.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gitbuddy.core.apply import apply
from gitbuddy.core.formats import parse
from gitbuddy.errors import Rejected
from gitbuddy.values import SourceFile

FOLDER = Path(__file__).parent / "replies"
NAMES = sorted(path.stem for path in FOLDER.glob("*.txt") if path.stem != "project")
MARK = "%%%% "


@dataclass(frozen=True, slots=True)
class Case:
    """One reply with its task, the files it meets, and what must become of them: `after`, or `refused`."""

    task: tuple[str, ...]
    refused: str
    reply: str
    before: Mapping[str, bytes]
    after: Mapping[str, bytes | None]


def case(name: str) -> Case:
    head, *parts = re.split(rf"^{MARK}", (FOLDER / f"{name}.txt").read_text("utf-8"), flags=re.MULTILINE)
    said = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    before: dict[str, bytes] = {}
    after: dict[str, bytes | None] = {}
    reply = ""
    for part in parts:
        first, body = part.split("\n", 1)
        what, *words = first.split()
        if what == "reply":
            reply = bytes_of(body, words).decode("utf-8")
        elif what == "gone":
            after[words[0]] = None
        else:
            assert what in ("before", "after")
            target: dict[str, Any] = before if what == "before" else after
            target[words[0]] = bytes_of(body, words[1:])
    if name != "project" and not before:
        before = dict(case("project").before)
    return Case(tuple(said.get("task", "src/price.py").split()), said.get("refused", ""), reply, before, after)


def bytes_of(body: str, words: list[str]) -> bytes:
    text = body.removesuffix("\n") if "open" in words else body
    text = text.replace("\n", "\r\n") if "crlf" in words else text
    return (b"\xef\xbb\xbf" if "bom" in words else b"") + text.encode("utf-8")


def outcome(reply: str, given: Case) -> dict[str, bytes | None]:
    """The files that the reply changes, by path. Raises `Rejected`."""
    files = given.before
    edits = parse(reply, given.task)
    patch = apply(edits, lambda path: SourceFile(path, files[path]) if path in files else None)
    assert all(change.before == files.get(change.path) for change in patch.changes)
    return {change.path: change.after for change in patch.changes}


@pytest.mark.parametrize("name", NAMES)
def test_a_reply_is_reproduced_or_refused_and_never_a_wrong_file(name: str) -> None:
    given = case(name)
    became: object
    words = ""
    try:
        became = outcome(given.reply, given)
    except Rejected as rejected:
        became = f"{rejected.refused.stage} {rejected.refused.reason}"
        words = rejected.refused.words

    assert became == (given.refused or given.after)
    assert bool(given.refused) == (len(words) > 20)


def test_there_are_many_replies_and_each_says_what_is_typical_about_it() -> None:
    heads = [(FOLDER / f"{name}.txt").read_text("utf-8").splitlines()[0] for name in NAMES]

    assert len(heads) >= 80
    assert all(head.endswith(".") for head in heads)
    assert all(bool(case(name).refused) != bool(case(name).after) for name in NAMES)
