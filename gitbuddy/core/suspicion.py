"""Where a search without a model suspects the fault, for the briefs of the tiers after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from gitbuddy.core.extract import Read
from gitbuddy.values import Attempt, Context, SourceFile, Suspect

SHOWN = 8
"""Lines that are shown: small models read a short list, and half of a long one is noise."""
MOST_FILES = 3
"""Suspicious files that are shown before all others."""
LONGEST = 160
"""Characters of a line that are shown."""


def suspects_of(attempts: Sequence[Attempt]) -> tuple[Suspect, ...]:
    """The suspicious lines that the last search found, the most suspicious first."""
    searches = [each.proposal.search for each in attempts if each.proposal and each.proposal.search]
    return searches[-1].suspects if searches else ()


def led(context: Context, suspects: Sequence[Suspect], read: Callable[[str], SourceFile | None]) -> Context:
    """The context with the most suspicious files first among those that are shown whole.

    A task that names its files is about those, and nothing else may be edited.
    """
    if context.owned or not suspects:
        return context
    paths = list(dict.fromkeys(each.path for each in suspects))[:MOST_FILES]
    first = [file for path in paths if (file := read(path))]
    return replace(context, files=(*first, *(file for file in context.files if file.path not in paths)))


def described(suspects: Sequence[Suspect], read: Read) -> str:
    """The lines with their code, one each; empty where there is none. `read` gives the files of the base."""
    return "\n".join(_lines(suspects[:SHOWN], read))


def _lines(suspects: Sequence[Suspect], read: Read) -> Iterator[str]:
    for suspect in suspects:
        lines = (read(suspect.path) or "").split("\n")
        if suspect.line <= len(lines) and lines[suspect.line - 1].strip():
            yield f"{suspect.path}:{suspect.line}: {lines[suspect.line - 1].strip()[:LONGEST]}"
