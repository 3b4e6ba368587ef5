"""Whether an answer is a call of a tool and nothing else: to say so, where the call holds no edit that can be read.

Models that were trained for agents fall back to it, though nobody has offered them a tool.
"""

from __future__ import annotations

import json
import re
from typing import Any

LONGEST = 1 << 20
"""Characters of an answer that are looked at."""
_TAGGED = re.compile(r"\s*(?:<(tool_call|function_call)>(?:(?!</\1>).)*(?:</\1>|\Z)\s*)+", re.DOTALL)
_LISTED = re.compile(r"\s*\[TOOL_CALLS\]")
_FENCED = re.compile(r"\s*```(?:json)?\n(.*?)\n```\s*", re.DOTALL)
_KEYS = frozenset({"name", "arguments", "parameters", "type", "id", "index"})


def is_tool_call(answer: str) -> bool:
    """Whether calls of tools are all that it says: between tags, or as bare JSON."""
    if _TAGGED.fullmatch(answer) or _LISTED.match(answer):
        return True
    fenced = _FENCED.fullmatch(answer)
    text = (fenced[1] if fenced else answer).strip()
    if text[:1] not in ("{", "[") or len(text) > LONGEST:
        return False
    try:
        return _is_call(json.loads(text))
    except (ValueError, RecursionError):
        return False


def _is_call(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(each, dict) and _is_call(each) for each in value)
    if not isinstance(value, dict):
        return False
    inner = value.get("tool_calls") or value.get("function")
    if isinstance(inner, list | dict):
        return _is_call(inner)
    arguments = value.get("arguments", value.get("parameters"))
    return isinstance(value.get("name"), str) and isinstance(arguments, dict | str) and value.keys() <= _KEYS
