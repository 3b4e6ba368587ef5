"""Search/replace blocks, as aider made them known: a path, the lines as they are, the lines as they shall be."""

from __future__ import annotations

from collections.abc import Sequence

from gitbuddy.core.formats.elision import elision
from gitbuddy.core.formats.fences import blocks, fence
from gitbuddy.core.formats.headers import info_path, is_markdown, last_paths, mentions, path_line
from gitbuddy.core.formats.markers import Marked, introduces, malformed, marked
from gitbuddy.core.formats.refusal import refusal
from gitbuddy.values import Edit, Replace

NAME = "search-replace"
INSTRUCTIONS = """\
Answer with search/replace blocks. One block for each place to change:

src/greet.py
```python
<<<<<<< SEARCH
def greet():
    return "hello"
=======
def greet(name):
    return f"hello {name}"
>>>>>>> REPLACE
```

- Above each block stands the path of the file, from the top of the repository.
- SEARCH holds whole lines copied exactly from the file, with their indentation: enough lines to occur only once.
- REPLACE holds all lines that take their place. Never write "..." for code left out.
- For a new file leave SEARCH empty and put the whole file into REPLACE.
"""

_TAKEN = "\0"  # stands where a block was taken out


def parse(reply: str) -> tuple[Edit, ...] | None:
    """The edits of all blocks in order; None if there is no SEARCH marker. A path nobody named is "".

    Raises `Rejected` for half blocks, uncertain paths and code left out.
    """
    lines = reply.split("\n")
    found = marked(lines)
    if not found:
        return None
    _refuse_whole_files(lines, found)
    edits: list[Edit] = []
    given: set[Edit] = set()
    path, seen = "", 0
    for number, block in enumerate(found, start=1):
        above = lines[seen : block.start]
        path = _path(block, above, path, number)
        edit = _edit(path, block, number)
        if edit not in given or (edits[-1] == edit and all(map(_parts_blocks, above))):
            edits.append(edit)  # else the whole answer comes a second time
        given.add(edit)
        seen = block.end + 1
    return tuple(edits)


def _parts_blocks(line: str) -> bool:
    """Whether blocks that have no more than this between them stand side by side."""
    return not line.strip() or path_line(line) is not None


def _path(block: Marked, above: Sequence[str], previous: str, number: int) -> str:
    named = dict.fromkeys(filter(None, map(_path_said, block.named)))
    if len(named) > 1:
        raise _unclear_path(number)
    path = next(iter(named), None) or _path_above(above, number)
    if path is not None:
        return path
    spoken = dict.fromkeys(path for line in above for path in mentions(line))
    if previous and set(spoken) <= {previous}:
        return previous
    if len(spoken) > 1 or (previous and spoken):
        raise _unclear_path(number)
    return next(iter(spoken), "")


def _path_said(words: str) -> str | None:
    """The path that stands beside a marker's word."""
    spoken = mentions(words)
    return path_line(words) or (spoken[0] if len(spoken) == 1 else None)


def _path_above(above: Sequence[str], number: int) -> str | None:
    """The nearest path line right above the block, looking through fences and blank lines."""
    for index in reversed(range(len(above))):
        mark = fence(above[index])
        listed = last_paths(above[: index + 1]) if mark is None else ()
        if len(listed) > 1:
            raise _unclear_path(number)
        path = info_path(mark.info) if mark else next(iter(listed), None)
        if path is not None or (mark is None and above[index].strip()):
            return path
    return None


def _edit(path: str, block: Marked, number: int) -> Edit:
    if not block.closed and (not path or is_markdown(path)):
        raise malformed(number, "has no `>>>>>>> REPLACE` line at its end")
    if not is_markdown(path) and _is_torn(block):
        raise malformed(number, "goes on beyond its fence. Write each block in one fence")
    left_out = elision(block.replace, known=block.search)
    if left_out is not None:
        raise refusal(
            "elided-code",
            f"Block {number} leaves code out: {left_out}\nWrite every line of REPLACE, or make the block smaller.",
        )
    search = "" if not any(map(str.strip, block.search)) else "".join(line + "\n" for line in block.search)
    return Replace(path, search, "".join(line + "\n" for line in block.replace))


def _is_torn(block: Marked) -> bool:
    """Whether REPLACE brings fences that do not pair: then they are the answer's, and talk stands between them."""
    before = set(block.search)
    brought = [mark for line in block.replace if line not in before and (mark := fence(line)) is not None]
    return len(brought) % 2 == 1 or any(bool(mark.info) == bool(place % 2) for place, mark in enumerate(brought))


def _refuse_whole_files(lines: Sequence[str], found: Sequence[Marked]) -> None:
    """A whole file beside the blocks would be lost."""
    rest = list(lines)
    for block in found:
        rest[block.start : block.end + 1] = [_TAKEN] + [""] * (block.end - block.start)
    for other in blocks("\n".join(rest)):
        whole = other.closed and _TAKEN not in other.lines and not all(map(introduces, other.lines))
        if whole and (info_path(other.info) or path_line(other.heading)):
            raise refusal(
                "mixed-formats",
                "The answer mixes search/replace blocks with whole files. For a new file use a block too, with an "
                "empty SEARCH part.",
            )


def _unclear_path(number: int) -> Exception:
    return refusal(
        "ambiguous-path",
        f"Block {number} does not say which file it changes. Write the path alone on the line above the block.",
    )
