from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gitbuddy.temporary import PREFIX, YOUNG, sweep, temporary_folder, write_whole


def aged(folder: Path) -> Path:
    then = folder.stat().st_mtime - 2 * YOUNG
    os.utime(folder, (then, then))
    return folder


def test_a_folder_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    with temporary_folder(tmp_path) as one, temporary_folder(tmp_path) as other:
        (one / "sub").mkdir()

        assert one != other
        assert one.stat().st_mode & 0o077 == 0

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    script = (
        "import os, sys, pathlib; from gitbuddy.temporary import temporary_folder\n"
        "with temporary_folder(pathlib.Path(sys.argv[1])) as folder:\n"
        "    (folder / 'sub').mkdir(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    (left,) = tmp_path.iterdir()

    sweep(tmp_path)
    assert left.exists()  # it may be about to be locked

    aged(left)
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_stays_whatever_is_done_inside(tmp_path: Path) -> None:
    with temporary_folder(tmp_path) as folder:
        for path in folder.iterdir():
            path.unlink()
        aged(folder)
        sweep(tmp_path)

        assert folder.is_dir()


def test_folders_of_others_and_links_stay(tmp_path: Path) -> None:
    other = tmp_path / "somebody"
    other.mkdir()
    (tmp_path / f"{PREFIX}link").symlink_to(other)
    aged(other)

    sweep(tmp_path)

    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give a folder away")
def test_what_belongs_to_another_user_stays(tmp_path: Path) -> None:
    theirs = tmp_path / f"{PREFIX}theirs"
    theirs.mkdir()
    os.chown(theirs, 12345, 12345)
    aged(theirs)

    sweep(tmp_path)

    assert theirs.is_dir()


def test_without_a_root_it_is_where_temporary_files_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / f"{PREFIX}left"
    left.mkdir()
    aged(left)

    with temporary_folder() as folder:
        sweep()

        assert list(tmp_path.iterdir()) == [folder]


def test_a_file_is_written_whole_for_this_user_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    write_whole(path, b"first")
    write_whole(path, b"second")
    (tmp_path / "folder" / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="folder"):
        write_whole(tmp_path / "folder", b"third")

    assert (path.read_bytes(), path.parent.stat().st_mode & 0o777) == (b"second", 0o700)
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["file", "folder", "inside", "new"]
