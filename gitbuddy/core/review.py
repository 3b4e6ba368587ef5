"""Findings of a review: what a reviewer says, where, and how gravely."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from gitbuddy.errors import Rejected
from gitbuddy.values import Attempt, Kind, Refused, Task

INSTRUCTIONS = """\
Do not edit anything. Answer with one line for each finding:

src/loans.py:14: advice: The name `d` does not say what it counts.
src/loans.py:22: blocking: A renewal on the last day is refused.

- `blocking` is for behaviour that is wrong; add a test that fails because of it: the path of a new test file on a line
  of its own, then one fence with all of its lines. Without such a test a finding counts as advice.
- If there is nothing to say, answer with the one line: No findings.
"""
MOST = 50
LONGEST_WORDS = 1000
"""Characters of one finding."""
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "findings": {
            "type": "array",
            "maxItems": MOST,
            "items": {
                "type": "object",
                "properties": {
                    "path": {"type": "string", "minLength": 1, "maxLength": 300},
                    "line": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
                    "severity": {"enum": ["blocking", "advice"]},
                    "words": {"type": "string", "minLength": 1, "maxLength": LONGEST_WORDS},
                },
                "required": ["path", "line", "severity", "words"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["findings"],
    "additionalProperties": False,
}
"""The same findings as JSON, for a model that cannot keep to lines. It has no room for code, so none is asked for so:
what it calls blocking comes without a test and counts as advice."""
SCHEMA_INSTRUCTIONS = """\
Do not edit anything. Answer with JSON only, like this; an empty list says that there is nothing to say:

{"findings": [{"path": "src/loans.py", "line": 14, "severity": "advice", "words": "The name `d` says nothing."}]}
"""
_FINDING = re.compile(
    r"^[-*\s]*`?(?P<path>[^\s:`]+):(?P<line>\d+)`?:[ \t]*(?P<severity>blocking|advice):[ \t]*(?P<words>\S.*)$",
    re.MULTILINE,
)

_FENCE = re.compile(r"\A```(?:json)?[ \t]*\n(.*)\n```\Z", re.DOTALL)
_PATH = re.compile(r"[^\s:`]{1,300}")
_NONE = re.compile(r"^\s*no findings\b", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a reviewer says about a line. Its severity is a claim until a test has shown it."""

    path: str
    line: int
    severity: Literal["blocking", "advice"]
    words: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.severity}: {self.words}"


def findings(reply: str) -> tuple[Finding, ...]:
    """The findings of a reply, in lines or as JSON, at most `MOST`.

    Raises `Rejected` when it has none and does not say so.
    """
    told = _as_json(reply)
    found = tuple(_in_lines(reply)) if told is None else told
    if not found and told is None and not _NONE.search(reply):
        words = "No finding was found. Write each as `path:line: advice: words`, or the one line: No findings."
        raise Rejected(Refused("reply", "no-finding", words), reply)
    return found[:MOST]


def brings_tests(reply: str) -> bool:
    """Whether there may be tests in a reply: in fences, as far as those do not hold the findings themselves."""
    return "```" in reply and _as_json(reply) is None


def schema_for(task: Task, tier: str, attempts: Sequence[Attempt]) -> Mapping[str, Any] | None:
    """The schema to ask this tier with: a review that it could not write in lines is asked for as JSON.

    None for every other kind, since code is never asked for so.
    """
    if task.kind is not Kind.REVIEW:
        return None
    mine = [attempt.verdict for attempt in attempts if attempt.tier.name == tier]
    lost = any(isinstance(verdict, Refused) and verdict.reason == "no-finding" for verdict in mine)
    return SCHEMA if lost else None


def _in_lines(reply: str) -> Iterator[Finding]:
    for match in _FINDING.finditer(reply):
        if words := match["words"].strip():
            yield Finding(match["path"], int(match["line"]), _severity(match["severity"]), words)


def _as_json(reply: str) -> tuple[Finding, ...] | None:
    """The findings of a reply that is JSON after the schema, alone or in one fence; None for any other."""
    text = _FENCE.sub(r"\1", reply.strip())
    try:
        listed = json.loads(text).get("findings")
    except (ValueError, RecursionError, AttributeError):
        return None
    if not isinstance(listed, list):
        return None
    read = [_finding(each) for each in listed[:MOST]]
    return None if None in read else tuple(each for each in read if each)


def _finding(told: Any) -> Finding | None:
    """One finding of the JSON; None where a part is missing or of another kind."""
    if not isinstance(told, dict):
        return None
    path, line, severity, words = (told.get(name) for name in ("path", "line", "severity", "words"))
    if not (isinstance(path, str) and isinstance(words, str) and isinstance(line, int) and line is not True):
        return None
    clean = " ".join(words.split())[:LONGEST_WORDS]
    if severity not in ("blocking", "advice") or line < 1 or not clean or not _PATH.fullmatch(path):
        return None
    return Finding(path, line, _severity(severity), clean)


def _severity(word: str) -> Literal["blocking", "advice"]:
    return "blocking" if word == "blocking" else "advice"
