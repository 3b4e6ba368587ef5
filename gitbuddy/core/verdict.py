"""The verdict: base against candidate, check by check, then the kind's own contract.

No model has a say here. A result that is missing, timed out or could not run is never a pass.
"""

from __future__ import annotations

from gitbuddy.core.evidence import Evidence, news, passed, worse
from gitbuddy.core.kinds import rules_of
from gitbuddy.values import Accepted, CheckResult, Refused, Verdict


def judge(evidence: Evidence) -> Verdict:
    """Accepted with what was shown, or the first reason why not."""
    lost = [after for before, after in evidence.pairs() if worse(before, after)]
    if lost:
        return Refused("checks", "check-worse", _sentence("worse than before", lost))
    if new := [words for before, after in evidence.pairs() if (words := news(before, after))]:
        return Refused("checks", "new-failure", "; ".join(new))
    if not evidence.complete():
        return Refused("checks", "unfinished", "not every check was run on both the base and this candidate")
    if not evidence.patch.changes:
        return Refused("checks", "no-change", "the answer changes nothing")
    if altered := evidence.newly_altered():
        paths = ", ".join(altered[:5])
        return Refused("checks", "files-altered", f"running the checks changed tracked files: {paths}")
    proof = rules_of(evidence.task.kind).prove(evidence)
    if isinstance(proof, Refused):
        return proof
    if not any(passed(after) for after in evidence.candidate.results):
        return Refused("checks", "unverified", "no check of the project passes, so nothing is shown")
    return Accepted((*_shown(evidence, proof), *proof.shown))


def regressed(base: tuple[CheckResult, ...], result: CheckResult) -> bool:
    """Whether this one result already decides against the candidate, so that later checks need not run."""
    return any(
        before.check.name == result.check.name and (worse(before, result) or bool(news(before, result)))
        for before in base
    )


def _shown(evidence: Evidence, proof: Accepted) -> tuple[str, ...]:
    """What each check says of both sides, where the contract's proof does not say it better."""
    return tuple(
        f"{after.check.name}: {before.status.value} on base, {after.status.value} here"
        for before, after in evidence.pairs()
        if not any(sentence.startswith(f"{after.check.name}: ") for sentence in proof.shown)
    )


def _sentence(what: str, results: list[CheckResult]) -> str:
    return f"{what}: " + ", ".join(f"{result.check.name} ({result.status.value})" for result in results)
