"""Files that a formatter would change: ruff format, black, isort, prettier, `gofmt -l`, cargo fmt, and any diff."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitbuddy.core.problems.problem import Found, Problem, plain, trimmed

_LISTED = re.compile(
    r"(?P<text>[Ww]ould reformat):? (?P<path>\S.*)$"  # ruff format, black
    r"|ERROR: (?P<sorted>\S.*) Imports are incorrectly sorted and/or formatted\.$"  # isort
    r"|\[warn\] (?P<pretty>\S+|\S.*\.\w+)$"  # prettier
    r"|(?P<go>[\w./+@-]+\.go)$"  # gofmt -l
)
_OLD, _NEW = re.compile(r"--- (?P<path>\S+)"), re.compile(r"\+\+\+ (?P<path>\S*\w\.\w+)")
_HUNK = re.compile(r"@@ -(?P<line>\d+)(?:,\d+)? \+\d+(?:,\d+)? @@")
_RUST = re.compile(r"Diff in (?P<path>\S.*?)(?::| at line )(?P<line>\d+):$")
_PRETTIER_FAILS = re.compile(r"\[error\] (?P<path>\S.*): (?P<text>SyntaxError: .*) \((?P<line>\d+):(?P<column>\d+)\)$")
_BLACK_FAILS = re.compile(r"error: (?P<text>cannot parse): (?P<path>\S.*?):(?P<line>\d+):(?P<column>\d+)$")
_BLACK_SHOWS = re.compile(r" |\w*Error: ")
_PRETTIER_SHOWS = re.compile(r"\[error\] +>? *\d* *\|")
RULE = "format"
MESSAGE = "is not formatted as the formatter would"


def listed(lines: Sequence[str]) -> Iterator[Found]:
    for index, line in enumerate(lines):
        if match := _LISTED.match(line):
            path = next(match[name] for name in ("path", "sorted", "pretty", "go") if match[name])
            yield Found(index, index + 1, Problem(plain(path), None, MESSAGE, RULE))


def rustfmt(lines: Sequence[str]) -> Iterator[Found]:
    """What `cargo fmt --check` would change: a heading, and below it the lines, which begin as in a diff."""
    for index, line in enumerate(lines):
        if match := _RUST.match(line):
            end = index + 1
            while end < len(lines) and lines[end][:1] in (" ", "+", "-"):
                end += 1
            shown = trimmed(lines[index + 1 : end])
            yield Found(index, end, Problem(plain(match["path"]), int(match["line"]), MESSAGE, RULE, trace=shown))


def unreadable(lines: Sequence[str]) -> Iterator[Found]:
    """What prettier and black cannot read as code, and the source that they show below."""
    for index, line in enumerate(lines):
        for fails, shows in ((_PRETTIER_FAILS, _PRETTIER_SHOWS), (_BLACK_FAILS, _BLACK_SHOWS)):
            if match := fails.match(line):
                end = index + 1
                while end < len(lines) and shows.match(lines[end]):
                    end += 1
                shown = trimmed([text.removeprefix("[error] ") for text in lines[index + 1 : end]])
                place = int(match["line"]), int(match["column"])
                yield Found(
                    index, end, Problem(plain(match["path"]), place[0], match["text"], "", place[1], trace=shown)
                )


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
