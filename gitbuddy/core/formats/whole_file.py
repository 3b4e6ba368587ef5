"""Whole files: a path and one fence with all of its lines. The format that the smallest models get right most often."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gitbuddy.core.formats.elision import elision
from gitbuddy.core.formats.fences import Block, blocks
from gitbuddy.core.formats.foreign import refuse_foreign
from gitbuddy.core.formats.headers import comment_path, info_path, is_markdown, last_paths, path_line
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

_COMMAND = re.compile(r"bash|sh|shell|console|shell-session|zsh|powershell|output|log", re.IGNORECASE)
_TALK = re.compile(rf"{_COMMAND.pattern}|te?xt|plaintext", re.IGNORECASE)
_CODE_PATH = re.compile(r"[\w./-]+\.(?:py|pyi|js|jsx|ts|tsx|go|rs|java|c|h|cc|cpp|hpp|cs|rb|php|swift|kt|scala|sh|lua)")
_SHELL_FILE = re.compile(
    r"(?:.*\.(?:(?:ba|z|fi)?sh|ps1|bats|bat|cmd|env|log|txt|te?xt|out)|(?:.*/)?[^.]+|(?:.*/)?\.[^.]+)", re.IGNORECASE
)


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
    """The path that a block carries: on the line above, in its info string or in its first line.

    A command, or what it prints, is no file, also where the line above names one.
    """
    named = dict.fromkeys(filter(None, (*last_paths(block.above), info_path(block.info))))
    if len(named) > 1:
        raise refusal("ambiguous-path", f"Above one fence stand the paths of several files: {', '.join(named)}")
    path = next(iter(named), None) or _path_inside(block)
    return None if path and _is_command(block) and not _SHELL_FILE.fullmatch(path) else path


def content_of(path: str, block: Block) -> str:
    """The file's text. A first line that is a bare path names the file; a comment there may be the file's own."""
    if not block.closed:
        raise refusal("malformed-block", f"The fence of this file is never closed, so the file may be cut: {path}")
    if block.nested:
        raise uncertain_end(path)
    lines = block.lines[1:] if _bare_path(block) == path else block.lines
    refuse_unlike_a_file(path, lines)
    return _joined(lines)


def refuse_unlike_a_file(path: str, lines: Sequence[str]) -> None:
    """Raise `Rejected` for a text that leaves code out, or holds a piece of another format."""
    left_out = elision(lines)
    if left_out is not None:
        raise refusal("elided-code", f"{path} leaves code out: {left_out}\nWrite every line of the file.")
    refuse_foreign(path, lines)


def is_talk(block: Block) -> bool:
    """Whether the fence shows a command or its output."""
    return bool(block.info) and _TALK.fullmatch(block.info.split()[0]) is not None


def _is_command(block: Block) -> bool:
    return bool(block.info) and _COMMAND.fullmatch(block.info.split()[0]) is not None


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
    return (comment_path(block.lines[0]) or _bare_path(block)) if block.lines else None


def _bare_path(block: Block) -> str | None:
    """A path alone in the first line: in code it can be nothing but the name of the file."""
    first = block.lines[0] if block.lines else ""
    return path_line(first) if _CODE_PATH.fullmatch(first.strip()) else None


def _joined(lines: Sequence[str]) -> str:
    return "".join(line + "\n" for line in lines)
