"""JUnit XML, as pytest, CTest, Surefire, Node, jest and vitest write it.

There is no one standard; what all agree on is read: `testcase` elements with `name` and `classname`, and in them
`failure`, `error` or `skipped`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.etree import ElementTree as Tree

from gitbuddy.checks.reports import LARGEST, Unreadable
from gitbuddy.values import Case, CaseStatus

Name = Callable[[Tree.Element], str]
"""Gives the id of a `testcase` element."""
_BAD = ("failure", "error")


def read(data: bytes, name: Name) -> tuple[Case, ...]:
    """All cases in document order; several may share an id. Raises `Unreadable` for what is no whole JUnit report."""
    if len(data) > LARGEST:
        raise Unreadable(f"the test report is larger than {LARGEST} bytes: {len(data)}")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Unreadable("the test report declares entities, which no test runner does")
    try:
        root = Tree.fromstring(data)  # noqa: S314  bounded, and entities are refused above
    except (Tree.ParseError, ValueError, RecursionError) as error:
        raise Unreadable(f"the test report is not valid XML: {error}") from error
    if root.tag not in ("testsuites", "testsuite"):
        raise Unreadable(f"the test report is no JUnit report: {root.tag[:40]}")
    return tuple(_cases(root, name))


def _cases(root: Tree.Element, name: Name) -> Iterator[Case]:
    for element in root.iter("testcase"):
        yield Case(name(element), *_ending(element))


def _ending(element: Tree.Element) -> tuple[CaseStatus, str]:
    for child in element:
        if child.tag in _BAD:
            return CaseStatus.FAILED, (child.get("message") or child.text or "").strip()
    skipped = element.find("skipped")
    if skipped is not None or element.get("status") in ("notrun", "disabled"):
        return CaseStatus.SKIPPED, ("" if skipped is None else skipped.get("message") or "").strip()
    return (CaseStatus.FAILED, "") if element.get("status") == "fail" else (CaseStatus.PASSED, "")
