"""Maven Surefire: failures with their exception and the calls inside the project."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitbuddy.core.problems.problem import Found, Place, Problem, thrown, until

_TITLE = re.compile(
    r"(?:\[ERROR\] )?(?P<name>[\w.$]+(?:\([\w.$]+\)|\[.*?\])?)(?: --)? +Time elapsed: .*<<< (?:FAILURE|ERROR)!"
)
_STOP = re.compile(rf"\s*$|\[(?:INFO|ERROR|WARNING)\] |{_TITLE.pattern}")
_PLACE = re.compile(r"[ \t]+at (?P<call>[\w.$/@]+)\.[\w$<>]+\((?P<path>\w+\.(?:java|kt)):(?P<line>\d+)\)$")
_LIBRARY = re.compile(
    r"(?:java|javax|jdk|sun|kotlin|junit|org\.(?:junit|opentest4j|apache\.maven|hamcrest|assertj|mockito))[./]"
)
_SUMMARY = re.compile(r"\[ERROR\] +(?P<name>[\w$]+\.[\w$]+):(?P<line>\d+)(?:->\S+)? (?P<text>\S.*)$")


def read(lines: Sequence[str]) -> Iterator[Found]:
    told: list[str] = []
    for index, line in enumerate(lines):
        if match := _TITLE.match(line):
            end = until(lines, index + 1, _STOP)
            told.append(match["name"])
            yield Found(index, end, _problem(lines[index + 1 : end], match["name"]))
    for index, line in enumerate(lines):
        if match := _SUMMARY.match(line):
            file, _, _ = match["name"].partition(".")
            problem = Problem(f"{file}.java", int(match["line"]), match["text"], test=match["name"])
            known = any(name.endswith(match["name"]) for name in told)
            yield Found(index, index + 1, None if known else problem)


def _problem(body: Sequence[str], test: str) -> Problem:
    """Java names files without their folder, and the innermost call first."""
    said = body[: next((index for index, line in enumerate(body) if line.lstrip().startswith("at ")), len(body))]
    calls = [match for match in map(_PLACE.match, body) if match and not _LIBRARY.match(match["call"])]
    return thrown(said, [Place(match["path"], int(match["line"])) for match in calls[::-1]], test)
