"""Files that a formatter would change: ruff format, black, prettier, `gofmt -l`, and any diff."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitbuddy.core.problems.problem import Found, Problem, plain, trimmed

_LISTED = re.compile(
    r"(?P<text>[Ww]ould reformat):? (?P<path>\S.*)$"  # ruff format, black
    r"|\[(?:warn)\] (?P<pretty>\S+)$"  # prettier
    r"|(?P<go>[\w./+@-]+\.go)$"  # gofmt -l
)
_OLD, _NEW = re.compile(r"--- (?P<path>\S+)"), re.compile(r"\+\+\+ (?P<path>\S*\w\.\w+)")
_HUNK = re.compile(r"@@ -(?P<line>\d+)(?:,\d+)? \+\d+(?:,\d+)? @@")
RULE = "format"
MESSAGE = "is not formatted as the formatter would"


def listed(lines: Sequence[str]) -> Iterator[Found]:
    for index, line in enumerate(lines):
        if match := _LISTED.match(line):
            path = next(match[name] for name in ("path", "pretty", "go") if match[name])
            yield Found(index, index + 1, Problem(plain(path), None, MESSAGE, RULE))


def diffs(lines: Sequence[str]) -> Iterator[Found]:
    """Each hunk of a unified diff."""
    path = ""
    for index, line in enumerate(lines):
        if (match := _NEW.match(line)) and index and _OLD.match(lines[index - 1]):
            path = plain(match["path"].removesuffix(".orig"))
            yield Found(index - 1, index + 1)
        elif (hunk := _HUNK.match(line)) and path:
            end = index + 1
            while end < len(lines) and lines[end][:1] in (" ", "+", "-") and not _OLD.match(lines[end]):
                end += 1
            yield Found(
                index,
                end,
                Problem(path, int(hunk["line"]), MESSAGE, RULE, None, "", (), trimmed(lines[index + 1 : end])),
            )
