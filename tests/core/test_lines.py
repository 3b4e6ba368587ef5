"""Counting changed lines: as git counts them, and in bounded time."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from gitbuddy.core.lines import changed_lines, surviving_share

COUNTS = [
    (None, b"a\nb\n", 2),
    (b"a\nb\n", None, 2),
    (b"", b"", 0),
    (b"a\n", b"a\n", 0),
    (b"a\nb\nc\n", b"a\nx\nc\n", 2),
    (b"a\nb\nc\n", b"a\nc\n", 1),
    (b"a\nb", b"a\nb\n", 0),
    (b"a\r\nb\r\n", b"a\nb\n", 4),
    (b"a\nb\nc\nd\n", b"d\na\nb\nc\n", 2),
    (b"1\n2\n3\n", b"4\n5\n", 5),
    (b"a\na\na\n", b"a\na\n", 1),
]


@pytest.mark.parametrize(("before", "after", "count"), COUNTS)
def test_added_and_removed_lines_are_counted(before: bytes | None, after: bytes | None, count: int) -> None:
    assert changed_lines(before, after) == count


@pytest.mark.parametrize("seed", range(5))
def test_the_count_is_that_of_git(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    old = [b"%d\n" % dice.randrange(40) for _ in range(120)]
    more = [b"more %d\n" % dice.randrange(9) for _ in range(20)]
    new = [*old[:9], *(line for line in old[9:60] if dice.random() > 0.2), *more, *old[70:]]
    (tmp_path / "old").write_bytes(b"".join(old))
    (tmp_path / "new").write_bytes(b"".join(new))
    command = ["git", "diff", "--no-index", "--minimal", "--numstat", "old", "new"]
    added, removed, _ = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).stdout.split(maxsplit=2)

    assert changed_lines(b"".join(old), b"".join(new)) == int(added) + int(removed)


def test_small_changes_far_apart_in_a_large_file_are_counted_exactly() -> None:
    before = [b"line %d\n" % number for number in range(20_000)]
    after = [b"first\n", *before[1:-1], b"last\n"]

    assert changed_lines(b"".join(before), b"".join(after)) == 4


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\n" * 200_000, b"x\n\n" * 70_000),
        (b"a\nb\n" * 50_000, b"b\nb\na\n" * 33_000),
        (b"".join(b"%d\n" % n for n in range(20_000)), b"".join(b"%d\n" % n for n in reversed(range(20_000)))),
    ],
)
def test_hostile_files_are_counted_too_high_to_pass(before: bytes, after: bytes) -> None:
    assert changed_lines(before, after) > 20


def test_the_surviving_share_counts_lines_with_text_in_any_order() -> None:
    assert surviving_share(b"a\n\nb\nc\nd\n", b"  d\nx\n") == 0.25
    assert surviving_share(b"\n\n", b"") == 1.0
