"""pytest: the blocks of its failures and errors, in any `--tb` style, and its short summary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitbuddy.core.problems.problem import Found, Place, Problem, plain, thrown, until

_SECTION = re.compile(r"={3,} (?P<name>FAILURES|ERRORS) ={3,}$")
_RULED = re.compile(r"={3,} .* ={3,}$|!{3,} .* !{3,}$")
_TITLE = re.compile(r"_{3,} (?:ERROR (?:at (?:setup|teardown) of|collecting) )?(?P<name>\S.*?) _{3,}$")
_STOP = re.compile(rf"{_TITLE.pattern}|{_RULED.pattern}")
_SAID = re.compile(r"E(?: {3}(?P<text>.*))?$")
_PLACE = re.compile(r"(?P<path>[^\s:][^:]*):(?P<line>\d+):(?: (?P<name>in \S+|[\w.]+))?[ \t]*$")
_POINTED = re.compile(r">[ \t]+(?P<source>\S.*)$")
_CAPTURED = re.compile(r"-{3,} Captured .* -{3,}$")
_SUMMARY = re.compile(
    r"(?:(?:SUB)?FAILED|ERROR)(?:\(.*?\))? "
    r"(?P<id>(?P<path>\S+\.py)(?:::[^\s\[]+(?:\[.*?\](?= - |$))?)?)(?: - (?P<words>.*))?$"
)


def read(lines: Sequence[str]) -> Iterator[Found]:
    summary = {index: match for index, line in enumerate(lines) if (match := _SUMMARY.match(line))}
    ids = [match["id"] for match in summary.values()]
    told: set[str] = set()
    for start, end in _blocks(lines):
        title = _TITLE.match(lines[start])
        problem = _problem(lines[start + 1 : end], title["name"] if title else "", ids)
        told.add(problem.test)
        yield Found(start, end, problem)
    for index, match in summary.items():
        problem = Problem(plain(match["path"]), None, match["words"] or "failed", test=match["id"])
        yield Found(index, index + 1, None if match["id"] in told else problem)


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    inside = False
    for index, line in enumerate(lines):
        if _RULED.match(line):
            inside = bool(_SECTION.match(line))
        elif inside and _TITLE.match(line):
            yield index, until(lines, index + 1, _STOP)


def _problem(body: Sequence[str], title: str, ids: list[str]) -> Problem:
    body = body[: until(body, 0, _CAPTURED)]
    places = list(_places(body))
    test = _id(title, ids, places[0].path if places else "")
    made = thrown(_said(body), places, test)
    return made if made.path else Problem(test.partition("::")[0], None, made.message, test=test, detail=made.detail)


def _said(body: Sequence[str]) -> list[str]:
    """The last run of lines marked E: of exceptions that led to one another, the one that came out."""
    runs: list[list[str]] = [[]]
    for line in body:
        if match := _SAID.match(line):
            runs[-1].append(match["text"] or "")
        elif runs[-1] and line.strip():
            runs.append([])
    said = next((run for run in reversed(runs) if run), [])
    return said or [line for line in body if line.strip()][-1:]


def _places(body: Sequence[str]) -> Iterator[Place]:
    """Calls, outermost first: the source stands above its place in the long style, and below it in the short one."""
    pointed = ""
    for index, line in enumerate(body):
        if match := _POINTED.match(line):
            pointed = match["source"]
        elif match := _PLACE.match(line):
            below = body[index + 1] if index + 1 < len(body) else ""
            source = below.strip() if below.startswith("    ") and not pointed else pointed
            yield Place(plain(match["path"]), int(match["line"]), source)
            pointed = ""


def _id(title: str, ids: list[str], path: str) -> str:
    """The id of the summary for a block's title, which leaves out the file and joins classes with dots."""
    if title in ids or title.endswith(".py"):
        return title
    name, bracket, parameters = title.partition("[")
    wanted = name.replace(".", "::") + bracket + parameters
    same = [known for known in ids if known.partition("::")[2] == wanted]
    near = [known for known in same if known.startswith(f"{path}::")]
    return (near or same or [f"{path}::{wanted}"])[0]
