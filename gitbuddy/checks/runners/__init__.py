"""Test runners, one module each: how to make a runner tell of every single test, and how to read what it tells.

May import `values`, `checks.reports`, `checks.inside`. A new runner is a file here and a line in `RUNNERS`.
"""

from __future__ import annotations

from gitbuddy.checks.runners import cargo, ctest, go, jest, node, pytest, surefire, unittest, vitest
from gitbuddy.checks.runners.runner import Runner
from gitbuddy.values import Check, CheckKind

RUNNERS: tuple[Runner, ...] = (pytest, unittest, ctest, go, cargo, node, vitest, jest, surefire)


def runner_of(check: Check) -> Runner | None:
    """What runs the tests of a check; None when it only tells a whole."""
    if check.kind is not CheckKind.TEST:
        return None
    return next((runner for runner in RUNNERS if runner.fits(check)), None)
