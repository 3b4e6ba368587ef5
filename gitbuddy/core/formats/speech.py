"""What of a reply was said to us: no thoughts, channels, stop tokens, invented turns or marks of the prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitbuddy.core.formats.fences import Fence, fence
from gitbuddy.core.formats.refusal import refusal

_THOUGHT = re.compile(
    r"[ \t]*(?:<(?P<tag>think|thinking|thought|thoughts|reasoning|reflection|seed:think)>|(?P<mistral>\[THINK\])"
    r"|(?P<kimi>\u25c1think\u25b7)|(?P<token><\|begin_of_thought\|>))"
)
_UNOPENED = re.compile(r"^[ \t]*(?:</(?:think|thinking|thought)>|\[/THINK\])[ \t]*$", re.MULTILINE)
_BLOCK_BEGINS = re.compile(r"[ \t]*<{5,12}[ \t]*[A-Z]+\b")
_BLOCK_ENDS = re.compile(r"[ \t]*>{5,12}(?:[ \t]*[A-Z]+\b.*)?")
_QUOTE_MARK = re.compile(r"^[ \t]*</?data-[0-9a-f]{12}>[ \t]*\n", re.MULTILINE)  # what the prompt sets around files
_TURN_ENDS = re.compile(
    r"(?:<\|(?:im_end|eot_id|endoftext|end_of_text)\|>|<end_of_turn>|<\uff5cend\u2581of\u2581sentence\uff5c>)[ \t]*$",
    re.MULTILINE,
)
_TURN_BEGINS = re.compile(r"\s*(?:<\|im_start\|>assistant|<start_of_turn>model|<\uff5cAssistant\uff5c>)[ \t]*\n?")
_STOP_TOKEN = re.compile(r"(?:<\|[a-z_]{1,20}\|>|</s>|<eos>|<end_of_turn>|<\uff5c[^\uff5c<>\n]{1,30}\uff5c>)\Z")
_MESSAGE = re.compile(
    r"<\|channel\|>(?P<channel>[a-z]+)(?P<to>[^<\n]{0,100})(?:<\|constrain\|>[a-z]{0,20})?<\|message\|>"
)
_MESSAGE_ENDS = re.compile(r"<\|(?:end|call|return|start|channel)\|>")


def spoken(reply: str) -> str:
    """The reply as text with LF line endings; raises `Rejected` when it is nothing but thinking."""
    text = reply.removeprefix("\ufeff").replace("\r\n", "\n")
    if text.lstrip().startswith(("<|channel|>", "<|start|>")):
        text = _final(text)
    text = _first_turn(_after_unopened(text))
    return _without_stop_tokens(_QUOTE_MARK.sub("", "\n".join(_without_thoughts(text))))


def _final(text: str) -> str:
    """The messages that are meant for the reader, or for a tool; never those of the analysis."""
    said: dict[str, list[str]] = {"final": [], "tool": []}
    for found in _MESSAGE.finditer(text):
        end = _MESSAGE_ENDS.search(text, found.end())
        channel = "tool" if "to=" in found["to"] else found["channel"]
        said.get(channel, []).append(text[found.end() : end.start() if end else len(text)])
    if not (said["final"] or said["tool"]):
        raise _only_thinking()
    return "\n".join(said["final"] or said["tool"])


def _after_unopened(text: str) -> str:
    """What follows an end of thoughts whose beginning the prompt's template wrote."""
    unopened = _UNOPENED.search(text)
    if unopened is None or re.search(r"<th|\[TH", text[: unopened.start()]):
        return text
    return text[unopened.end() :]


def _first_turn(text: str) -> str:
    """Without the turns that a model invents after its own."""
    begins = _TURN_BEGINS.match(text)
    start = begins.end() if begins else 0
    ends = next((found for found in _TURN_ENDS.finditer(text, start) if text[start : found.start()].strip()), None)
    return text[start : ends.start() if ends else len(text)]


def _without_thoughts(text: str) -> Iterator[str]:
    """The lines outside of thoughts. In a fence or a block such a tag is a file's own text."""
    opening: Fence | None = None
    in_block, closing = False, ""
    for line in text.split("\n"):
        rest, closing = (line, "") if opening or in_block else _outside(line, closing)
        if rest is None:
            continue
        yield rest
        mark = fence(rest)
        if in_block:
            in_block = _BLOCK_ENDS.fullmatch(rest) is None
        elif _BLOCK_BEGINS.match(rest):
            in_block = True
        elif mark is not None:
            opening = mark if opening is None else None if mark.ends(opening) else opening
    if closing:
        raise _only_thinking()


def _outside(line: str, closing: str) -> tuple[str | None, str]:
    """What of a line is outside of thoughts (None: nothing), and the tag that will end them."""
    position, began = 0, bool(closing)
    while True:
        if closing:
            end = line.find(closing, position)
            if end < 0:
                return None, closing
            position, closing = end + len(closing), ""
        found = _THOUGHT.match(line, position)
        if found is None:
            rest = line[position:]
            return (None, "") if began and not rest.strip() else (rest, "")
        began, position, closing = True, found.end(), _closing(found)


def _closing(found: re.Match[str]) -> str:
    if found["tag"]:
        return f"</{found['tag']}>"
    return "[/THINK]" if found["mistral"] else "\u25c1/think\u25b7" if found["kimi"] else "<|end_of_thought|>"


def _without_stop_tokens(text: str) -> str:
    end = len(text.rstrip())
    while (token := _STOP_TOKEN.search(text[max(end - 60, 0) : end])) is not None:
        end -= len(token[0])
        while end and text[end - 1].isspace():
            end -= 1
    return text[:end] if end < len(text.rstrip()) else text


def _only_thinking() -> Exception:
    return refusal("no-edit", "The answer is only thinking that never ends. Answer with the edits themselves.")
