"""The failing tests that a red test run names, in the words of the common runners."""

from __future__ import annotations

import re

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_FORMS = tuple(
    re.compile(form, re.MULTILINE)
    for form in (
        # pytest
        r"^(?:(?:SUB)?FAILED|ERROR)(?:\(.*?\))? (?P<name>\S+\.py(?:::[^\s\[]+(?:\[.*?\](?= - |$))?)?)(?: - .*)?$",
        r"^(?:FAIL|ERROR): (?P<name>\S+ \(.+\))$",  # unittest
        r"^test (?P<name>\S+)(?: - should panic)? \.\.\. FAILED$",  # cargo
        r"^[ \t]*--- FAIL: (?P<name>\S+)",  # go
        r"^FAIL[ \t]+(?P<name>\S+) \[(?:build|setup) failed\]$",  # go, when it does not compile
        r"^[ \t]*\d+ - (?P<name>\S.*?) \([A-Z][\w ]*\)",  # ctest's last list
        r"^\[  FAILED  \] (?P<name>\w[\w./]*)(?:, where .*)?(?: \(\d+ ms\))?$",  # GoogleTest
        r"^FAIL (?P<name>\S+\.\w+)$",  # jest: the file, for one that does not even load names no test
        r"^ FAIL  (?P<name>\S.*?)(?: \[.*\])?$",  # vitest
        r"^[ \t]*[\u25cf\u00d7] (?P<name>\S.* [\u203a>] .+)$",  # jest, vitest
        r"^[ \t]*not ok \d+ - (?P<name>\S.*?)(?: # .*)?$",  # TAP
        r"^[ \t]*\u2716 (?P<name>\S.*?) \([\d.]+ms\)$",  # node --test
        r"^\[ERROR\] +(?P<name>[\w$]+\.[\w$]+):\d+",  # surefire
    )
)


def failures(output: str) -> frozenset[str]:
    """Names of failing tests; empty when the runner is not known, or broke before it could name one."""
    plain = _COLOUR.sub("", output).replace("\r\n", "\n")
    return frozenset(match["name"].strip() for form in _FORMS for match in form.finditer(plain))
