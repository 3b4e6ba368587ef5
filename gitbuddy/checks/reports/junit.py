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
Ending = Callable[[Tree.Element], tuple[CaseStatus, str]]
"""Gives status and words of a `testcase` element, where a runner has its own way to tell them."""
_BAD = ("failure", "error")


def ending(element: Tree.Element) -> tuple[CaseStatus, str]:
    """Status and words as most runners write them."""
    for child in element:
        if child.tag in _BAD:
            return CaseStatus.FAILED, (child.get("message") or child.text or "").strip()
    skipped = element.find("skipped")
    if skipped is not None or element.get("status") in ("notrun", "disabled"):
        return CaseStatus.SKIPPED, ("" if skipped is None else skipped.get("message") or "").strip()
    return (CaseStatus.FAILED, "") if element.get("status") == "fail" else (CaseStatus.PASSED, "")


def read(data: bytes, name: Name, ending: Ending = ending) -> tuple[Case, ...]:
    """All cases in document order; several may share an id. Raises `Unreadable` for what is no whole JUnit report."""
    if len(data) > LARGEST:
        raise Unreadable(f"the test report is larger than {LARGEST} bytes: {len(data)}")
    if b"\0" in data:
        raise Unreadable("the test report is binary, or in an encoding that no test runner writes")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Unreadable("the test report declares entities, which no test runner does")
    try:
        root = Tree.fromstring(data)  # noqa: S314  bounded, and entities are refused above
    except (Tree.ParseError, ValueError, LookupError, RecursionError) as error:
        raise Unreadable(f"the test report is not valid XML: {error}") from error
    if root.tag not in ("testsuites", "testsuite"):
        raise Unreadable(f"the test report is no JUnit report: {root.tag[:40]}")
    return tuple(_cases(root, name, ending))


def _cases(root: Tree.Element, name: Name, ending: Ending) -> Iterator[Case]:
    for element in root.iter("testcase"):
        yield Case(name(element), *ending(element))
