"""`document`: words change, the program does not: the syntax tree is equal apart from docstrings and comments."""

from __future__ import annotations

import re

from gitbuddy.core.evidence import Evidence
from gitbuddy.core.languages import examples, language_of, skeleton
from gitbuddy.values import Accepted, Change, CheckResult, Refused, Task, Unverified

WORDS = "Improve docstrings and comments only. Change no code: not a name, not a value, not an import."
_PROSE = re.compile(
    r"(?:.*\.(?:md|rst|adoc)|(?:.*/)?(?:readme|changes|changelog|news|contributing|authors)(?:\.txt)?)$", re.IGNORECASE
)
"""Files that are words and nothing else. Not every `.txt` is: requirements.txt and CMakeLists.txt are code."""


def pointless(task: Task, base: tuple[CheckResult, ...]) -> str:
    return ""


def prove(evidence: Evidence) -> Accepted | Refused | Unverified:
    found = [problem for change in evidence.patch.changes if (problem := _problem(change))]
    if found:
        return next((problem for problem in found if isinstance(problem, Refused)), found[0])
    return Accepted(("the code is the same apart from docstrings and comments",))


def _problem(change: Change) -> Refused | Unverified | None:
    path, before, after = change.path, change.before, change.after
    if _PROSE.match(path):
        return None
    if before is None or after is None:  # even an empty module can be imported, or shadow another one
        return _refused(f"a documentation task adds and removes no code files: {path}")
    language = language_of(path)
    if language is None:
        words = f"gitbuddy cannot show that only comments changed in this file type: {path}"
        return Unverified("no-grammar", words)
    try:
        was, ran = skeleton(before, path), examples(before, path)
    except ValueError as error:
        words = f"gitbuddy cannot read this file as it was, as {language}, so nothing is shown: {path}: {error}"
        return Unverified("unreadable", words)
    try:
        same, gone = skeleton(after, path) == was, ran - examples(after, path)
    except ValueError as error:
        return _refused(f"not valid {language} any more: {path}: {error}")
    if not same:
        return _refused(f"the code itself changed, not only its documentation: {path}")
    if gone:
        first = next(iter(gone)).split("\n")[0]
        return _refused(f"an example in the documentation that runs as a test is gone or changed: {path}: {first}")
    return None


def _refused(words: str) -> Refused:
    return Refused("checks", "code-changed", words)
