"""The files of a command line, by their paths from the top of the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitbuddy.mending.hand import files_of
from gitbuddy.testing.repo import RepoBuilder


@pytest.fixture
def top(tmp_path: Path) -> Path:
    builder = RepoBuilder(tmp_path / "repo")
    files = {"a.py": "", "sub/b.py": "", "sub/deep/c.py": "", "..odd": "", "sub/..odd": "", "d..e": ""}
    builder.commit("start", files=files)
    return builder.path.resolve()


@pytest.mark.parametrize(
    ("folder", "given", "expected"),
    [
        ("", "a.py", "a.py"),
        ("", "./a.py", "a.py"),
        ("", "sub//b.py", "sub/b.py"),
        ("", "sub/./b.py", "sub/b.py"),
        ("", "sub/../a.py", "a.py"),
        ("", "..odd", "..odd"),
        ("", "sub/..odd", "sub/..odd"),
        ("", "d..e", "d..e"),
        ("sub", "b.py", "sub/b.py"),
        ("sub", "../a.py", "a.py"),
        ("sub", "deep/c.py", "sub/deep/c.py"),
    ],
)
def test_however_a_file_is_written_it_is_the_same_one(top: Path, folder: str, given: str, expected: str) -> None:
    assert files_of(top, top / folder, [given]) == (expected,)
    assert files_of(top, top / folder, [str(top / expected)]) == (expected,)


@pytest.mark.parametrize("given", ["sub/deep", "sub/deep/", "./sub/deep", "sub/deep/."])
def test_a_folder_stands_for_its_tracked_files(top: Path, given: str) -> None:
    assert files_of(top, top, [given]) == ("sub/deep/c.py",)


@pytest.mark.parametrize("given", ["gone.py", "../a.py", "/etc/passwd", ".git/config", "sub/../.git/config", ".."])
def test_a_path_that_is_not_there_or_not_of_the_checkout_is_refused(top: Path, given: str) -> None:
    with pytest.raises(ValueError, match=r"no such file|leads out"):
        files_of(top, top, [given])
