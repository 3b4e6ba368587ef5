"""What becomes of a review: its findings are read, and the tests that come with them are run on the code as it is."""

from __future__ import annotations

from dataclasses import replace

from gitbuddy.core.apply import apply
from gitbuddy.core.cases import compare, file_of
from gitbuddy.core.evidence import Checked
from gitbuddy.core.formats import parse, spoken
from gitbuddy.core.guard import guard
from gitbuddy.core.kinds.review import edited, told
from gitbuddy.core.review import brings_tests, findings
from gitbuddy.gate.bench import Bench, Tree
from gitbuddy.values import CheckKind, Kind, Patch, Task, Verdict


def verdict(reply: str, task: Task, bench: Bench, baseline: Checked) -> Verdict:
    """The verdict on a review. Raises `Rejected` for a reply that is none, or whose tests the guard does not allow."""
    said = spoken(reply)
    found = findings(said)
    patch = apply(parse(reply, task.files), bench.slot.read) if brings_tests(said) else Patch(())
    if refused := edited(patch.paths):
        return refused
    return told(found, _failing(patch, task, bench, baseline) if patch.changes else ())


def _failing(patch: Patch, task: Task, bench: Bench, baseline: Checked) -> tuple[str, ...]:
    """Ids of the review's tests that fail on the base."""
    writing = replace(task, kind=Kind.TEST, files=patch.paths)
    allowed = guard(patch, writing, bench.settings.guard, bench.slot.tracked, bench.slot.read)
    tests = [check for check in bench.checks if check.kind is CheckKind.TEST]
    if not bench.runner.sandbox.runs or not tests:
        return ()
    done = bench.again(Tree(f"{bench.slot.base_tree} reviewed", allowed), tests)
    before = {result.check.name: result for result in baseline.results}
    pairs = [(before[result.check.name], result) for result in done.results if result.check.name in before]
    failing = [name for old, new in pairs if (found := compare(old, new)) for name in found.failing]
    return tuple(name for name in failing if name != file_of(name))  # a file that cannot be collected shows nothing
