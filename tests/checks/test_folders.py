from __future__ import annotations

import os
from pathlib import Path

from gitbuddy.checks.folders import YOUNG, run_folders


def aged(folder: Path) -> None:
    then = folder.stat().st_mtime - 2 * YOUNG
    os.utime(folder, (then, then))


def test_a_run_has_folders_of_its_own_and_leaves_none(tmp_path: Path) -> None:
    with run_folders(tmp_path) as one, run_folders(tmp_path) as other:
        (one.reports / "x").touch()

        assert one.tools.is_dir()
        assert not (other.reports / "x").exists()

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / "gitbuddy-run-killed"
    (left / "reports").mkdir(parents=True)
    (left / "lock").touch()
    aged(left)

    with run_folders(tmp_path):
        assert not left.exists()


def test_a_run_that_goes_on_keeps_its_folders(tmp_path: Path) -> None:
    with run_folders(tmp_path) as running:
        aged(running.tools.parent)
        with run_folders(tmp_path):
            assert running.tools.is_dir()


def test_other_folders_are_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "somebody"
    other.mkdir()
    aged(other)

    with run_folders(tmp_path):
        pass

    assert other.is_dir()
