"""Edits become changes byte by byte, or the whole proposal is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from gitbuddy.core.apply import apply
from gitbuddy.errors import Rejected
from gitbuddy.values import Change, DeleteFile, Edit, Replace, SourceFile, WriteFile

BOM = b"\xef\xbb\xbf"


def reader(files: Mapping[str, bytes], mode: int = 0o100644) -> Callable[[str], SourceFile | None]:
    return lambda path: SourceFile(path, files[path], mode) if path in files else None


def replaced(search: str, replace: str, line: int | None = None) -> tuple[Edit, ...]:
    return (Replace("f", search, replace, line),)


def written(content: str | bytes) -> tuple[Edit, ...]:
    return (WriteFile("f", content),)


EXACT: list[tuple[str, bytes, tuple[Edit, ...], bytes]] = [
    ("one line", b"a\nb\nc\n", replaced("b\n", "x\n"), b"a\nx\nc\n"),
    ("search without its last newline", b"a\nb\nc\n", replaced("b", "x"), b"a\nx\nc\n"),
    ("more lines", b"a\nb\nc\n", replaced("b\n", "x\ny\n"), b"a\nx\ny\nc\n"),
    ("fewer lines", b"a\nb\nc\n", replaced("a\nb\n", "x\n"), b"x\nc\n"),
    ("lines removed", b"a\nb\nc\n", replaced("b\n", ""), b"a\nc\n"),
    ("everything", b"a\n", replaced("a\n", "b\n"), b"b\n"),
    (
        "whole lines only",
        b"discount = 1\ncount = 1\n",
        replaced("count = 1\n", "count = 2\n"),
        b"discount = 1\ncount = 2\n",
    ),
    ("the exact place wins over a likely one", b"  a\na\n", replaced("a\n", "b\n"), b"  a\nb\n"),
    ("CRLF", b"a\r\nb\r\nc\r\n", replaced("b\n", "x\ny\n"), b"a\r\nx\r\ny\r\nc\r\n"),
    ("CRLF in the edit", b"a\nb\n", replaced("b\r\n", "x\r\n"), b"a\nx\n"),
    ("mixed endings", b"a\r\nb\nc\r\nd\n", replaced("c\n", "x\n"), b"a\r\nb\nx\r\nd\n"),
    ("mixed endings, kept lines inside", b"a\r\nb\nc\r\n", replaced("a\nb\nc\n", "a\nb\nx\n"), b"a\r\nb\nx\r\n"),
    ("mixed endings, a line added", b"a\nb\r\nc\n", replaced("b\n", "b\nx\n"), b"a\nb\r\nx\nc\n"),
    ("mixed endings, a line added at the end", b"a\nb\r\n", replaced("b\n", "b\nx\n"), b"a\nb\r\nx\r\n"),
    ("mixed endings, a line added, no final newline", b"a\nb\r\nc", replaced("c\n", "c\nx\n"), b"a\nb\r\nc\r\nx"),
    (
        "mixed endings, every other line",
        b"a\r\nb\nc\r\nd\ne\r\n",
        replaced("a\nb\nc\nd\ne\n", "a\nx\nc\ny\ne\n"),
        b"a\r\nx\nc\r\ny\ne\r\n",
    ),
    ("BOM", BOM + b"a\nb\n", replaced("a\n", "x\n"), BOM + b"x\nb\n"),
    ("no final newline, elsewhere", b"a\nb", replaced("a\n", "x\n"), b"x\nb"),
    ("no final newline, there", b"a\nb", replaced("b\n", "x\n"), b"a\nx"),
    ("no final newline, a line added", b"a\nb", replaced("b\n", "b\nc\n"), b"a\nb\nc"),
    ("no final newline, CRLF", b"a\r\nb", replaced("b\n", "b\nc\n"), b"a\r\nb\r\nc"),
    ("no final newline, one line", b"a", replaced("a\n", "x\ny\n"), b"x\ny"),
    ("the last line removed", b"a\nb", replaced("b\n", ""), b"a\n"),
    ("a lone CR is a character", b"a\rb\nc\n", replaced("c\n", "x\n"), b"a\rb\nx\n"),
    (
        "form feeds and line separators are characters",
        "a\x0cb\u2028c\nd\n".encode(),
        replaced("d", "x"),
        "a\x0cb\u2028c\nx\n".encode(),
    ),
    ("not ASCII", "grün\nrot\n".encode(), replaced("grün\n", "blau\n"), b"blau\nrot\n"),
    ("a hint among equals", b"a\nb\na\nb\n", replaced("a\n", "x\n", 3), b"a\nb\nx\nb\n"),
    ("a wrong hint on a single place", b"a\nb\n", replaced("b\n", "x\n", 77), b"a\nx\n"),
    (
        "hints count lines of the base",
        b"a\nb\na\nb\na\n",
        (Replace("f", "a\n", "1\n2\n3\n", 1), Replace("f", "a\n", "x\n", 5)),
        b"1\n2\n3\nb\na\nb\nx\n",
    ),
    (
        "hints below an edit move, also right below it",
        b"a\na\na\n",
        (Replace("f", "a\n", "1\n2\n", 1), Replace("f", "a\n", "x\n", 2)),
        b"1\n2\nx\na\n",
    ),
    (
        "hints above an edit stay",
        b"a\nb\na\nb\na\n",
        (Replace("f", "a\n", "1\n2\n3\n", 5), Replace("f", "a\n", "x\n", 3)),
        b"a\nb\nx\nb\n1\n2\n3\n",
    ),
    ("the same edit twice", b"a\nb\n", replaced("a\n", "a\nx\n") * 2, b"a\nx\nb\n"),
    ("the same edit twice for two places", b"a\nb\na\n", replaced("a\n", "x\n") * 2, b"x\nb\nx\n"),
    ("dots for nothing", b"a\n", replaced("a\n", "a\nb:\n  ...\n"), b"a\nb:\n  ...\n"),
    ("dots that were there", b"a:\n  b\n  ...\n", replaced("  b\n  ...\n", "  ...\n"), b"a:\n  ...\n"),
    ("a comment that names another file stays", b"a\n# b.py\n", written("c\n# b.py\n"), b"c\n# b.py\n"),
    ("a diff in a text", b"a\n", replaced("a\n", "-b\n+d\n"), b"-b\n+d\n"),
    ("dots for pass", b"a:\n  pass\n", replaced("  pass\n", "  ...\n"), b"a:\n  ...\n"),
    ("new entities", b"a\n", replaced("a\n", "a\nb &lt; c\n"), b"a\nb &lt; c\n"),
    ("neighbours", b"a\nb\n", (Replace("f", "a\n", "x\n"), Replace("f", "b\n", "y\n")), b"x\ny\n"),
    (
        "a shared line that stays",
        b"a\nb\nc\n",
        (Replace("f", "a\nb\n", "x\nb\n"), Replace("f", "b\nc\n", "b\ny\n")),
        b"x\nb\ny\n",
    ),
    ("in order", b"a\n", (Replace("f", "a\n", "b\n"), Replace("f", "b\n", "c\n")), b"c\n"),
    ("an empty search on an empty file", b"", replaced("", "x\n"), b"x\n"),
    ("a blank search on a blank file", b"\n\n", replaced("\n", "x\n"), b"x\n"),
]

NORMALISED: list[tuple[str, bytes, tuple[Edit, ...], bytes]] = [
    ("trailing white space in the file", b"a  \nb\t\n", replaced("a\nb\n", "a\nx\n"), b"a  \nx\n"),
    ("trailing white space in the search", b"a\nb\n", replaced("a \nb\n", "x\nb\n"), b"x\nb\n"),
    (
        "too little indentation",
        b"if x:\n    a\n    b\n",
        replaced("a\nb\n", "a\nif y:\n    c\n"),
        b"if x:\n    a\n    if y:\n        c\n",
    ),
    ("too much indentation", b"a\nb\n", replaced("    a\n    b\n", "    a\n    x\n"), b"a\nx\n"),
    ("tabs for tabs", b"\t\ta\n\t\t\tb\n", replaced("\ta\n\t\tb\n", "\ta\n\t\tx\n"), b"\t\ta\n\t\t\tx\n"),
    ("blank lines inside a shifted block", b"  a\n\n  b\n", replaced("a\n\nb\n", "a\n\nx\n"), b"  a\n\n  x\n"),
    ("a new blank line in a shifted block", b"  a\n", replaced("a\n", "a\n\nb\n"), b"  a\n\n  b\n"),
    ("a new line further out than the block", b"    a\n", replaced("  a\n", "b:\n  a\n"), b"  b:\n    a\n"),
    ("a kept line keeps its own form", b"    a  \n    b\n", replaced("a\nb\n", "a\nx\n"), b"    a  \n    x\n"),
    ("blank lines around the block", b"a\nb\nc\n", replaced("\nb\n\n", "\nx\n\n"), b"a\nx\nc\n"),
    ("blank lines around the search only", b"a\nb\nc\n", replaced("\nb\n", "x\n"), b"a\nx\nc\n"),
    ("a blank line below the search only", b"a\nb\nc\n", replaced("b\n\n", "x\n"), b"a\nx\nc\n"),
    ("tabs for steps of spaces", b"\ta\n\t\tb\n", replaced("    a\n        b\n", "    a\n    c\n"), b"\ta\n\tc\n"),
    ("steps of two", b"\ta\n\t\tb\n", replaced("  a\n    b\n", "    b\n"), b"\t\tb\n"),
    ("spaces for tabs", b"x\n    a\n", replaced("x\n\ta\n", "x\n\t\ta\n"), b"x\n        a\n"),
    ("numbers of a listing", b"a\n  b\n", replaced("1 | a\n2 |   b\n", "1 | a\n2 |   c\n"), b"a\n  c\n"),
    ("numbers in the search only", b"a\nb\n", replaced("1: a\n2: b\n", "a\nc\n"), b"a\nc\n"),
    ("numbers that are the file's own", b"1: a\n2: b\n", replaced("1: a\n2: b\n", "1: c\n2: b\n"), b"1: c\n2: b\n"),
    ("shifted, CRLF", b"  a\r\n  b\r\n", replaced("a\nb\n", "a\nx\n"), b"  a\r\n  x\r\n"),
]

WRITTEN: list[tuple[str, bytes, tuple[Edit, ...], bytes]] = [
    ("text", b"a\nb\n", written("x\n"), b"x\n"),
    ("CRLF stays", b"a\r\nb\r\n", written("a\nx\nb\n"), b"a\r\nx\r\nb\r\n"),
    ("BOM stays", BOM + b"a\n", written("x\n"), BOM + b"x\n"),
    ("BOM is not doubled", BOM + b"a\n", written("\ufeffx\n"), BOM + b"x\n"),
    ("BOM stays alone", BOM + b"a\n", written(""), BOM),
    ("no final newline stays", b"a\nb", written("a\nc\n"), b"a\nc"),
    ("mixed endings stay", b"a\r\nb\nc\r\n", written("a\nb\nx\nc\n"), b"a\r\nb\nx\r\nc\r\n"),
    ("an empty file", b"", written("x\n"), b"x\n"),
    ("bytes as they are", b"a\r\n", written(b"\xff\n"), b"\xff\n"),
    ("bytes over bytes", b"\xff\x00", written(b"\xfe\x00"), b"\xfe\x00"),
    ("write, then replace", b"a\n", (WriteFile("f", "b\n"), Replace("f", "b\n", "c\n")), b"c\n"),
    ("remove, then write", b"a\n", (DeleteFile("f"), WriteFile("f", "b\n")), b"b\n"),
]


@pytest.mark.parametrize(
    ("before", "edits", "after"), [pytest.param(*row[1:], id=row[0]) for row in EXACT + NORMALISED + WRITTEN]
)
def test_a_file_changes_where_it_was_edited_and_nowhere_else(
    before: bytes, edits: tuple[Edit, ...], after: bytes
) -> None:
    patch = apply(edits, reader({"f": before}))

    assert patch.changes == (Change("f", before, after),)


REFUSED: list[tuple[str, bytes, tuple[Edit, ...], str]] = [
    ("no such lines", b"a\nb\n", replaced("c\n", "x\n"), "not-found"),
    ("a part of a line", b"count = 10\n", replaced("count = 1\n", "count = 2\n"), "not-found"),
    ("other case", b"Total\n", replaced("total\n", "x\n"), "not-found"),
    ("white space inside a line", b"a = 1\n", replaced("a  = 1\n", "a = 2\n"), "not-found"),
    ("tabs for odd spaces", b"\ta\n", replaced("    a\n", "      b\n"), "not-found"),
    ("tabs in one place, more tabs in another", b"\ta\n\t\ta\n", replaced("    a\n", "    b\n"), "ambiguous"),
    ("one gap filled twice", b"a\nb\n", (Replace("f", "a\n", "a\nx\n"), Replace("f", "b\n", "y\nb\n")), "ambiguous"),
    ("one line twice", b"a\nb\n", (Replace("f", "a\n", "a\nx\n"), Replace("f", "a\n", "c\na\n")), "ambiguous"),
    ("twice for three places", b"a\na\na\n", replaced("a\n", "x\n") * 2, "ambiguous"),
    ("twice for two places that overlap", b"a\na\na\n", replaced("a\na\n", "x\n") * 2, "ambiguous"),
    ("dots for lines", b"a\nb\nc\n", replaced("a\nb\nc\n", "a\n...\n"), "elided-code"),
    ("dots for lines, whole", b"a\nb\nc\n", written("a\n...\nc\n"), "elided-code"),
    ("entities", b"a < b\nc\n", replaced("a < b\nc\n", "a &lt; b\nd\n"), "garbled-lines"),
    ("curly quotes, whole", b"a('b')\nc\n", written("a(\u2018b\u2019)\nd\n"), "garbled-lines"),
    ("a diff's marks", b"a\nb\nc\n", written("a\n-b\n+d\nc\n"), "garbled-lines"),
    ("a second file", b"a\nb\n", written("a\nc\n\n# src/b.py\nd\n"), "two-files"),
    ("an indented part", b"a:\n  b\n", written("  c\n"), "not-whole-file"),
    ("half of the outer lines", b"a\n b\nc\n d\ne\nf\n", written("a\n b\nc\n"), "not-whole-file"),
    ("nothing kept and far shorter", b"a:\n b\n c\n d\n e\n", written("x\ny\n"), "not-whole-file"),
    ("lines shifted by different steps", b"  a\n      b\n", replaced("a\nb\n", "x\n"), "not-found"),
    ("a new line that cannot follow the shift", b"a\nb\n", replaced("    a\n    b\n", "x\n    b\n"), "not-found"),
    ("two exact places", b"a\nb\na\n", replaced("a\n", "x\n"), "ambiguous"),
    ("overlapping places", b"a\na\na\n", replaced("a\na\n", "x\n"), "ambiguous"),
    ("two places but for white space", b"  a\n    a\n", replaced("a\n", "x\n"), "ambiguous"),
    ("two exact places and a wrong hint", b"a\nb\na\n", replaced("a\n", "x\n", 2), "ambiguous"),
    ("a hint counts for exact places only", b"  a\n    a\n", replaced("a\n", "x\n", 2), "ambiguous"),
    ("a hint with a blank line above", b"a\nb\na\n", replaced("\na\n", "\nx\n", 1), "ambiguous"),
    ("an empty search on a file with text", b"a\n", replaced("", "x\n"), "exists"),
    ("a blank search on a file with text", b"a\n\n", replaced("\n", "x\n"), "exists"),
    ("latin-1", b"gr\xfcn\nrot\n", replaced("rot\n", "blau\n"), "not-text"),
    ("latin-1, whole", b"gr\xfcn\n", written("blau\n"), "not-text"),
    ("NUL", b"a\0\nb\n", replaced("b\n", "x\n"), "not-text"),
    ("UTF-16", "a\nb\n".encode("utf-16"), replaced("b\n", "x\n"), "not-text"),
    ("a lone surrogate", b"a\n", replaced("a\n", "\ud800\n"), "not-text"),
    ("a lone surrogate, whole", b"a\n", written("\ud800\n"), "not-text"),
    ("nothing changes", b"a\nb\n", replaced("a\n", "a\n"), "no-change"),
    ("nothing changes but line endings", b"a\r\nb\r\n", written("a\nb\n"), "no-change"),
    ("there and back", b"a\n", (Replace("f", "a\n", "b\n"), Replace("f", "b\n", "a\n")), "no-change"),
    ("no edits", b"a\n", (), "no-change"),
    ("another file", b"a\n", (Replace("g", "a\n", "b\n"),), "not-found"),
    ("the removal of another file", b"a\n", (DeleteFile("g"),), "not-found"),
    ("a removed file", b"a\n", (DeleteFile("f"), Replace("f", "a\n", "b\n")), "not-found"),
    ("one good edit and one bad", b"a\nb\n", (*replaced("a\n", "x\n"), *replaced("c\n", "x\n")), "not-found"),
]


@pytest.mark.parametrize(("before", "edits", "code"), [pytest.param(*row[1:], id=row[0]) for row in REFUSED])
def test_a_doubtful_edit_refuses_the_whole_proposal(before: bytes, edits: tuple[Edit, ...], code: str) -> None:
    with pytest.raises(Rejected) as caught:
        apply(edits, reader({"f": before}))

    assert (caught.value.refused.stage, caught.value.refused.reason) == ("apply", code)


def test_a_new_file_is_plain_and_its_text_as_given() -> None:
    patch = apply((WriteFile("new/f", "a\r\nb"), Replace("g", "", "x\n")), reader({}))

    assert patch.changes == (Change("g", None, b"x\n"), Change("new/f", None, b"a\nb"))


def test_a_first_comment_that_names_the_file_stays_only_where_it_was() -> None:
    labelled = "# src/f.py\nx = 1\n"
    files = {"src/f.py": b"x = 0\n"}

    assert apply((WriteFile("src/f.py", labelled),), reader(files)).changes[0].after == b"x = 1\n"
    assert apply((WriteFile("src/f.py", labelled),), reader({})).changes[0].after == b"x = 1\n"
    files = {"src/f.py": b"# src/f.py\nx = 0\n"}
    assert apply((WriteFile("src/f.py", labelled),), reader(files)).changes[0].after == labelled.encode()


def test_a_file_keeps_its_mode() -> None:
    patch = apply(replaced("a\n", "b\n"), reader({"f": b"a\n"}, mode=0o100755))

    assert patch.changes == (Change("f", b"a\n", b"b\n", 0o100755),)


def test_a_removed_file_is_a_change_without_an_after() -> None:
    assert apply((DeleteFile("f"),), reader({"f": b"a\n"})).changes == (Change("f", b"a\n", None),)


def test_changes_are_sorted_and_unchanged_files_left_out() -> None:
    files = {"a": b"1\n", "b": b"2\n", "c": b"3\n"}
    edits = (Replace("c", "3\n", "x\n"), Replace("b", "2\n", "2\n"), Replace("a", "1\n", "x\n"))

    assert apply(edits, reader(files)).paths == ("a", "c")


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../f", "a//b", "a\0b", ".git/config", "a\\b", "a\ud800"])
def test_a_malformed_path_is_never_looked_up(path: str) -> None:
    def read(path: str) -> SourceFile | None:
        pytest.fail(f"looked up {path!r}")

    assert apply((WriteFile(path, "x\n"),), read).changes == (Change(path, None, b"x\n"),)


def words_of(edits: tuple[Edit, ...], before: bytes) -> str:
    with pytest.raises(Rejected) as caught:
        apply(edits, reader({"f": before}))
    return caught.value.refused.words


def test_a_miss_shows_the_block_the_count_and_the_nearest_lines() -> None:
    before = b"import os\n\n\ndef total(items):\n    return sum(items) + 1\n"
    words = words_of(
        (Replace("f", "import os\n", "import re\n"), Replace("f", "def total(item):\n    return sum(items)\n", "")),
        before,
    )

    assert "Edit 2 of f" in words
    assert "0 matches" in words
    assert "def total(items):\n    return sum(items) + 1" in words


def test_a_block_that_cannot_be_shifted_is_named_with_its_line() -> None:
    assert "at line 2, but its indentation" in words_of(replaced("    a\n", "x\n"), b"b\na\n")


def test_a_large_file_with_mixed_endings_is_rewritten_with_its_ends_kept() -> None:
    before = b"head\r\n" + b"".join(b"old %d\n" % number for number in range(1_500)) + b"tail\r\n"
    lines = ["head", *(f"new {number}" for number in range(1_500)), "tail"]
    patch = apply((WriteFile("f", "\n".join(lines) + "\n"),), reader({"f": before}))

    assert patch.changes[0].after == before.replace(b"old", b"new")


def test_several_places_are_counted_and_listed() -> None:
    words = words_of(replaced("a\n", "x\n"), b"a\nb\na\na\n")

    assert "occur 3 times, at lines 1, 3, 4" in words


def test_a_miss_says_so_when_the_new_lines_are_there_already() -> None:
    assert "in the file already" in words_of(replaced("old\n", "new\n"), b"new\n")


def test_a_miss_in_a_large_file_stays_short_and_quick() -> None:
    before = b"".join(b"value_%d = compute(%d)\n" % (number, number) for number in range(50_000))
    words = words_of(replaced("value_x = compute(77)\n" * 200, "x\n"), before)

    assert len(words) < 5_000
