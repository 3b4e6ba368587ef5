"""Unified diffs, as `git diff` and `diff -u` print them. Line numbers and counts are hints: models get them wrong.

Each hunk becomes a replacement that has to match; nothing of a diff is ever invented or repaired.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gitbuddy.core.formats.elision import elision
from gitbuddy.core.formats.fences import Block, blocks
from gitbuddy.core.formats.headers import path_line
from gitbuddy.core.formats.refusal import refusal
from gitbuddy.values import DeleteFile, Edit, Replace

NAME = "udiff"
INSTRUCTIONS = """\
Answer with one unified diff, as `git diff` prints it:

```diff
--- a/src/greet.py
+++ b/src/greet.py
@@ -1,3 +1,3 @@
 import sys
-def greet():
-    return "hello"
+def greet(name):
+    return f"hello {name}"
```

- Paths are written from the top of the repository.
- Every line of a hunk begins with a space (unchanged), - (removed) or + (added), then the line exactly as it is.
- Give at least two unchanged lines around each change, so that the place occurs only once.
- A new file has `--- /dev/null`, a removed file has `+++ /dev/null`.
"""

_HUNK = re.compile(r"@@(?: -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@.*|.*)")
_REFUSED = ("rename ", "copy ", "similarity ", "dissimilarity ", "old mode ", "new mode ", "Binary ", "GIT binary ")
_NEW_MODE = "new file mode "


@dataclass(slots=True)
class _Sides:
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


def parse(reply: str) -> tuple[Edit, ...] | None:
    """The edits of all hunks in order; None if there is no diff. A path nobody named is "".

    Raises `Rejected` for lines that belong to no hunk, for renames, modes and binary patches.
    """
    fenced = [block for block in blocks(reply) if _is_diff(block)]
    if fenced:
        return tuple(edit for block in fenced for edit in _edits(block.lines, path_line(block.heading) or ""))
    lines = reply.split("\n")
    start = next((index for index in range(len(lines)) if _starts_file(lines, index)), None)
    return None if start is None else tuple(_edits(lines[start:], ""))


def _is_diff(block: Block) -> bool:
    start = next((index for index, line in enumerate(block.lines) if line.strip()), None)
    if start is None:
        return False
    by_name = block.info.split()[0].lower() in ("diff", "patch", "udiff") if block.info else False
    return by_name or _starts_file(block.lines, start) or block.lines[start].startswith("@@ ")


def _starts_file(lines: Sequence[str], index: int) -> bool:
    return lines[index].startswith("diff --git ") or _is_header(lines, index)


def _is_header(lines: Sequence[str], index: int) -> bool:
    return lines[index].startswith("--- ") and any(below.startswith("+++ ") for below in lines[index + 1 : index + 2])


def _edits(lines: Sequence[str], named: str) -> Iterator[Edit]:
    for part in _parts(lines):
        body = next((index for index, line in enumerate(part) if line.startswith("@@")), len(part))
        yield from _file_edits(part[:body], part[body:], named)


def _parts(lines: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut a diff into its files. In a hunk `--- x` may be a removed line: there only a hunk below makes a header."""
    start, headed, in_hunk = 0, False, False
    for index, line in enumerate(lines):
        header = _is_header(lines, index)
        if header and in_hunk:
            header = any(below.startswith("@@") for below in lines[index + 2 : index + 3])
        if index > start and (line.startswith("diff --git ") or (header and (headed or in_hunk))):
            yield lines[start:index]
            start, headed, in_hunk = index, False, False
        headed = headed or header
        in_hunk = in_hunk or line.startswith("@@")
    yield lines[start:]


def _file_edits(preamble: Sequence[str], body: Sequence[str], named: str) -> Iterator[Edit]:
    _refuse_modes(preamble)
    old, new = _paths(preamble, named)
    if new is None:
        yield DeleteFile(old or named)
        return
    hunks = tuple(_hunks(body, new))
    if old is None:
        if any(hunk.search for hunk in hunks) or len(hunks) > 1:
            raise refusal("malformed-block", f"The diff of a new file may only have added lines: {new}")
        yield Replace(new, "", "".join(hunk.replace for hunk in hunks))
        return
    if not hunks:
        raise refusal("malformed-block", f"The diff has no hunk (a part that begins with @@) for: {new or 'its file'}")
    for hunk in hunks:
        if not hunk.search:
            raise refusal("malformed-block", f"A hunk needs unchanged lines around what it adds: {new}")
        yield hunk


def _refuse_modes(preamble: Sequence[str]) -> None:
    for line in preamble:
        special = line.startswith(_NEW_MODE) and line.strip() != f"{_NEW_MODE}100644"
        if line.startswith(_REFUSED) or special:
            raise refusal(
                "malformed-block",
                f"Only the text of files can be changed, not names, modes or binary data: {line.strip()[:120]}",
            )


def _paths(preamble: Sequence[str], named: str) -> tuple[str | None, str | None]:
    """The path before and after; None stands for /dev/null."""
    pair = next((index for index in range(len(preamble)) if _is_header(preamble, index)), None)
    if pair is None:
        return _git_paths(preamble, named)
    old, new = _path(preamble[pair][4:]), _path(preamble[pair + 1][4:])
    if (old is None or old.startswith("a/")) and (new is None or new.startswith("b/")):
        old, new = old and old[2:], new and new[2:]
    if old != new and None not in (old, new):
        raise refusal("ambiguous-path", f"The diff names two files for one change, and renames are not possible: {new}")
    if old is None and new is None:
        raise refusal("no-path", "The diff names /dev/null on both sides. Write the path of the file.")
    return old, new


def _git_paths(preamble: Sequence[str], named: str) -> tuple[str | None, str | None]:
    """A diff without `---` and `+++`: bare hunks below a path, or an empty file made or removed."""
    git = next(
        (re.fullmatch(r"diff --git a/(.+) b/\1", line.rstrip()) for line in preamble if line[:4] == "diff"), None
    )
    path = git[1] if git else named
    if git is not None and any(line.startswith(_NEW_MODE) for line in preamble):
        return None, path
    if git is not None and any(line.startswith("deleted file mode ") for line in preamble):
        return path, None
    return path, path


def _path(header: str) -> str | None:
    path = header.split("\t")[0].strip()
    if path.startswith('"'):
        raise refusal("malformed-block", f"Write the path without quotes and escapes: {path[:120]}")
    return None if path == "/dev/null" else path.removeprefix("./")


def _hunks(body: Sequence[str], path: str) -> Iterator[Replace]:
    starts = [index for index, line in enumerate(body) if line.startswith("@@")]
    for start, end in zip(starts, [*starts, len(body)][1:], strict=True):
        found = _HUNK.fullmatch(body[start])
        counts = found.groups() if found else (None,) * 4
        sides = _sides(body[start + 1 : end], counts, path)
        if sides.changed:
            search = "".join(line + "\n" for line in sides.search)
            yield Replace(path, search, "".join(line + "\n" for line in sides.replace), int(counts[0] or 0) or None)


def _sides(lines: Sequence[str], counts: Sequence[str | None], path: str) -> _Sides:
    sides = _Sides()
    for index, line in enumerate(lines):
        mark, text = line[:1], line[1:]
        if mark and mark in " +-":
            sides.add(mark, text)
        elif not line:
            sides.blanks += 1  # an empty context line, or nothing at all
        elif mark != "\\":
            _refuse_unless_over(lines[index:], sides, counts, path)
            break
    left_out = elision(sides.replace, known=sides.search)
    if left_out is not None:
        raise refusal("elided-code", f"The diff of {path} leaves code out: {left_out}\nWrite every added line.")
    return sides


def _refuse_unless_over(rest: Sequence[str], sides: _Sides, counts: Sequence[str | None], path: str) -> None:
    """A line of prose is fine when the hunk is complete by its own counts and nothing like a diff follows."""
    complete = counts[0] is not None and (len(sides.search), len(sides.replace)) == (
        int(counts[1] or 1),
        int(counts[3] or 1),
    )
    if not complete or any(line[:1] in ("+", "-", " ") for line in rest if line):
        raise refusal(
            "malformed-block",
            f"A line in a hunk of {path} begins neither with a space nor with + or -: {rest[0][:120]}\n"
            "Begin every line of a hunk with one of them.",
        )
