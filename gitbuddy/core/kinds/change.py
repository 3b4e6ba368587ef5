"""`change`: do what the text says; no check may get worse, and the acceptance tests, where given, must turn green."""

from __future__ import annotations

from gitbuddy.core.evidence import Evidence, failed
from gitbuddy.values import Accepted, CheckResult, Refused

WORDS = "Change the code as the task says. Keep everything else as it is."
ACCEPTANCE = "accept"
"""Name of the check made from a task's `accept`."""


def pointless(base: tuple[CheckResult, ...]) -> str:
    accept = [result for result in base if result.check.name == ACCEPTANCE]
    if accept and not failed(accept[0]):
        return f"the acceptance tests must fail on the base, and they are: {accept[0].status.value}"
    return ""


def prove(evidence: Evidence) -> Accepted | Refused:
    wanted = bool(evidence.task.accept) or any(result.check.name == ACCEPTANCE for result in evidence.base.results)
    if not wanted:
        return Accepted(())
    if not any(result.check.name == ACCEPTANCE for result in evidence.mended()):
        return Refused("checks", "not-accepted", "the acceptance tests still fail")
    return Accepted(("the acceptance tests failed on base and pass here",))
