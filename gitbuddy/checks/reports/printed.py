"""Reports that a runner prints: nothing may be missing of the output."""

from __future__ import annotations

import re

from gitbuddy.checks.reports import Unreadable

_LEFT_OUT = re.compile(rb"^\[\.\.\. \d+ bytes left out \.\.\.\]$", re.MULTILINE)
"""The line that stands where an excerpt of the output leaves something out."""


def whole(output: bytes) -> str:
    """The output as text. Raises `Unreadable` when it is an excerpt."""
    if _LEFT_OUT.search(output):
        raise Unreadable("the test run printed more than is kept, so its report is not whole")
    return output.decode("utf-8", "replace").replace("\r\n", "\n")
