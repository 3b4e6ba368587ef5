"""Findings of a review: what a reviewer says, where, and how gravely."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from gitbuddy.errors import Rejected
from gitbuddy.values import Refused

INSTRUCTIONS = """\
Do not edit anything. Answer with one line for each finding:

src/loans.py:14: advice: The name `d` does not say what it counts.
src/loans.py:22: blocking: A renewal on the last day is refused.

- `blocking` is for behaviour that is wrong; add a test that fails because of it: the path of a new test file on a line
  of its own, then one fence with all of its lines. Without such a test a finding counts as advice.
- If there is nothing to say, answer with the one line: No findings.
"""
MOST = 50
_FINDING = re.compile(
    r"^[-*\s]*`?(?P<path>[^\s:`]+):(?P<line>\d+)`?:[ \t]*(?P<severity>blocking|advice):[ \t]*(?P<words>\S.*)$",
    re.MULTILINE,
)

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
    """The findings of a reply, at most `MOST`. Raises `Rejected` when it has none and does not say so."""
    found = tuple(
        Finding(match["path"], int(match["line"]), "blocking" if match["severity"] == "blocking" else "advice", words)
        for match in _FINDING.finditer(reply)
        if (words := match["words"].strip())
    )
    if not found and not _NONE.search(reply):
        words = "No finding was found. Write each as `path:line: advice: words`, or the one line: No findings."
        raise Rejected(Refused("reply", "no-finding", words), reply)
    return found[:MOST]
