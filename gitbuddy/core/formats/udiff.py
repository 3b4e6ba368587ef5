"""Unified diffs, as `git diff` and `diff -u` print them. Line numbers and counts are hints: models get them wrong.

Each hunk becomes a replacement that has to match; nothing of a diff is ever invented or repaired.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from gitbuddy.core.formats.fences import Block, blocks
from gitbuddy.core.formats.headers import path_line
from gitbuddy.core.formats.hunk import Counts, Sides, sides
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

_HUNK = re.compile(r"@@(?: -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@.*|.*)")
_REFUSED = ("rename ", "copy ", "similarity ", "dissimilarity ", "old mode ", "new mode ", "Binary ", "GIT binary ")
_SIDE = re.compile(r"\s+\((?:original|old|before|current|modified|new|after|updated)\)$", re.IGNORECASE)
_NEW_MODE = "new file mode "
_End = Literal["fence", "line", "cut", "text"]  # with its fence; in an open fence after a line or within one; no fence


def parse(reply: str) -> tuple[Edit, ...] | None:
    """The edits of all hunks in order; None if there is no diff. A path nobody named is "".

    Raises `Rejected` for lines that belong to no hunk, for renames, modes and binary patches.
    """
    fenced = [block for block in blocks(reply) if _is_diff(block)]
    if fenced:
        return tuple(
            edit for block in fenced for edit in _edits(block.lines, path_line(block.heading) or "", _end(block))
        )
    lines = reply.split("\n")
    start = next((index for index in range(len(lines)) if _starts_file(lines, index)), None)
    return None if start is None else tuple(_edits(lines[start:], "", "text"))


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


def _end(block: Block) -> _End:
    return "fence" if block.closed else "line" if block.lines[-1:] == ("",) else "cut"


def _edits(lines: Sequence[str], named: str, end: _End) -> Iterator[Edit]:
    parts = list(_parts(lines))
    for number, part in enumerate(parts, start=1):
        body = next((index for index in range(len(part)) if _begins_body(part, index)), len(part))
        yield from _file_edits(part[:body], part[body:], named, end if number == len(parts) else "fence")


def _begins_body(lines: Sequence[str], index: int) -> bool:
    """A hunk's line, or, where hunks have none, the first line with a mark that is no header."""
    line = lines[index]
    paired = _is_header(lines, index) or (index > 0 and _is_header(lines, index - 1))
    marked = line[:1] in ("+", "-", " ") and bool(line.strip())
    return line.startswith("@@") or (marked and not paired and not _is_lone(line))


def _is_lone(line: str) -> bool:
    """Whether a line may be the header of one side, the other being left out."""
    return line.startswith(("--- ", "+++ ")) and path_line(line[4:].split("\t")[0]) is not None


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


def _file_edits(preamble: Sequence[str], body: Sequence[str], named: str, end: _End) -> Iterator[Edit]:
    _refuse_modes(preamble)
    old, new = _paths(preamble, named)
    if new is None:
        yield DeleteFile(old or named)
        return
    hunks = tuple(_hunks(body, new, end))
    if old is None and (hunks or (_is_empty_file(preamble) and end != "cut")):
        if any(hunk.search for hunk in hunks) or len(hunks) > 1:
            raise refusal("malformed-block", f"The diff of a new file may only have added lines: {new}")
        yield Replace(new, "", "".join(hunk.replace for hunk in hunks))
        return
    if not hunks:
        raise refusal("malformed-block", f"The diff has no hunk (a part that begins with @@) for: {new or 'its file'}")
    for hunk in hunks:
        if not hunk.search.strip():
            raise refusal("malformed-block", f"A hunk needs unchanged lines around what it adds: {new}")
        yield hunk


def _is_empty_file(preamble: Sequence[str]) -> bool:
    return any(line.startswith(_NEW_MODE) for line in preamble)


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
        return _git_paths(preamble, _lone_path(preamble) or named)
    old, new = _path(preamble[pair][4:]), _path(preamble[pair + 1][4:])
    if (old is None or old.startswith("a/")) and (new is None or new.startswith("b/")):
        old, new = old and old[2:], new and new[2:]
    if old != new and None not in (old, new):
        raise refusal("ambiguous-path", f"The diff names two files for one change, and renames are not possible: {new}")
    if old is None and new is None:
        raise refusal("no-path", "The diff names /dev/null on both sides. Write the path of the file.")
    return old, new


def _lone_path(preamble: Sequence[str]) -> str | None:
    """The path of a header whose other half was left out, or of a line that is a path."""
    lone = next(filter(_is_lone, preamble), "")
    path = _path(lone[4:]) if lone else next(filter(None, map(path_line, preamble)), None)
    return path and path.removeprefix("b/" if lone[:1] == "+" else "a/")


def _git_paths(preamble: Sequence[str], named: str) -> tuple[str | None, str | None]:
    """A diff without `---` and `+++`: bare hunks below a path, or an empty file made or removed."""
    git = next(
        (re.fullmatch(r"diff --git a/(.+) b/\1", line.rstrip()) for line in preamble if line[:4] == "diff"), None
    )
    path = git[1] if git else named
    if git is not None and _is_empty_file(preamble):
        return None, path
    if git is not None and any(line.startswith("deleted file mode ") for line in preamble):
        return path, None
    return path, path


def _path(header: str) -> str | None:
    path = _SIDE.sub("", header.split("\t")[0].strip())
    if path.startswith('"'):
        raise refusal("malformed-block", f"Write the path without quotes and escapes: {path[:120]}")
    return None if path == "/dev/null" else path.removeprefix("./")


def _hunks(body: Sequence[str], path: str, end: _End) -> Iterator[Replace]:
    lines = body if not body or body[0].startswith("@@") else ["@@", *body]
    starts = [index for index, line in enumerate(lines) if line.startswith("@@")]
    for start, stop in zip(starts, [*starts, len(lines)][1:], strict=True):
        counts = _counts(lines[start])
        read = sides(lines[start + 1 : stop], path, counts)
        if stop == len(lines) and _may_be_cut(read, counts, end):
            raise refusal(
                "malformed-block",
                f"The last hunk of {path} has fewer lines than it says, so it may be cut. Write it to its end, in a "
                "fence that is closed.",
            )
        if read.changed:
            yield read.edit(path, counts.line or None if counts else None)


def _may_be_cut(read: Sides, counts: Counts | None, end: _End) -> bool:
    """Whether the last hunk may go on: it is short by its counts, or its fence is open and nothing says its size."""
    if end == "fence":
        return False
    if counts is None:
        return end != "text"
    return end == "cut" or len(read.search) < counts.old or len(read.replace) < counts.new


def _counts(line: str) -> Counts | None:
    found = _HUNK.fullmatch(line)
    if found is None or found[1] is None:
        return None
    return Counts(int(found[1]), int(found[2] or 1), int(found[4] or 1))
