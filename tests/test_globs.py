"""Globs over repository paths."""

from __future__ import annotations

import pytest

from gitbuddy.globs import is_glob, matches

MATCHING = [
    ("src/a.py", "src/a.py"),
    ("src", "src/a.py"),
    ("src/", "src/deep/a.py"),
    ("src", "lib/src/a.py"),
    ("*.py", "a.py"),
    ("*.py", "deep/er/a.py"),
    ("src/*.py", "src/a.py"),
    ("/a.py", "a.py"),
    ("/src/*.py", "src/a.py"),
    ("**", "a"),
    ("**", "a/b/c"),
    ("*", "a"),
    ("**/a.py", "a.py"),
    ("**/a.py", "x/y/a.py"),
    ("src/**", "src/a.py"),
    ("src/**", "src/x/y/a.py"),
    ("src/**/a.py", "src/a.py"),
    ("src/**/a.py", "src/x/y/a.py"),
    ("src/**/x/**/a.py", "src/1/x/2/x/3/a.py"),
    ("a?.py", "ab.py"),
    ("[ab].py", "b.py"),
    ("[!ab].py", "c.py"),
    ("docs/*/", "docs/x/y/z.md"),
    ("*.lock", ".hidden.lock"),
]
NOT_MATCHING = [
    ("src/a.py", "src/b.py"),
    ("src/a.py", "lib/src/a.py"),
    ("/src", "lib/src/a.py"),
    ("/a.py", "deep/a.py"),
    ("src/*.py", "src/deep/a.py"),
    ("src/*", "src/deep/a.py"),
    ("src/**", "src"),
    ("src/**", "srcs/a.py"),
    ("**/a.py", "ba.py"),
    ("a?.py", "a/.py"),
    ("[ab].py", "c.py"),
    ("*.py", "a.pyc"),
    ("*.PY", "a.py"),
    ("src/**/a.py", "src/a.pyx"),
    ("!src/a.py", "src/a.py"),
    ("", "a"),
]


@pytest.mark.parametrize(("pattern", "path"), MATCHING)
def test_a_glob_stands_for_a_path(pattern: str, path: str) -> None:
    assert matches(pattern, path)


@pytest.mark.parametrize(("pattern", "path"), NOT_MATCHING)
def test_a_glob_does_not_stand_for_a_path(pattern: str, path: str) -> None:
    assert not matches(pattern, path)


def test_many_wildcards_take_no_exponential_time() -> None:
    path = "/".join("a" * 40)

    assert not matches("**/a/" * 40 + "b", path)
    assert not matches("*a" * 60 + "b", "a" * 2000)


@pytest.mark.parametrize(("pattern", "expected"), [("a*", True), ("a?", True), ("[ab]", True), ("a/b.py", False)])
def test_wildcards_make_a_glob(pattern: str, expected: bool) -> None:
    assert is_glob(pattern) is expected
