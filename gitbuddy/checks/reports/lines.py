"""What our own reporters write for runners that have no usable format: one JSON object a line, the last one a count."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from gitbuddy.checks.reports import Unreadable
from gitbuddy.values import Case, CaseStatus


def read(data: bytes) -> tuple[Case, ...]:
    """Cases in the order in which they were reported. Raises `Unreadable` for what is not whole or not ours."""
    lines = [_object(line) for line in data.decode("utf-8", "replace").split("\n") if line.strip()]
    if not lines or lines[-1].get("end") != len(lines) - 1:
        raise Unreadable("the test report is cut off: its last line does not count the others")
    return tuple(numbered(_case(line) for line in lines[:-1]))


def numbered(cases: Iterable[Case]) -> Iterator[Case]:
    """Tests of the same name told apart by their order, so that none of them can go missing unseen."""
    seen: Counter[str] = Counter()
    for case in cases:
        seen[case.id] += 1
        yield case if seen[case.id] == 1 else Case(f"{case.id} #{seen[case.id]}", case.status, case.words)


def _object(line: str) -> dict[str, object]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Unreadable("the test report has a line that is no JSON") from error
    if not isinstance(value, dict):
        raise Unreadable("the test report has a line that is no JSON object")
    return value


def _case(line: dict[str, object]) -> Case:
    name, status, words = line.get("id"), line.get("status"), line.get("words", "")
    if not isinstance(name, str) or not isinstance(words, str) or not isinstance(status, str):
        raise Unreadable("the test report has a line that tells of no test")
    if status not in list(CaseStatus):
        raise Unreadable(f"the test report tells of an unknown ending: {status[:40]}")
    return Case(name, CaseStatus(status), words)
