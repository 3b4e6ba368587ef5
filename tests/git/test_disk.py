"""Writing and removing below one folder, never through a symlink."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitbuddy.errors import GitbuddyError
from gitbuddy.git.disk import Disk


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret").write_text("mine")
    return folder


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "top").mkdir()
    (tmp_path / "trash").mkdir()
    return tmp_path / "top"


@pytest.fixture
def disk(tmp_path: Path, top: Path) -> Iterator[Disk]:
    disk = Disk(top, tmp_path / "trash")
    yield disk
    disk.close()


def test_files_come_with_bytes_exec_bit_and_time(disk: Disk, top: Path) -> None:
    disk.write(b"a/b/c", 0o100755, b"\r\n\xff", 1_700_000_000)
    disk.write(b"plain", 0o100644, b"x", 1_700_000_001)

    assert (top / "a/b/c").read_bytes() == b"\r\n\xff"
    assert (top / "a/b/c").stat().st_mode & 0o777 == 0o755
    assert (top / "plain").stat().st_mode & 0o777 == 0o644
    assert (top / "a/b/c").stat().st_mtime == 1_700_000_000
    assert [path.name for path in (top / "a/b").iterdir()] == ["c"]


def test_a_symlink_is_replaced_not_followed(disk: Disk, top: Path, outside: Path) -> None:
    (top / "link").symlink_to(outside / "secret")
    (top / "folder").symlink_to(outside)
    disk.write(b"link", 0o100644, b"new", 1)
    disk.write(b"folder/secret", 0o100644, b"new", 1)

    assert (outside / "secret").read_text() == "mine"
    assert (top / "link").read_text() == (top / "folder/secret").read_text() == "new"
    assert not (top / "folder").is_symlink()


def test_a_hard_link_is_left_behind(disk: Disk, top: Path, outside: Path) -> None:
    os.link(outside / "secret", top / "twin")
    disk.write(b"twin", 0o100644, b"new", 1)

    assert (outside / "secret").read_text() == "mine"


@pytest.mark.parametrize("what", ["file", "folder", "fifo", "symlink", "nothing"])
def test_whatever_stands_in_the_way_goes(disk: Disk, top: Path, outside: Path, what: str) -> None:
    put(top / "x", what, outside)
    put(top / "y", what, outside)
    disk.write(b"x", 0o100644, b"new", 1)
    disk.write(b"y/inner", 0o100644, b"new", 1)

    assert (top / "x").read_text() == (top / "y/inner").read_text() == "new"
    assert (outside / "secret").read_text() == "mine"


@pytest.mark.parametrize("what", ["file", "folder", "fifo", "symlink", "nothing"])
def test_removing_removes_anything(disk: Disk, top: Path, outside: Path, what: str) -> None:
    put(top / "x", what, outside)
    disk.remove(b"x")

    assert list(top.iterdir()) == []
    assert (outside / "secret").read_text() == "mine"


def put(path: Path, what: str, outside: Path) -> None:
    if what == "file":
        path.write_text("old")
    elif what == "folder":
        (path / "a/b").mkdir(parents=True)
        (path / "a/b/link").symlink_to(outside)
        (path / "a/b").chmod(0o500)
        path.chmod(0o500)
    elif what == "fifo":
        os.mkfifo(path)
    elif what == "symlink":
        path.symlink_to(outside)


def test_removing_does_not_go_through_a_symlink(disk: Disk, top: Path, outside: Path) -> None:
    (top / "folder").symlink_to(outside)
    disk.remove(b"folder/secret")

    assert (outside / "secret").exists()
    assert (top / "folder").is_symlink()


def test_a_folder_of_any_depth_goes(disk: Disk, top: Path) -> None:
    here = os.open(top, os.O_RDONLY)
    for _ in range(3000):  # deeper than a path may be long, deeper than Python may recurse
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    disk.remove(b"d")

    assert list(top.iterdir()) == []


def test_removing_prunes_emptied_folders_only_when_asked(disk: Disk, top: Path) -> None:
    for path in (b"a/b/c", b"k/l/m"):
        disk.write(path, 0o100644, b"", 1)
    disk.write(b"a/stays", 0o100644, b"", 1)
    disk.remove(b"a/b/c", prune=True)
    disk.remove(b"k/l/m")

    assert sorted(path.relative_to(top).as_posix() for path in top.rglob("*")) == ["a", "a/stays", "k", "k/l"]


@pytest.mark.parametrize(
    ("mode", "data", "expected"),
    [
        (0o100644, b"data", True),
        (0o100644, b"datb", False),
        (0o100644, b"dat", False),
        (0o100755, b"data", False),
        (0o120000, b"data", False),
    ],
)
def test_matching_compares_kind_bit_and_bytes(disk: Disk, top: Path, mode: int, data: bytes, expected: bool) -> None:
    (top / "x").write_bytes(b"data")

    assert disk.matches(b"x", mode, data) is expected


def test_matching_a_symlink_is_matching_its_target(disk: Disk, top: Path) -> None:
    (top / "x").write_bytes(b"data")
    (top / "link").symlink_to("x")

    assert disk.matches(b"link", 0o120000, b"x")
    assert not disk.matches(b"link", 0o100644, b"data")


@pytest.mark.parametrize("what", ["folder", "fifo", "nothing"])
def test_nothing_else_matches_and_nothing_hangs(disk: Disk, top: Path, outside: Path, what: str) -> None:
    put(top / "x", what, outside)

    assert not disk.matches(b"x", 0o100644, b"")
    assert disk.read(b"x", 100) is None


def test_reading_has_a_limit_and_follows_nothing(disk: Disk, top: Path, outside: Path) -> None:
    (top / "small").write_bytes(b"12345")
    (top / "link").symlink_to(outside / "secret")
    (top / "folder").symlink_to(outside)

    assert disk.read(b"small", 5) == (0o100644, b"12345")
    assert disk.read(b"small", 4) is None
    assert disk.read(b"link", 100) is None
    assert disk.read(b"folder/secret", 100) is None


@pytest.mark.parametrize("path", [b"../x", b"a/../x", b"/x", b"a//b", b".git/x", b"a/.git/x", b"./x"])
def test_paths_that_lead_elsewhere_are_refused(disk: Disk, path: bytes) -> None:
    with pytest.raises(GitbuddyError, match="not a path inside a worktree"):
        disk.write(path, 0o100644, b"", 1)
