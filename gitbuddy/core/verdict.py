"""The verdict: base against candidate, check by check and test by test, then the kind's own contract.

No model has a say here. A result that is missing, timed out, could not run or contradicts itself is never a pass.
"""

from __future__ import annotations

from gitbuddy.core.cases import compare, listed
from gitbuddy.core.evidence import Evidence, news, passed, worse
from gitbuddy.core.kinds import rules_of
from gitbuddy.values import Accepted, CaseStatus, CheckResult, CheckStatus, Refused, Verdict


def judge(evidence: Evidence) -> Verdict:
    """Accepted with what was shown, or the first reason why not."""
    if refused := objection(evidence):
        return refused
    proof = rules_of(evidence.task.kind).prove(evidence)
    if not isinstance(proof, Accepted):
        return proof
    if not any(map(_shows, evidence.candidate.results)):
        return Refused("checks", "unverified", "no check of the project passes, so nothing is shown")
    shown = (*_shown(evidence, proof), *proof.shown)
    return Accepted(shown, (*proof.doubts, *_doubts(evidence), *evidence.doubts))


def objection(evidence: Evidence) -> Refused | None:
    """What speaks against a candidate of any kind; None if nothing does."""
    for before, after in evidence.pairs():
        if worse(before, after):
            return _how_worse(before, after)
    if new := [words for before, after in evidence.pairs() if (words := news(before, after))]:
        return Refused("checks", "new-failure", "; ".join(new))
    if not evidence.complete():
        return Refused("checks", "unfinished", "not every check was run on both the base and this candidate")
    if not evidence.patch.changes:
        return Refused("checks", "no-change", "the answer changes nothing")
    if altered := evidence.newly_altered():
        paths = ", ".join(altered[:5])
        return Refused("checks", "files-altered", f"running the checks changed tracked files: {paths}")
    return None


def regressed(base: tuple[CheckResult, ...], result: CheckResult) -> bool:
    """Whether this one result already decides against the candidate, so that later checks need not run."""
    return any(
        before.check.name == result.check.name and (worse(before, result) or bool(news(before, result)))
        for before in base
    )


def _shows(result: CheckResult) -> bool:
    """Whether something passed: the check, or, where others failed on the base already, one of its tests."""
    return passed(result) or any(case.status is CaseStatus.PASSED for case in result.cases or ())


def _how_worse(before: CheckResult, after: CheckResult) -> Refused:
    name = after.check.name
    if after.status is CheckStatus.UNTRUSTED:
        return Refused("checks", "untrusted", f"{name}: {after.output.rstrip().rpartition('gitbuddy: ')[2]}")
    compared = compare(before, after)
    for reason, words, names in (
        ("tests-lost", "tests are gone that the base has", compared.lost if compared else ()),
        ("tests-skipped", "tests are skipped that ran on the base", compared.skipped if compared else ()),
        ("new-failure", "tests fail that did not fail before", compared.failing if compared else ()),
        (
            "unsteady",
            "tests pass and fail by turns, which they do not on the base",
            compared.unsteady if compared else (),
        ),
    ):
        if names:
            return Refused("checks", reason, f"{name}: {words}: {listed(names)}")
    return Refused("checks", "check-worse", f"worse than before: {name} ({after.status.value})")


def _doubts(evidence: Evidence) -> tuple[str, ...]:
    flaky = evidence.flaky()
    return (f"flaky, seen to pass and to fail on the same files: {listed(flaky)}",) if flaky else ()


def _shown(evidence: Evidence, proof: Accepted) -> tuple[str, ...]:
    """What each check says of both sides, where the contract's proof does not say it better."""
    return tuple(
        f"{after.check.name}: {before.status.value} on base, {after.status.value} here{_counted(after)}"
        for before, after in evidence.pairs()
        if not any(sentence.startswith(f"{after.check.name}: ") for sentence in proof.shown)
    )


def _counted(result: CheckResult) -> str:
    if result.cases is None:
        return ""
    return " (1 test)" if len(result.cases) == 1 else f" ({len(result.cases)} tests)"
