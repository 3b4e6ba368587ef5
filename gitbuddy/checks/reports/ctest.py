"""CTest's JUnit file (`--output-junit`, CMake 3.21 and later), and the end of GoogleTest programs in it.

Seen with CMake 3.25: what could not be run is `notrun` like what was skipped, and only its message tells the two apart.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from gitbuddy.checks.reports import junit
from gitbuddy.values import Case, CaseStatus

_SKIPPED = ("SKIP_RETURN_CODE", "SKIP_REGULAR_EXPRESSION")
_STARTED = re.compile(r"^\[==========\] Running \d+ test", re.MULTILINE)
_ENDED = re.compile(r"^\[  PASSED  \] \d+ tests?\.", re.MULTILINE)
_NOISE = re.compile(r"^(Running main\(\) from |Note: Google Test filter|\[[ =-]{10}\]|\[ RUN      \])")


def read(data: bytes) -> tuple[Case, ...]:
    """Cases by their name in CTest. Raises `Unreadable` for what is no whole JUnit report."""
    return junit.read(data, _name, _ending)


def _name(element: Element) -> str:
    return element.get("name", "")


def _ending(element: Element) -> tuple[CaseStatus, str]:
    output = element.findtext("system-out") or ""
    status = element.get("status", "")
    if status == "run":
        return _passed(output)
    if status == "disabled":
        return CaseStatus.SKIPPED, ""
    if status == "notrun":
        return _not_run(element, output)
    return CaseStatus.FAILED, _words(output)


def _passed(output: str) -> tuple[CaseStatus, str]:
    """CTest looks at the exit code alone, which code under test can choose; GoogleTest also says that it has ended."""
    if _STARTED.search(output) and not _ENDED.search(output):
        return CaseStatus.FAILED, "the test program ended with exit code 0 before its tests did"
    return CaseStatus.PASSED, ""


def _not_run(element: Element, output: str) -> tuple[CaseStatus, str]:
    skipped = element.find("skipped")
    reason = "" if skipped is None else skipped.get("message", "")
    if reason.startswith(_SKIPPED):
        return CaseStatus.SKIPPED, reason
    return CaseStatus.FAILED, output.strip() or reason


def _words(output: str) -> str:
    return "\n".join(line for line in output.splitlines() if not _NOISE.match(line)).strip()
