"""Edit formats, one small module each: instructions for the model, `parse`, and the words of its own errors.

Three can be asked for; two more are understood, because models write them on their own. May import `values`, `errors`,
and `globs`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gitbuddy.core.formats import apply_patch, lone_block, search_replace, tool_call, udiff, whole_file
from gitbuddy.core.formats.bare_call import is_tool_call
from gitbuddy.core.formats.refusal import refusal
from gitbuddy.core.formats.scope import placed
from gitbuddy.core.formats.speech import spoken
from gitbuddy.values import Edit

__all__ = ["FORMATS", "Format", "instructions", "parse", "spoken"]

_MOST_EDITS = 500
_MOST_FENCES = 2_000
_FENCE = re.compile(r"^ *(?:```|~~~)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write edits. `parse` gives None for a reply that is not in this format; a path nobody named is ""."""

    name: str
    instructions: str
    parse: Callable[[str], tuple[Edit, ...] | None]


FORMATS: Mapping[str, Format] = {
    module.NAME: Format(module.NAME, module.INSTRUCTIONS, module.parse)
    for module in (search_replace, udiff, whole_file)
}
"""The formats that can be asked for."""

_READERS = (search_replace.parse, apply_patch.parse, udiff.parse, tool_call.parse, whole_file.parse)
"""In the order in which a reply is tried, whatever was asked for: the most telling first."""


def instructions(format_name: str) -> str:
    """Words for the model on how to write its answer."""
    return FORMATS[format_name].instructions


def parse(reply: str, task_files: tuple[str, ...]) -> tuple[Edit, ...]:
    """Read the edits of a reply in any known format, whatever was asked for. Raises `Rejected` (stage "reply").

    `task_files` are the paths and globs of the task: an edit that names no file can only be for the one literal path.
    """
    answer = spoken(reply)
    if len(_FENCE.findall(answer)) > _MOST_FENCES:
        raise refusal("too-many-edits", f"The answer holds more than {_MOST_FENCES} fences. Write the edits only.")
    for read in _READERS:
        edits = read(answer)
        if edits:
            return placed(_bounded(edits), task_files)
    if is_tool_call(answer):
        words = "The answer calls a tool, and there are no tools here: all that can be read is in the question."
        raise refusal("tool-call", f"{words} Write the edits as text.")
    return placed(lone_block.parse(answer, task_files), task_files)


def _bounded(edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    if len(edits) > _MOST_EDITS:
        raise refusal("too-many-edits", f"The answer holds more than {_MOST_EDITS} edits: {len(edits)}. Change less.")
    return edits
