"""A file's lines with its style (BOM, line endings, final newline), so that bytes nobody edits stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_BOM = b"\xef\xbb\xbf"
_ALIGNABLE = 1_000_000
"""Largest product of two line counts that is aligned line by line; quadratic time is felt beyond."""

Step = tuple[bool, int, int, int, int]
"""(kept, i1, i2, j1, j2): old[i1:i2] is kept, being equal to new[j1:j2], or is exchanged for it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line and its ending: LF, CRLF, or nothing at the end of a file. A lone CR is an ordinary character."""

    content: str
    ending: str


@dataclass(frozen=True, slots=True)
class Text:
    """A decoded file. `from_bytes` and `to_bytes` are exact inverses."""

    lines: tuple[Line, ...]
    bom: bool = False

    @property
    def contents(self) -> tuple[str, ...]:
        return tuple(line.content for line in self.lines)

    @property
    def data(self) -> bytes:
        body = "".join(line.content + line.ending for line in self.lines).encode("utf-8")
        return _BOM + body if self.bom else body


def read_text(data: bytes) -> Text | None:
    """Decode a file; None when it is not text, i.e. has NUL bytes or is not UTF-8."""
    if b"\0" in data:
        return None
    bom = data.startswith(_BOM)
    try:
        decoded = data[len(_BOM) if bom else 0 :].decode("utf-8")
    except UnicodeDecodeError:
        return None
    *whole, last = decoded.split("\n")
    lines = [Line(line[:-1], "\r\n") if line.endswith("\r") else Line(line, "\n") for line in whole]
    return Text(tuple([*lines, Line(last, "")] if last else lines), bom)


def plain_lines(text: str) -> tuple[str, ...]:
    """The lines of proposed text, which has LF or CRLF endings and may lack the last one."""
    lines = text.replace("\r\n", "\n").split("\n")
    return tuple(lines if lines[-1] else lines[:-1])


@dataclass(frozen=True, slots=True)
class Splice:
    """Exchange lines from index `start` on. `old` is what the proposer read there, `new` what it wants, and `written`
    (as many lines as `new`) how those lines are to be written. Where `old` and `new` agree, the file's own line stays.
    """

    start: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    written: tuple[str, ...]

    @property
    def steps(self) -> list[Step]:
        """How `old` becomes `new`, from top to bottom."""
        return _aligned(self.old, self.new)

    def apply(self, text: Text) -> Text:
        end = self.start + len(self.old)
        made: list[Line] = []
        for kept, i1, i2, j1, j2 in self.steps:
            if kept:
                made += text.lines[self.start + i1 : self.start + i2]
            else:
                ending = _ending(text.lines, self.start + i1)
                made += [Line(content, ending) for content in self.written[j1:j2]]
        lines = [*text.lines[: self.start], *made, *text.lines[end:]]
        return Text(_ended(lines, text.lines, grown=bool(made)), text.bom)


def _aligned(old: Sequence[str], new: Sequence[str]) -> list[Step]:
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    end, new_end = len(old) - tail, len(new) - tail
    steps = [(True, 0, head, 0, head)]
    if (end - head) * (new_end - head) <= _ALIGNABLE:
        matcher = SequenceMatcher(None, old[head:end], new[head:new_end], autojunk=False)
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            steps.append((tag == "equal", head + i1, head + i2, head + j1, head + j2))
    else:
        steps.append((False, head, end, head, new_end))
    return [*steps, (True, end, len(old), new_end, len(new))]


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _ending(lines: Sequence[Line], index: int) -> str:
    """The ending that a new line gets at this index: that of its neighbours, else the file's first, else LF."""
    near = (lines[index : index + 1], lines[max(index - 1, 0) : index], lines[:1])
    return next((line.ending for part in near for line in part if line.ending), "\n")


def _ended(lines: list[Line], before: Sequence[Line], *, grown: bool) -> tuple[Line, ...]:
    """Give every line an ending; a file without a final newline stays without one, unless its end was only cut off."""
    ended = [line if line.ending else Line(line.content, _ending(before, max(len(before) - 2, 0))) for line in lines]
    if ended and before and not before[-1].ending and (grown or lines[-1] is before[-1]):
        ended[-1] = Line(ended[-1].content, "")
    return tuple(ended)
