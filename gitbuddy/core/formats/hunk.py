"""The lines of one hunk, as diffs of every sort write them: a space, - or + before each line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gitbuddy.core.formats.elision import elision
from gitbuddy.core.formats.refusal import refusal
from gitbuddy.values import Replace


@dataclass(frozen=True, slots=True)
class Counts:
    """What a hunk says of itself: its first line in the old file, and its old and new number of lines."""

    line: int
    old: int
    new: int


@dataclass(slots=True)
class Sides:
    """One hunk while it is read: the lines before and after. `blanks` wait until it is clear that they belong to it."""

    search: list[str] = field(default_factory=list)
    replace: list[str] = field(default_factory=list)
    blanks: int = 0
    changed: bool = False

    def add(self, mark: str, text: str) -> None:
        for _ in range(self.blanks):
            self.search.append("")
            self.replace.append("")
        self.blanks = 0
        if mark != "+":
            self.search.append(text)
        if mark != "-":
            self.replace.append(text)
        self.changed = self.changed or mark != " "

    def edit(self, path: str, line: int | None = None) -> Replace:
        return Replace(path, _joined(self.search), _joined(self.replace), line)


def sides(lines: Sequence[str], path: str, counts: Counts | None = None) -> Sides:
    """Both sides of a hunk. Raises `Rejected` for a line without its mark, unless the hunk is over by its counts."""
    read = Sides()
    for index, line in enumerate(lines):
        mark, text = line[:1], line[1:]
        if mark and mark in " +-":
            read.add(mark, text)
        elif not line:
            read.blanks += 1  # an empty context line, or nothing at all
        elif mark != "\\":
            _refuse_unless_over(lines[index:], read, counts, path)
            break
    left_out = elision(read.replace, known=read.search)
    if left_out is not None:
        raise refusal("elided-code", f"The diff of {path} leaves code out: {left_out}\nWrite every added line.")
    return read


def _refuse_unless_over(rest: Sequence[str], read: Sides, counts: Counts | None, path: str) -> None:
    """A line of prose is fine when the hunk is complete by its own counts and nothing like a diff follows."""
    complete = counts is not None and (len(read.search), len(read.replace)) == (counts.old, counts.new)
    if not complete or any(line[:1] in ("+", "-", " ") for line in rest if line):
        raise refusal(
            "malformed-block",
            f"A line in a hunk of {path} begins neither with a space nor with + or -: {rest[0][:120]}\n"
            "Begin every line of a hunk with one of them.",
        )


def _joined(lines: Sequence[str]) -> str:
    return "".join(line + "\n" for line in lines)
