"""A trial for refactorings: how much of the touched files the tests run, before and after."""

from __future__ import annotations

from gitbuddy.checks.coverage import measure
from gitbuddy.core.evidence import Coverage, Evidence, passed
from gitbuddy.core.rules.protected import is_test_path
from gitbuddy.gate.bench import Bench, Tree
from gitbuddy.values import Check, CheckKind


def measured(evidence: Evidence, bench: Bench, candidate: Tree) -> Coverage:
    """Coverage of the touched Python files on base and candidate, by the first test check that allows it."""
    touched = tuple(path for path in evidence.patch.paths if path.endswith(".py") and not is_test_path(path))
    checks = [r.check for r in evidence.candidate.results if r.check.kind is CheckKind.TEST and passed(r)]
    threshold = bench.settings.limits.coverage_threshold
    if not touched or not checks:
        return Coverage(threshold=threshold)
    before, after = (_on(tree, bench, checks[0], touched) for tree in (bench.base, candidate))
    return Coverage(before, after, threshold)


def _on(tree: Tree, bench: Bench, check: Check, touched: tuple[str, ...]) -> float | None:
    bench.slot.lay_out(tree.patch)
    try:
        return measure(bench.runner, check, bench.slot.mounts, touched)
    finally:
        bench.slot.settle()
