"""The gate: base and candidate under the same checks, doubts cleared, trials made, and one verdict.

baseline    the checks on the base, in a clean worktree; what fails is run twice, to know what fails by chance
examine     the checks on the candidate; what looks worse is run again on both sides
            -> what speaks against it, whatever its kind
            -> trials: faults for new tests, coverage, the base's own test configuration
            -> the contract of its kind
            -> confirmed in a clean worktree, where an earlier run had left anything
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from gitbuddy.core import events
from gitbuddy.core.cases import merged
from gitbuddy.core.evidence import Checked, Evidence, failed, passed, stuck
from gitbuddy.core.kinds import rules_of
from gitbuddy.core.verdict import judge, objection, regressed
from gitbuddy.errors import GitbuddyError
from gitbuddy.gate import configuration, mutation, parsing
from gitbuddy.gate.bench import Bench, Tree
from gitbuddy.gate.coverage import measured
from gitbuddy.gate.doubts import doubts
from gitbuddy.values import (
    Accepted,
    AllowedPatch,
    Check,
    CheckKind,
    CheckResult,
    CheckStatus,
    Emit,
    Kind,
    Refused,
    Task,
    Verdict,
)

_BY_CHANCE = frozenset({CheckKind.TEST, CheckKind.COVERAGE})
"""Kinds of check that may end differently on the same files."""

_NO_CHANCE = (CheckStatus.CANNOT_RUN, CheckStatus.UNTRUSTED)
"""Endings that are not worth a second run."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A candidate's way through the gate. `baseline` is the one given, with what its re-runs have shown."""

    baseline: Checked
    candidate: Checked
    verdict: Verdict


@dataclass(frozen=True)
class Gate:
    """The gate of one job."""

    task: Task
    bench: Bench
    emit: Emit

    def baseline(self) -> Checked:
        """What the checks say of the base. What is red here is nobody's fault; what cannot run shows nothing."""
        if not self.bench.runner.sandbox.runs:
            return Checked(())
        self.bench.prepare()
        self._say("base", self.bench.checks)
        base = self.bench.run(self.bench.base, self.bench.checks)
        if base.results:
            self.emit(events.baseline(self.task, base.results))
        if not any(passed(result) or failed(result) or stuck(result) for result in base.results):
            raise _nothing_shown(base.results)
        unsure = [r.check for r in base.results if failed(r) and not r.cached and r.check.kind in _BY_CHANCE]
        base = self._again(self.bench.base, base, unsure)
        if not base.altered:
            self.bench.remember(self.bench.base, base)
        return base

    def pointless(self, baseline: Checked) -> str:
        """Why there is nothing to do on this base; empty when there is."""
        return rules_of(self.task.kind).pointless(self.task, baseline.results) if baseline.results else ""

    def examine(self, allowed: AllowedPatch, tree: str, baseline: Checked) -> Examined:
        """The verdict on a candidate: the base with this patch, which is `tree`."""
        candidate = Tree(tree, allowed)
        if not self.bench.runner.sandbox.runs:
            return Examined(baseline, Checked(()), parsing.verdict(allowed.patch))
        self._say("candidate", self.bench.checks)
        warm = self.bench.slot.leftovers
        baseline, checked = self._checked(candidate, baseline)
        said = doubts(allowed.patch, self.task, self.bench, baseline)
        evidence = Evidence(self.task, baseline, checked, allowed.patch, doubts=said)
        if not objection(evidence):
            evidence = self._tried(evidence, candidate)
        verdict = judge(evidence)
        if isinstance(verdict, Accepted) and (refused := configuration.objection(evidence, self.bench, candidate)):
            verdict = refused
        if isinstance(verdict, Accepted) and warm:
            evidence, verdict = self._confirmed(evidence, candidate)
        return Examined(baseline, evidence.candidate, verdict)

    def _checked(self, candidate: Tree, base: Checked) -> tuple[Checked, Checked]:
        """(base, candidate), up to the first check that got worse and did not do so by chance."""
        done = Checked(())
        while rest := [check for check in self.bench.checks if check not in _checks(done)]:
            done = _joined(done, self.bench.run(candidate, rest, partial(regressed, base.results)))
            last = done.results[-1]
            if not regressed(base.results, last):
                break
            base, done = self._doubted(candidate, base, done, last)
            if any(regressed(base.results, result) for result in done.results):
                break
        return base, done

    def _doubted(self, candidate: Tree, base: Checked, done: Checked, suspect: CheckResult) -> tuple[Checked, Checked]:
        """(base, candidate), with a check that got worse run once more on both sides."""
        if suspect.check.kind not in _BY_CHANCE or suspect.cached or suspect.status in _NO_CHANCE:
            return base, done
        self._say("suspects again", [suspect.check])
        done = self._again(candidate, done, [suspect.check])
        if suspect.check.name not in base.again:
            base = self._again(self.bench.base, base, [suspect.check])
        return base, done

    def _again(self, tree: Tree, checked: Checked, checks: list[Check]) -> Checked:
        """The same with these checks run once more, and what the runs say together."""
        if not checks:
            return checked
        second = self.bench.again(tree, checks)
        runs = {result.check.name: result for result in second.results}
        results = tuple(merged([r, runs[r.check.name]]) if r.check.name in runs else r for r in checked.results)
        altered = tuple(sorted({*checked.altered, *second.altered}))
        return Checked(results, altered, checked.again | frozenset(runs))

    def _tried(self, evidence: Evidence, candidate: Tree) -> Evidence:
        """With what only a trial can show."""
        if self.task.kind is Kind.TEST:
            self._say("faults for the new tests", self.bench.checks)
            return replace(evidence, mutation=mutation.tried(evidence, self.bench, candidate))
        if self.task.kind is Kind.REFACTOR:
            return replace(evidence, coverage=measured(evidence, self.bench, candidate))
        return evidence

    def _confirmed(self, evidence: Evidence, candidate: Tree) -> tuple[Evidence, Verdict]:
        """The same once more in a clean worktree: a pass may stand on what earlier runs have built."""
        self._say("candidate in a clean worktree", self.bench.checks)
        self.bench.clean()
        clean = self.bench.run(candidate, self.bench.checks, fresh=True)
        evidence = replace(evidence, candidate=clean)
        verdict = judge(evidence)
        if isinstance(verdict, Refused):
            words = f"it passes only with what earlier runs left in the worktree; in a clean one: {verdict.words}"
            verdict = Refused("checks", "not-confirmed", words)
        return evidence, verdict

    def _say(self, phase: str, checks: tuple[Check, ...] | list[Check]) -> None:
        self.emit(events.checking(self.task, phase, checks))


def _joined(one: Checked, other: Checked) -> Checked:
    altered = tuple(sorted({*one.altered, *other.altered}))
    return Checked((*one.results, *other.results), altered, one.again | other.again)


def _checks(checked: Checked) -> set[Check]:
    return {result.check for result in checked.results}


def _nothing_shown(results: tuple[CheckResult, ...]) -> GitbuddyError:
    named = ", ".join(f"{result.check.name} ({result.status.value})" for result in results)
    hint = 'commit a .buddy/config.toml that names one, e.g. [checks.test] command = ["make", "test"]'
    return GitbuddyError(f"no check of this project can run, so nothing could be shown: {named or 'none found'}", hint)
