"""The `.git` file of a worktree after commands that tried things."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gitbuddy.sandboxes.pointer import kept_pointer

POINTER = "gitdir: /somewhere/.git/worktrees/slot\n"


def rewrite(pointer: Path) -> None:
    pointer.write_text("gitdir: /evil\n")


def remove(pointer: Path) -> None:
    pointer.unlink()


def make_folder(pointer: Path) -> None:
    pointer.unlink()
    (pointer / "hooks").mkdir(parents=True)


def make_link(pointer: Path) -> None:
    pointer.rename(pointer.with_name("kept"))
    pointer.symlink_to("kept")


def leave(pointer: Path) -> None:
    pass


@pytest.mark.parametrize("deed", [rewrite, remove, make_folder, make_link, leave])
def test_the_pointer_is_the_same_file_as_before(tmp_path: Path, deed: Callable[[Path], None]) -> None:
    pointer = tmp_path / ".git"
    pointer.write_text(POINTER)
    with kept_pointer(tmp_path):
        deed(pointer)

    assert not pointer.is_symlink()
    assert pointer.read_text() == POINTER


def test_a_pointer_that_was_not_there_is_not_there_afterwards(tmp_path: Path) -> None:
    with kept_pointer(tmp_path):
        (tmp_path / ".git" / "hooks").mkdir(parents=True)

    assert not (tmp_path / ".git").exists()


def test_a_repository_of_its_own_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    with kept_pointer(tmp_path):
        (tmp_path / ".git" / "index").write_text("x")

    assert (tmp_path / ".git" / "index").exists()


def test_a_worktree_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    worktree = tmp_path / "slot"
    worktree.mkdir()
    (worktree / ".git").write_text(POINTER)
    with kept_pointer(worktree):
        shutil.rmtree(worktree)

    assert not worktree.exists()
