"""Checks of projects that say with a Makefile how they are checked."""

from __future__ import annotations

import re

from gitbuddy.checks.project import Project
from gitbuddy.values import Check, CheckKind

FILES = ("GNUmakefile", "makefile", "Makefile")
"""In the order in which GNU make looks for them."""
_TARGET = re.compile(r"^([\w .-]+?)\s*::?(?!=)", re.MULTILINE)


def checks(project: Project, found: list[Check]) -> list[Check]:
    """Targets for the kinds that no other detector found a check for."""
    file = next((name for name in FILES if project.has(name)), None)
    targets = {word for line in _TARGET.findall(project.text(file)) for word in line.split()} if file else set()
    kinds = {check.kind for check in found}
    added = []
    if "lint" in targets and CheckKind.LINT not in kinds:
        added.append(Check("make-lint", ("make", "lint"), CheckKind.LINT))
    test = next((name for name in ("test", "check", "tests") if name in targets), None)
    if test and CheckKind.TEST not in kinds:
        added.append(Check(f"make-{test}", ("make", test), CheckKind.TEST, 900.0))
    return added
