"""What of the repository could be shown for a task, before it is cut to a model's window."""

from __future__ import annotations

from dataclasses import dataclass

from gitbuddy.values.patch import SourceFile


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a tracked file, for a proposer to read and not to edit.

    `first` is the number of the first line, from 1; `text` holds whole lines; `why` says in a word or two what it is
    to the task ("definition", "test", "similar").
    """

    path: str
    first: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Context:
    """Files and excerpts that may help with a task, each tuple best first.

    `owned` are the files the task names: all of them are shown, whole, or the task does not fit. `files` are shown
    whole as far as there is room, `excerpts` after them.
    """

    owned: tuple[SourceFile, ...] = ()
    files: tuple[SourceFile, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
