"""Paths as models write them around a block."""

from __future__ import annotations

import pytest

from gitbuddy.core.formats.headers import comment_path, info_path, mentions, path_line

PATH_LINES = [
    ("src/a.py", "src/a.py"),
    ("  src/a.py  ", "src/a.py"),
    ("./src/a.py", "src/a.py"),
    ("**src/a.py**", "src/a.py"),
    ("***src/a.py***", "src/a.py"),
    ("`src/a.py`:", "src/a.py"),
    ("**`src/a.py`**:", "src/a.py"),
    ("### `src/a.py`", "src/a.py"),
    ("### File: src/a.py", "src/a.py"),
    ("**File: `src/a.py`**", "src/a.py"),
    ("File src/a.py:", "src/a.py"),
    ("Filename: a.py", "a.py"),
    ("File 2: a.py", "a.py"),
    ("**Updated file: src/a.py**", "src/a.py"),
    ("# src/a.py", "src/a.py"),
    ("#src/a.py", "src/a.py"),
    ("// src/a.ts", "src/a.ts"),
    ("<!-- docs/a.html -->", "docs/a.html"),
    ("/* a.css */", "a.css"),
    ("1. `src/a.py`", "src/a.py"),
    ("- src/a.py (new file)", "src/a.py"),
    ("[src/a.py]", "src/a.py"),
    ("app/(shop)/[id]/page.tsx", "app/(shop)/[id]/page.tsx"),
    ("Makefile", "Makefile"),
    (".gitignore", ".gitignore"),
    ("`my docs/a b.md`", "my docs/a b.md"),
    ("/etc/passwd", "/etc/passwd"),
    ("../x.py", "../x.py"),
]
NO_PATH_LINES = [
    "",
    "Here is a.py:",
    "def foo():",
    "self.x = 1",
    "os.path",
    "x / y",
    "# Title",
    "#!/usr/bin/env python",
    "a.py:12",
    "src/",
    "Update src/a.py",
    "//",
    "a.py b.py",
    "x" * 500 + ".py",
]
MENTIONS = [
    ("Here is the updated `src/a.py`:", ("src/a.py",)),
    ("In calc.py, fix the sum.", ("calc.py",)),
    ("Update `a.py` and src/b.py.", ("a.py", "src/b.py")),
    ("`a.py` again, a.py", ("a.py",)),
    ("It calls `os.path` with Node.js", ()),
    ("See https://example.org/docs/a.html for more", ()),
    ("Use either/or, and src/ too.", ()),
    ("Nothing here.", ()),
]


@pytest.mark.parametrize(("line", "path"), PATH_LINES)
def test_a_line_with_only_a_path_names_it(line: str, path: str) -> None:
    assert path_line(line) == path


@pytest.mark.parametrize("line", NO_PATH_LINES)
def test_a_line_with_anything_else_names_none(line: str) -> None:
    assert path_line(line) is None


@pytest.mark.parametrize(("line", "paths"), MENTIONS)
def test_a_sentence_may_mention_paths(line: str, paths: tuple[str, ...]) -> None:
    assert mentions(line) == paths


@pytest.mark.parametrize(
    ("info", "path"),
    [
        ("python src/a.py", "src/a.py"),
        ("python:src/a.py", "src/a.py"),
        ('python title="src/a.py"', "src/a.py"),
        ("{.python filename=./a.py}", "a.py"),
        ("python", None),
        ("makefile", None),
        ("a.py b.py", None),
    ],
)
def test_an_info_string_may_name_a_path(info: str, path: str | None) -> None:
    assert info_path(info) == path


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("# src/a.py", "src/a.py"),
        ("// a.ts", "a.ts"),
        ("-- q.sql", "q.sql"),
        ("# README.md", None),
        ("<!-- README.md -->", "README.md"),
        ("#!/bin/sh", None),
        ("src/a.py", None),
        ("# and/or", None),
    ],
)
def test_a_first_comment_may_name_a_path(line: str, path: str | None) -> None:
    assert comment_path(line) == path
