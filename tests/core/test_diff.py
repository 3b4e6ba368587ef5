from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from made import change, patch

from gitbuddy.core.diff import changed_lines, unified
from gitbuddy.values import Change


def test_a_diff_as_people_know_it() -> None:
    edited = change("a.py", "one\ntwo\nthree\n", "one\n2\nthree\n")

    assert unified(patch(edited)) == "--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(change("n", None, "x\n"), "--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n", id="new"),
        pytest.param(change("n", "x\n", None), "--- a/n\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n", id="removed"),
        pytest.param(change("n", None, ""), "--- /dev/null\n+++ b/n\n", id="new and empty"),
        pytest.param(change("n", b"\xff", b"\xff\xfe\n"), "Binary file n differs: 1 -> 3 bytes\n", id="no text"),
        pytest.param(change("n", None, b"\xff"), "Binary file n differs: 0 -> 1 bytes\n", id="new and no text"),
        pytest.param(
            change("n", "x\n" * 15_000, "y\n" * 6_000),
            "File n differs, too long to show: 30000 -> 12000 bytes\n",
            id="too long",
        ),
    ],
)
def test_special_changes(made: Change, expected: str) -> None:
    assert unified(patch(made)) == expected


def test_no_changes_no_diff() -> None:
    assert unified(patch(change(before="a\n", after="a\n"))) == "--- a/src/shop.py\n+++ b/src/shop.py\n"
    assert changed_lines(patch(change(before="a\n", after="a\n"))) == (0, 0)


EDITS = {
    "middle": (b"a\nb\nc\n", b"a\nB\nc\n"),
    "CRLF": (b"a\r\nb\r\n", b"a\r\nB\r\n"),
    "CR within a line": (b"a\rb\nc\n", b"a\rb\nC\n"),
    "final newline lost": (b"a\nb\n", b"a\nb"),
    "final newline gained": (b"a\nb", b"a\nb\n"),
    "never a final newline": (b"a\nb", b"a\nc"),
    "form feed": (b"a\x0cb\nc\n", b"a\x0cb\nC\n"),
    "Unicode line ends": ("a\u2028b\x85c\x1cd\nz\n".encode(), "a\u2028b\x85c\x1cd\nZ\n".encode()),
    "lines like headers": (b"-- one\n++ two\nx\n", b"-- uno\n++ due\nx\n"),
    "far apart": (b"a\n" + b"x\n" * 30 + b"b\n", b"A\n" + b"x\n" * 30 + b"B\n"),
    "BOM": (b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfb\n"),
}


@pytest.mark.parametrize(("before", "after"), EDITS.values(), ids=EDITS)
def test_git_reads_it_as_the_change_that_it_is(before: bytes, after: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(before)
    text = unified(patch(change("a.txt", before, after)))
    subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], cwd=tmp_path, input=text.encode(), check=True)

    assert (tmp_path / "a.txt").read_bytes() == after


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a\nb\n", "a\nB\nc\n", (2, 1)),
        (None, "a\nb\n", (2, 0)),
        ("a\nb\n", None, (0, 2)),
        (None, "", (0, 0)),
        ("-- a\n++ b\n", "-- c\n++ d\n", (2, 2)),
        ("x\n", "x\x0c+y\n", (1, 1)),
        ("a", "a\n", (1, 1)),
        (b"\xff", b"\xfe", (0, 0)),
    ],
)
def test_counts_changed_lines(before: str | bytes | None, after: str | bytes | None, expected: tuple[int, int]) -> None:
    assert changed_lines(patch(change("a.txt", before, after))) == expected


def test_counts_over_all_files() -> None:
    assert changed_lines(patch(change("a", None, "x\n"), change("b", "y\n", None), change("c", "1\n", "2\n"))) == (2, 2)
