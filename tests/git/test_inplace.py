"""Writing to the user's own files: whole or not at all, and only where they are what they were."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gitbuddy.errors import GitbuddyError
from gitbuddy.git import inplace
from gitbuddy.values import Change


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "top/sub").mkdir(parents=True)
    (tmp_path / "git").mkdir()
    (tmp_path / "top/sub/a.txt").write_bytes(b"old\n")
    return tmp_path / "top"


def write(top: Path, path: str = "sub/a.txt", before: bytes = b"old\n") -> str:
    return inplace.write(top, top.parent / "git", Change(path, before, b"new\n", 0o100644))


def test_a_file_is_replaced_and_keeps_its_mode(top: Path) -> None:
    (top / "sub/a.txt").chmod(0o640)

    assert write(top) == ""
    assert (top / "sub/a.txt").read_bytes() == b"new\n"
    assert (top / "sub/a.txt").stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in top.rglob("*")) == ["a.txt", "sub"]
    assert list((top.parent / "git/gitbuddy-new").iterdir()) == []


def test_a_file_that_was_edited_meanwhile_is_left_alone(top: Path) -> None:
    assert write(top, before=b"older\n") == "it was changed meanwhile"
    assert (top / "sub/a.txt").read_bytes() == b"old\n"


def test_no_link_is_followed(top: Path) -> None:
    (top.parent / "outside").mkdir()
    (top.parent / "outside/a.txt").write_bytes(b"old\n")
    (top / "link").symlink_to(top.parent / "outside")
    (top / "name.txt").symlink_to(top / "sub/a.txt")

    assert write(top, "link/a.txt").startswith("its folder cannot be opened")
    assert write(top, "name.txt") == "it is no regular file"
    assert (top.parent / "outside/a.txt").read_bytes() == (top / "sub/a.txt").read_bytes() == b"old\n"


def test_a_file_with_two_names_is_left_alone(top: Path) -> None:
    os.link(top / "sub/a.txt", top.parent / "b.txt")

    assert write(top) == "it has other names (hard links)"


def test_what_is_gone_stays_gone(top: Path) -> None:
    (top / "sub/a.txt").unlink()

    assert write(top) == "it is gone"
    assert not (top / "sub/a.txt").exists()


@pytest.mark.parametrize("path", ["../x/a.txt", ".git/config", "sub/../a.txt"])
def test_a_path_that_leads_out_is_a_bug(top: Path, path: str) -> None:
    with pytest.raises(GitbuddyError, match="not a path inside a worktree"):
        write(top, path)


def test_leftovers_of_a_killed_process_are_swept(top: Path) -> None:
    write(top)
    (top.parent / "git/gitbuddy-new/left").write_bytes(b"half")

    inplace.sweep(top.parent / "git")

    assert list((top.parent / "git/gitbuddy-new").iterdir()) == []


def test_where_the_repository_is_on_another_disk_the_file_is_whole_all_the_same(
    top: Path,
) -> None:
    shared = Path("/dev/shm")
    if shared.stat().st_dev == top.stat().st_dev:
        pytest.skip("there is one filesystem only")
    staging = shared / f"gitbuddy-test-{os.getpid()}"
    staging.mkdir()
    try:
        assert inplace.write(top, staging, Change("sub/a.txt", b"old\n", b"new\n", 0o100644)) == ""
    finally:
        inplace.sweep(staging)
        (staging / inplace.STAGING).rmdir()
        staging.rmdir()
    assert (top / "sub/a.txt").read_bytes() == b"new\n"
    assert sorted(path.name for path in top.rglob("*")) == ["a.txt", "sub"]
