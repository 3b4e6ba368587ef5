"""`document`: words change, the program does not: the syntax tree is equal apart from docstrings."""

from __future__ import annotations

import re

from gitbuddy.core.evidence import Evidence
from gitbuddy.core.syntax import skeleton
from gitbuddy.values import Accepted, Change, CheckResult, Refused, Task

WORDS = "Improve docstrings and comments only. Change no code: not a name, not a value, not an import."
_PROSE = re.compile(
    r"(?:.*\.(?:md|rst|adoc)|(?:.*/)?(?:readme|changes|changelog|news|contributing|authors)(?:\.txt)?)$", re.IGNORECASE
)
"""Files that are words and nothing else. Not every `.txt` is: requirements.txt and CMakeLists.txt are code."""


def pointless(task: Task, base: tuple[CheckResult, ...]) -> str:
    return ""


def prove(evidence: Evidence) -> Accepted | Refused:
    for change in evidence.patch.changes:
        if problem := _code_changed(change):
            return Refused("checks", "code-changed", problem)
    return Accepted(("the code is the same apart from docstrings and comments",))


def _code_changed(change: Change) -> str:
    if _PROSE.match(change.path):
        return ""
    if change.before is None or change.after is None:  # even an empty module can be imported, or shadow another one
        return f"a documentation task adds and removes no code files: {change.path}"
    if not change.path.endswith((".py", ".pyi")):
        return f"gitbuddy cannot show that only comments changed in this file type: {change.path}"
    try:
        same = skeleton(change.before) == skeleton(change.after)
    except ValueError as error:
        return f"not valid Python: {change.path}: {error}"
    return "" if same else f"the code itself changed, not only its documentation: {change.path}"
