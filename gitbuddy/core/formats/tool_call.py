"""Edits as calls of tools, which models trained on tools write though none was offered. Understood, never asked for.

Only calls that hold the very text count: old and new lines, a whole file, or the removal of one. Line numbers do not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from gitbuddy.core.formats.elision import elision
from gitbuddy.core.formats.fences import Block, blocks
from gitbuddy.core.formats.headers import info_path, path_line
from gitbuddy.core.formats.refusal import refusal
from gitbuddy.core.formats.whole_file import refuse_unlike_a_file
from gitbuddy.values import DeleteFile, Edit, Replace, WriteFile

_TAGGED = re.compile(r"^[ \t]*<(tool_call|function_call|tool_use)>(.*?)(?:</\1>|\Z)", re.DOTALL | re.MULTILINE)
_TAG = re.compile(r"^[ \t]*<(?:tool_call|function_call|tool_use)>", re.MULTILINE)
_FUNCTION = re.compile(r"<function=([\w.-]{1,60})>(.*?)</function>", re.DOTALL)
_PARAMETER = re.compile(r"<parameter=([\w-]{1,60})>\n?(.*?)\n?</parameter>", re.DOTALL)
_EDIT_KEY = re.compile(r'"(?:old|new|search|find)(?:_?(?:string|str|text|code))?"\s*:', re.IGNORECASE)
_MOST_TRIES = 20  # objects in prose that are looked at, so that a hostile reply stays cheap
_DEEPEST = 6

_PATH = ("path", "filepath", "filename", "file", "targetfile", "absolutepath")
_OLD = ("oldstring", "oldstr", "oldtext", "oldcode", "old", "search", "find", "original", "before")
_NEW = ("newstring", "newstr", "newtext", "newcode", "new", "replace", "replacement", "replacewith", "updated", "after")
_CONTENT = ("content", "contents", "filetext", "filecontent", "text", "code")
_INNER = ("function", "arguments", "parameters", "input", "args")
_LISTS = ("edits", "changes", "replacements", "files", "toolcalls", "calls")
_WRITES = re.compile(r"(?:^|[._-])(?:write|create|save|overwrite|new)", re.IGNORECASE)
_REMOVES = re.compile(r"(?:^|[._-])(?:delete|remove)(?:[._-]?file)?$", re.IGNORECASE)
_CHANGES = re.compile(r"edit|replace|write|patch|create|update|insert|append|modify|delete|remove", re.IGNORECASE)


def parse(reply: str) -> tuple[Edit, ...] | None:
    """The edits of all calls in order; None if there are none. Raises `Rejected` for a call that is cut or unclear."""
    edits = [edit for value, path in _values(reply) for edit in _edits(value, "", path, 0)]
    return tuple(edits) or None


def _values(reply: str) -> Iterator[tuple[Any, str]]:
    """Every value that may be a call, with the path above it."""
    if _TAG.search(reply):
        yield from ((_tagged(found[2]), "") for found in _TAGGED.finditer(reply))
        return
    fenced = [block for block in blocks(reply) if _may_be_call(block)]
    for block in fenced:
        yield _loaded(block.text), path_line(block.heading) or info_path(block.info) or ""
    if not fenced and not blocks(reply):
        yield from ((value, "") for value in _in_prose(reply))


def _tagged(text: str) -> Any:
    function = _FUNCTION.search(text) if "</function>" in text else None
    if function is None:
        return _loaded(text, sure=True)
    closed = function[2][: function[2].rfind("</parameter>") + len("</parameter>")]
    return {"name": function[1], "arguments": dict(_PARAMETER.findall(closed))}


def _may_be_call(block: Block) -> bool:
    """JSON in a fence, unless the fence is the text of a JSON file."""
    word = block.info.split()[0].lower() if block.info else ""
    path = path_line(block.heading) or info_path(block.info) or ""
    is_file = re.search(r"\.(?:json[5cl]?|ipynb)$", path, re.IGNORECASE) is not None or bool(path and not word)
    holds = block.text.lstrip()[:1] in ("{", "[")
    return holds and not is_file and word in ("", "json", "json5", "jsonc", "tool_call", "tool_code")


def _loaded(text: str, *, sure: bool = False) -> Any:
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        if sure or _EDIT_KEY.search(text):
            raise _unclear("is no JSON, or is cut") from None
        return None


def _in_prose(reply: str) -> Iterator[Any]:
    decoder = json.JSONDecoder(strict=False)
    position = 0
    for _ in range(_MOST_TRIES):
        found = re.compile(r"^[ \t]*(?=[\[{])", re.MULTILINE).search(reply, position)
        if found is None:
            return
        try:
            value, position = decoder.raw_decode(reply, found.end())
            yield value
        except (ValueError, RecursionError):
            position = found.end() + 1


def _edits(value: Any, name: str, path: str, depth: int) -> Iterator[Edit]:
    if depth > _DEEPEST:
        return
    if isinstance(value, str) and depth:
        value = _loaded(value)
    if isinstance(value, list):
        for item in value:
            yield from _edits(item, name, path, depth + 1)
    if isinstance(value, dict):
        plain = {re.sub(r"[_-]", "", str(key)).lower(): item for key, item in value.items()}
        yield from _call(plain, name, path, depth)


def _call(call: Mapping[str, Any], name: str, path: str, depth: int) -> Iterator[Edit]:
    name = _first(call, ("command", "name", "tool", "action", "type")) or name
    path = _first(call, _PATH) or path
    inner = [call[key] for key in (*_INNER, *_LISTS) if _holds_more(call.get(key))]
    for value in inner:
        yield from _edits(value, name, path, depth + 1)
    if inner:
        return
    edit = _edit(call, name, path.removeprefix("./"))
    if edit is not None:
        yield edit


def _edit(call: Mapping[str, Any], name: str, path: str) -> Edit | None:
    """The edit of one call; None for a call that changes nothing, such as reading a file."""
    old, new, content = (_first(call, keys) for keys in (_OLD, _NEW, _CONTENT))
    if old is not None and new is not None and not call.get("regex"):
        _refuse_elision(path, new, old)
        return Replace(path, _line(old) if old.strip() else "", _line(new))
    if content is not None and old is None and path and _WRITES.search(name):
        refuse_unlike_a_file(path, content.split("\n"))
        return WriteFile(path, content)
    if _REMOVES.search(name) and path:
        return DeleteFile(path)
    if path and (_CHANGES.search(name) or new is not None or content is not None):
        raise _unclear("does not hold an edit with its old and new lines")
    return None


def _refuse_elision(path: str, new: str, old: str) -> None:
    left_out = elision(new.split("\n"), known=old.split("\n"))
    if left_out is not None:
        raise refusal("elided-code", f"The edit of {path} leaves code out: {left_out}\nWrite every new line.")


def _first(call: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
    return next((call[key] for key in keys if isinstance(call.get(key), str)), None)


def _holds_more(value: Any) -> bool:
    return isinstance(value, dict | list) or (isinstance(value, str) and value.lstrip()[:1] in ("{", "["))


def _line(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _unclear(what: str) -> Exception:
    return refusal(
        "malformed-block",
        f"A tool call {what}. There are no tools here: write the edit as text, in the format described above.",
    )
