"""The folders that one run of a check gets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gitbuddy.checks.runners.runner import Folders
from gitbuddy.temporary import sweep, temporary_folder


@contextmanager
def run_folders(root: Path | None = None) -> Iterator[Folders]:
    """The folders of one run below `root` (None: where temporary files go), gone afterwards with all in them."""
    if root is not None:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        sweep(root)
    with temporary_folder(root) as place:
        folders = Folders(place / "tools", place / "reports")
        folders.tools.mkdir()
        folders.reports.mkdir()
        yield folders
