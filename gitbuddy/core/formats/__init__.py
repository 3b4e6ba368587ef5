"""Edit formats, one small module each: instructions for the model, `parse`, and the words of its own errors.

May import `values`, `errors`, and `globs`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from gitbuddy.core.formats import lone_block, search_replace, udiff, whole_file
from gitbuddy.core.formats.refusal import refusal
from gitbuddy.values import Edit

_THINKING = re.compile(r"\s*<(think|thinking|thought)>.*?</\1>", re.DOTALL)
_UNOPENED = re.compile(r"^[ \t]*</(?:think|thinking|thought)>[ \t]*$", re.MULTILINE)
_UNCLOSED = re.compile(r"\s*<(?:think|thinking|thought)>")
_QUOTE_MARK = re.compile(r"^[ \t]*</?data-[0-9a-f]{12}>[ \t]*\n", re.MULTILINE)  # what the prompt sets around files
_STOP_TOKEN = re.compile(r"(?:<\|[a-z_]{1,20}\|>|</s>)\Z")


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
"""The known formats in the order in which a reply is tried: the most telling first."""


def instructions(format_name: str) -> str:
    """Words for the model on how to write its answer."""
    return FORMATS[format_name].instructions


def parse(reply: str, task_files: tuple[str, ...]) -> tuple[Edit, ...]:
    """Read the edits of a reply in any known format, whatever was asked for. Raises `Rejected` (stage "reply").

    `task_files` are the paths and globs of the task: an edit that names no file can only be for the one literal path.
    """
    answer = spoken(reply)
    for known in FORMATS.values():
        edits = known.parse(answer)
        if edits is not None:
            return _placed(edits, task_files)
    return lone_block.parse(answer, task_files)


def spoken(reply: str) -> str:
    """The reply without thinking, stop tokens and the prompt's own marks, with LF line endings."""
    text = reply.removeprefix("\ufeff").replace("\r\n", "\n")
    while (thought := _THINKING.match(text)) is not None:
        text = text[thought.end() :]
    if _UNCLOSED.match(text):
        raise refusal("no-edit", "The answer is only thinking that never ends. Answer with the edits themselves.")
    unopened = _UNOPENED.search(text)
    if unopened is not None and "<th" not in text[: unopened.start()]:
        text = text[unopened.end() :]  # the prompt's template wrote the opening tag
    return _without_stop_tokens(_QUOTE_MARK.sub("", text))


def _without_stop_tokens(text: str) -> str:
    while (token := _STOP_TOKEN.search(text.rstrip()[-40:])) is not None:
        text = text.rstrip().removesuffix(token[0])
    return text


def _placed(edits: tuple[Edit, ...], task_files: tuple[str, ...]) -> tuple[Edit, ...]:
    if not edits:
        raise refusal("no-edit", "The answer changes nothing. Write the lines that shall be different.")
    if all(edit.path for edit in edits):
        return edits
    only = lone_block.only_file(task_files)
    if only is None:
        raise refusal("no-path", "An edit names no file. Write the path of the file on the line above it.")
    return tuple(edit if edit.path else replace(edit, path=only) for edit in edits)
