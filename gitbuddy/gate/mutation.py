"""Trials of new tests: small faults are put into the code they are about, and each new test must notice one.

A fault stands in the worktree only, as a trial; no tree is made of it.
"""

from __future__ import annotations

import time
from dataclasses import replace

from gitbuddy.core.evidence import Evidence, Mutation
from gitbuddy.core.guard import with_fault
from gitbuddy.core.kinds.test import new_tests
from gitbuddy.core.mutants import Mutant, mutants
from gitbuddy.core.targets import targets, words_of
from gitbuddy.gate.bench import Bench, Tree
from gitbuddy.values import AllowedPatch, CaseStatus, Change, Check, CheckKind

MOST = 60
"""Faults that are tried at most, over all files."""
PATIENCE = 4.0
"""How many times as long as on the right code a run may take with a fault in it."""
LEAST_SECONDS = 5.0


def tried(evidence: Evidence, bench: Bench, candidate: Tree) -> Mutation:
    """Try faults until every new test has noticed one, or time or faults run out."""
    added = frozenset(new_tests(evidence))
    if not added or candidate.patch is None:
        return Mutation()
    faults = _faults(evidence, bench, candidate.patch)
    if not faults:
        return Mutation(obstacle="no code was found that the new tests are about and that faults can be put into")
    checks = _checks(evidence, added)
    end = time.monotonic() + bench.settings.limits.mutation_seconds
    noticed: set[str] = set()
    count = 0
    for fault in faults:
        if added <= noticed or time.monotonic() >= end:
            break
        count += 1
        noticed |= _noticed(bench, Tree(f"{candidate.id} {count}", with_fault(candidate.patch, fault)), checks) & added
    return Mutation(frozenset(noticed), count)


def _faults(evidence: Evidence, bench: Bench, allowed: AllowedPatch) -> list[Change]:
    """Faults in turns from each file, so that the first ones are spread over all."""
    words = frozenset(words_of(allowed.patch))
    paths = targets(evidence.task, allowed.patch, bench.slot.tracked)
    files = [file for path in paths if (file := bench.slot.read(path))]
    made: list[list[Mutant]] = [list(mutants(file.path, file.data, MOST, words)) for file in files]
    modes = {file.path: file.mode for file in files}
    before = {file.path: file.data for file in files}
    turns = [queue[turn] for turn in range(max(map(len, made), default=0)) for queue in made if turn < len(queue)]
    return [Change(one.path, before[one.path], one.source, modes[one.path]) for one in turns[:MOST]]


def _checks(evidence: Evidence, added: frozenset[str]) -> list[Check]:
    """The test checks that run the new tests, with less time: a fault may make code run forever."""
    return [
        replace(result.check, timeout=min(result.check.timeout, LEAST_SECONDS + PATIENCE * result.seconds))
        for result in evidence.candidate.results
        if result.check.kind is CheckKind.TEST and any(case.id in added for case in result.cases or ())
    ]


def _noticed(bench: Bench, tree: Tree, checks: list[Check]) -> set[str]:
    found = bench.again(tree, checks)
    cases = [case for result in found.results for case in result.cases or ()]
    return {case.id for case in cases if case.status is CaseStatus.FAILED}
