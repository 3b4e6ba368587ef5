"""`fix-lint`: strictly fewer diagnostics, none of them new, and none merely silenced."""

from __future__ import annotations

from gitbuddy.core.diagnostics import diagnostics, is_cut
from gitbuddy.core.evidence import Evidence, failed, news, passed, red
from gitbuddy.core.suppressions import silenced
from gitbuddy.values import Accepted, CheckKind, CheckResult, Refused, Task

WORDS = "A linter complains. Mend what it names with the smallest change; behaviour stays the same."


def pointless(task: Task, base: tuple[CheckResult, ...]) -> str:
    lint = [result for result in base if result.check.kind is CheckKind.LINT]
    if not lint:
        return "the project has no lint check"
    return "" if red(lint) else "nothing to fix: no lint check fails on the base"


def prove(evidence: Evidence) -> Accepted | Refused:
    if gone := [change.path for change in evidence.patch.changes if change.after is None]:
        return Refused("checks", "file-removed", f"removing a file does not mend it: {gone[0]}")
    if mark := silenced(evidence.patch):
        return Refused("checks", "silenced", f"silencing a linter does not mend what it names: {mark}")
    shown = []
    for before, after in evidence.pairs():
        if before.check.kind is not CheckKind.LINT or not failed(before):
            continue
        if words := news(before, after):
            return Refused("checks", "new-diagnostic", words)
        if sentence := _fewer(before, after):
            shown.append(sentence)
    if not shown:
        return Refused("checks", "not-fewer", "the linters report as much as before")
    return Accepted(tuple(shown))


def _fewer(before: CheckResult, after: CheckResult) -> str:
    """What this linter shows; empty when it reports as much as before, or no longer all that it has to say."""
    if passed(after):
        return f"{before.check.name}: failed on base, reports nothing any more"
    if not failed(after) or is_cut(before.output) or is_cut(after.output):
        return ""
    old, new = diagnostics(before.output).total(), diagnostics(after.output).total()
    return f"{before.check.name}: {old} diagnostics on base, {new} here, none new" if new < old else ""
