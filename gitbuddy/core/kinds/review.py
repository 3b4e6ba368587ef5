"""`review`: findings and no edits; a blocking one has to be shown by a test that fails on the code as it is."""

from __future__ import annotations

from gitbuddy.core.cases import listed
from gitbuddy.core.evidence import Evidence
from gitbuddy.core.review import Finding
from gitbuddy.core.rules.protected import is_test_path
from gitbuddy.values import Accepted, CheckResult, Refused, Task, Verdict

WORDS = "Review the files that are shown as the task says. Name what is wrong or unclear; edit nothing."


def pointless(task: Task, base: tuple[CheckResult, ...]) -> str:
    return ""


def prove(evidence: Evidence) -> Verdict:
    return edited(evidence.patch.paths) or Accepted(())


def edited(paths: tuple[str, ...]) -> Refused | None:
    """A review may bring tests that show what it says, and nothing else."""
    code = [path for path in paths if not is_test_path(path)]
    return Refused("checks", "edits", f"a review edits nothing, and this does: {code[0]}") if code else None


def told(findings: tuple[Finding, ...], failing: tuple[str, ...]) -> Accepted:
    """The verdict on a review. `failing` are tests that came with it and fail on the code as it is."""
    sentences = tuple(map(str, findings)) or ("no findings",)
    blocking = any(finding.severity == "blocking" for finding in findings)
    if failing:
        return Accepted((*sentences, f"shown by tests that fail on the code as it is: {listed(failing)}"))
    doubts = ("no test came with it that fails, so what it calls blocking is not shown",) if blocking else ()
    return Accepted(sentences, doubts)
