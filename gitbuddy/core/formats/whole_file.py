"""Whole files: a path and one fence with all of its lines. The format that the smallest models get right most often."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gitbuddy.core.formats.elision import elision
from gitbuddy.core.formats.fences import Block, blocks
from gitbuddy.core.formats.headers import comment_path, info_path, is_markdown, path_line
from gitbuddy.core.formats.refusal import refusal
from gitbuddy.values import Edit, WriteFile

NAME = "whole-file"
INSTRUCTIONS = """\
Answer with the whole new text of each file you change: its path on a line of its own, then one fence:

src/greet.py
```python
def greet(name):
    return f"hello {name}"
```

- The path is written from the top of the repository.
- The fence holds every line of the file, also those that stay as they are. Never write "..." for code left out.
- If the file itself has lines with ```, use four backticks (````) for the fence around it.
- Write no other fences.
"""

_TALK = re.compile(r"bash|sh|shell|console|shell-session|zsh|powershell|te?xt|plaintext|output|log", re.IGNORECASE)


def parse(reply: str) -> tuple[Edit, ...] | None:
    """One edit for each fence that names its file; None if none does.

    Raises `Rejected` when the end of a file is uncertain, when code is left out, or when a fence names no file.
    """
    found = blocks(reply)
    named = [(path_of(block), block) for block in found]
    if not any(path for path, _ in named):
        return None
    markdown = any(path and is_markdown(path) for path, _ in named)
    files: dict[str, str] = {}
    for path, block in named:
        if path is None:
            _refuse_stray(block, markdown=markdown)
        elif files.setdefault(path, content := content_of(path, block)) != content:
            raise refusal("ambiguous-path", f"The answer holds two different texts for one file: {path}")
    return tuple(WriteFile(path, content) for path, content in files.items())


def path_of(block: Block) -> str | None:
    """The path that a block carries: on the line above, in its info string or in its first comment line."""
    named = dict.fromkeys(filter(None, (path_line(block.heading), info_path(block.info))))
    if len(named) > 1:
        raise refusal("ambiguous-path", f"One fence names two files: {', '.join(named)}")
    return next(iter(named), None) or _path_inside(block)


def content_of(path: str, block: Block) -> str:
    """The file's text. A first line that is there only to name the file is no part of it."""
    if not block.closed:
        raise refusal("malformed-block", f"The fence of this file is never closed, so the file may be cut: {path}")
    if block.nested:
        raise uncertain_end(path)
    left_out = elision(block.lines)
    if left_out is not None:
        raise refusal("elided-code", f"{path} leaves code out: {left_out}\nWrite every line of the file.")
    named_inside = path_line(block.heading) is None and info_path(block.info) is None and _path_inside(block) == path
    return _joined(block.lines[1:] if named_inside else block.lines)


def is_talk(block: Block) -> bool:
    """Whether the fence shows a command or its output."""
    return bool(block.info) and _TALK.fullmatch(block.info.split()[0]) is not None


def uncertain_end(path: str) -> Exception:
    return refusal(
        "ambiguous-fence",
        f"Fences inside the fence of a file make its end uncertain: {path}\n"
        "Use four backticks (````) for the fence around the file.",
    )


def _refuse_stray(block: Block, *, markdown: bool) -> None:
    """A fence without a path may be the torn-off end of the file before it. Only a command or its output is talk."""
    if markdown or not block.info:
        raise uncertain_end("the file before a fence that names none")
    if not is_talk(block):
        raise refusal("no-path", f"A fence names no file. Write its path on the line above it: ```{block.info[:60]}")


def _path_inside(block: Block) -> str | None:
    return comment_path(block.lines[0]) if block.lines else None


def _joined(lines: Sequence[str]) -> str:
    return "".join(line + "\n" for line in lines)
