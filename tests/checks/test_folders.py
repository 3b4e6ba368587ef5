from __future__ import annotations

import os
from pathlib import Path

from gitbuddy.checks.folders import run_folders
from gitbuddy.temporary import PREFIX, YOUNG


def test_a_run_has_folders_of_its_own_and_leaves_none(tmp_path: Path) -> None:
    with run_folders(tmp_path) as one, run_folders(tmp_path) as other:
        (one.reports / "x").touch()

        assert one.tools.is_dir()
        assert not (other.reports / "x").exists()

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / f"{PREFIX}killed"
    (left / "reports").mkdir(parents=True)
    then = left.stat().st_mtime - 2 * YOUNG
    os.utime(left, (then, then))

    with run_folders(tmp_path):
        assert not left.exists()
