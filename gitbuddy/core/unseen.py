"""A whole file may replace only what its author has seen whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from gitbuddy.errors import Rejected
from gitbuddy.values import Edit, Refused, WriteFile


def refuse_unseen(edits: Iterable[Edit], shown: Collection[str], tracked: Collection[str]) -> None:
    """Raise `Rejected` when a reply writes the whole of an existing file that its brief did not show.

    What a model has not seen it can only make up, and everything else of that file would be lost. A replacement needs
    no such rule: its text has to stand in the file.
    """
    for edit in edits:
        if isinstance(edit, WriteFile) and edit.path in tracked and edit.path not in shown:
            words = f"the answer writes a whole file that was not shown, so the rest of it would be lost: {edit.path}"
            raise Rejected(Refused("reply", "unseen-file", f"{words}; change only files that are shown"))
