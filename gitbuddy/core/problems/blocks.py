"""Complaints told in a block of lines: rustc, clippy and ruff in full, biome, shellcheck, eslint's own form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitbuddy.core.problems.problem import Found, Problem, plain, trimmed, until
from gitbuddy.core.problems.rules import rule_and_message

_BLANK = re.compile(r"\s*$")
_ARROW = re.compile(r"[ \t]*--> (?P<path>\S[^:]*):(?P<line>\d+):(?P<column>\d+)$")
_CLIPPY = re.compile(r".*/rust-clippy/.*#(?P<name>\w+)$")
_LABEL = re.compile(r"[ \d]*\|[ |]*[\^-]+ (?P<label>\S.*)$")
_NOTE_BEGINS = re.compile(r"[ \t]*= (?:note|help): |help: ")
_SOURCE, _EMPTY = re.compile(r"[ \d]*\|"), re.compile(r"[ |]*$")
_NOTE = re.compile(r"[ \t]*= (?:note|help): (?!`#\[|for further information)(?P<label>\S.*)$|(?P<help>help: .*)$")

_BIOME = re.compile(
    r"(?P<path>[^\s:]+)(?::(?P<line>\d+):(?P<column>\d+))? (?P<rule>[A-Za-z][\w/-]*)(?: +FIXABLE)? +\u2501{3,}$"
)
_BIOME_END = re.compile(r"\S.*\u2501{3,}$|Checked \d+ files? in ")
_BIOME_ADVISES = re.compile("  i ")
_BIOME_SAYS = re.compile(r"  [\u00d7!i] (?P<text>\S.*)$")

_SHELL = re.compile(r"In (?P<path>\S.*) line (?P<line>\d+):$")
_SHELL_END = re.compile(rf"\s*$|{_SHELL.pattern}")
_SHELL_SAYS = re.compile(r" *\^[-^]*\^?-* (?P<rule>SC\d+) \((?P<severity>\w+)\): (?P<text>\S.*)$")

_STYLISH = re.compile(r"[ \t]+(?P<line>\d+):(?P<column>\d+)[ \t]+(?P<severity>error|warning)[ \t]+(?P<text>\S.*)$")


def arrows(lines: Sequence[str]) -> Iterator[Found]:
    """rustc, clippy and ruff in full: a line of words, an arrow to the place, source, notes; a blank line ends it.

    The lint that rustc names in a note is no rule here: it names it only the first time that it complains.
    """
    index = 1
    while index < len(lines):
        match = _ARROW.match(lines[index])
        if not match or not lines[index - 1].strip():
            index += 1
            continue
        end = until(lines, index, _BLANK)
        rule, message = rule_and_message(lines[index - 1])
        body = lines[index + 1 : end]
        rule = rule or next((f"clippy::{link['name']}" for link in map(_CLIPPY.match, body) if link), "")
        problem = Problem(
            plain(match["path"]),
            int(match["line"]),
            message,
            rule,
            int(match["column"]),
            "",
            _said(body),
            _source(body),
        )
        yield Found(index - 1, end, problem)
        index = end + 1


def _said(body: Sequence[str]) -> tuple[str, ...]:
    """Labels below the source, and notes. Where other files come in (a trait's definition), our part is over."""
    matches = (_LABEL.match(line) or _NOTE.match(line) for line in _near(body))
    return trimmed([next(group for group in match.groups() if group) for match in matches if match])


def _source(body: Sequence[str]) -> tuple[str, ...]:
    end = until(body, 0, _NOTE_BEGINS)
    return trimmed([line for line in _near(body[:end]) if _SOURCE.match(line) and not _EMPTY.match(line)])


def _near(body: Sequence[str]) -> Sequence[str]:
    return body[: next((index for index, line in enumerate(body) if re.match(r"[ \t]*(?:-->|:::) ", line)), len(body))]


def biome(lines: Sequence[str]) -> Iterator[Found]:
    """biome lint, check and format: a ruled heading, then what it says."""
    for index, line in enumerate(lines):
        if not (match := _BIOME.match(line)):
            continue
        end = until(lines, index + 1, _BIOME_END)
        said = [says["text"] for says in map(_BIOME_SAYS.match, lines[index + 1 : end]) if says]
        numbers = [int(match[key]) if match[key] else None for key in ("line", "column")]
        advice = until(lines[:end], index + 1, _BIOME_ADVISES)
        source = [text for text in lines[index + 1 : advice] if "\u2502" in text]
        yield Found(
            index,
            end,
            Problem(
                plain(match["path"]),
                numbers[0],
                said[0] if said else match["rule"],
                match["rule"],
                numbers[1],
                "",
                tuple(said[1:]),
                trimmed(source),
            ),
        )


def shellcheck(lines: Sequence[str]) -> Iterator[Found]:
    """shellcheck for people: the place, the line of source, and below it one or more complaints."""
    for index, line in enumerate(lines):
        if not (match := _SHELL.match(line)):
            continue
        end = until(lines, index + 1, _SHELL_END)
        for below in range(index + 2, end):
            if says := _SHELL_SAYS.match(lines[below]):
                message = f"{says['severity']}: {says['text']}"
                column = len(says[0]) - len(says[0].lstrip()) + 1
                source = tuple(lines[index + 1 : index + 2])
                yield Found(
                    index,
                    end,
                    Problem(plain(match["path"]), int(match["line"]), message, says["rule"], column, "", (), source),
                )


def stylish(lines: Sequence[str]) -> Iterator[Found]:
    """eslint's own form: a path, and indented below it its complaints, the rule at the end of each."""
    path = ""
    for index, line in enumerate(lines):
        match = _STYLISH.match(line)
        if match and path:
            text, rule = _last_column(match["text"])
            place = int(match["line"]), int(match["column"])
            yield Found(index, index + 1, Problem(path, place[0], f"{match['severity']}: {text}", rule, place[1]))
        elif not match:
            follows = index + 1 < len(lines) and _STYLISH.match(lines[index + 1])
            path = plain(line) if line[:1].strip() and follows else ""


def _last_column(text: str) -> tuple[str, str]:
    """Words, and the rule behind at least two spaces; an error of the parser has no rule."""
    words, gap, rule = text.rstrip().rpartition("  ")
    return (words.rstrip(), rule) if gap and re.fullmatch(r"[@\w/-]+", rule) else (text.rstrip(), "")
