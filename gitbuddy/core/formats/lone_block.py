"""The last resort: fences without a path line, whose files are the task's one file or named in the sentence above.

Whether such a fence holds the whole file shows when it is held against the file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gitbuddy.core.formats.fences import Block, blocks
from gitbuddy.core.formats.headers import mentions
from gitbuddy.core.formats.refusal import refusal
from gitbuddy.core.formats.scope import only_file
from gitbuddy.core.formats.whole_file import content_of, is_talk
from gitbuddy.values import Edit, WriteFile

_WHOLE = re.compile(
    r"\b(?:complete|entire|whole|full)\s+(?:\w+\s+)?(?:file|code|content|module|script|program|text|version|source)"
    r"|\bfile\s+in\s+full\b",
    re.IGNORECASE,
)
_FILE_START = re.compile(
    r"#!|#include\b|#pragma\b|#ifndef\b|\"\"\"|'''|import\s|from\s+\S+\s+import\b|package\s|use\s|using\s|"
    r"mod\s|extern\s|<\?|<!|['\"]use strict|---|\[[\w.\"-]+\]\s*$|\{\s*$|module\s|require\b|const\s.*\brequire\(",
)
_IMPORT = re.compile(r"\s*$|import\s|from\s|#\s*include\b|use\s|using\s|(?:const|let|var)\s.*\brequire\(|#\s|//")


def parse(reply: str, task_files: Sequence[str]) -> tuple[Edit, ...]:
    """The files of the reply; raises `Rejected` with words that name what is missing."""
    found = [block for block in blocks(reply) if not is_talk(block)]
    if not found:
        raise refusal("no-edit", "The answer holds no edit. Write the changes in the format described above.")
    if len(found) > 1 and not all(block.info and mentions(block.heading) for block in found):
        raise refusal("no-path", "No fence names its file. Write the path of the file on the line above its fence.")
    return tuple(_edit(block, task_files) for block in found)


def _edit(block: Block, task_files: Sequence[str]) -> Edit:
    path = _path(block, task_files)
    content = content_of(path, block)
    if not _looks_whole(block):
        raise refusal(
            "not-whole-file",
            f"The fence may be only a part of {path}. Write that path on the line above the fence and the whole file "
            "inside it, or use search/replace blocks.",
        )
    return WriteFile(path, content, doubtful=True)


def _path(block: Block, task_files: Sequence[str]) -> str:
    spoken = mentions(block.heading)
    candidates = dict.fromkeys((*spoken, only_file(task_files)) if only_file(task_files) else spoken)
    if len(candidates) > 1:
        raise refusal(
            "ambiguous-path",
            "The fence may belong to several files. Write the path of its file alone on the line above it.",
        )
    path = next(iter(candidates), None)
    if path is None:
        raise refusal("no-path", "The fence names no file. Write the path of the file on the line above it.")
    return path


def _looks_whole(block: Block) -> bool:
    first = next((line for line in block.lines if line.strip()), "")
    if mentions(block.heading) and not first[:1].isspace():
        return True
    begins = bool(_FILE_START.match(first)) and not all(map(_IMPORT.match, block.lines))
    return begins or any(_WHOLE.search(line) for line in block.above)
