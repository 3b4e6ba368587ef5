"""A landed commit once more through the gate, from what git holds of it, and compared with what was recorded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gitbuddy.core.guard import guard
from gitbuddy.core.provenance import check_digest
from gitbuddy.errors import GitbuddyError, Rejected
from gitbuddy.gate.gate import Gate
from gitbuddy.git.records import Records
from gitbuddy.git.repo import Repo
from gitbuddy.values import Accepted, Refused, Task, Verdict


@dataclass(frozen=True, slots=True)
class Landed:
    """A landed commit as its note and its record tell it; `facts` is the note."""

    commit: str
    task: Task
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verification:
    """What the gate says of a landed commit now; `differences` from the record are sentences."""

    landed: Landed
    verdict: Verdict
    checks: Mapping[str, Mapping[str, Any]]
    differences: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether it would land again, and for the same reasons."""
        return isinstance(self.verdict, Accepted) and not self.differences


def landed_at(repo: Repo, records: Records, revision: str) -> Landed:
    """The commit a revision names, with its note and record. `GitbuddyError` when it did not land from a job."""
    commit = repo.resolve(revision)
    for line in reversed((repo.note(commit) or "").splitlines()):
        facts = _facts(line)
        job = records.existing(str(facts.get("job", "")))
        if job is not None:
            return Landed(commit, job.task, facts)
    hint = "name the tip of a branch buddy/...; records are not fetched by `git clone`"
    raise GitbuddyError(f"no job on record has landed this commit: {commit[:12]}", hint)


def replay(repo: Repo, gate: Gate, landed: Landed) -> Verification:
    """The gate's verdict on the commit now."""
    tree, base = repo.tree_of(landed.commit), landed.task.base
    patch = repo.patch(base, landed.commit)
    try:
        slot, settings = gate.bench.slot, gate.bench.settings
        allowed = guard(patch, landed.task, settings.guard, slot.tracked, slot.read)
    except Rejected as rejected:
        return _compared(repo, landed, rejected.refused, {})
    examined = gate.examine(allowed, tree, gate.baseline())
    digests = {result.check.name: check_digest(result) for result in examined.candidate.results}
    return _compared(repo, landed, examined.verdict, digests)


def _compared(repo: Repo, landed: Landed, verdict: Verdict, checks: Mapping[str, Mapping[str, Any]]) -> Verification:
    recorded, differences = landed.facts, []
    if recorded.get("tree") != repo.tree_of(landed.commit):
        differences.append("the tree of the commit is not the one that was checked")
    if repo.parents(landed.commit) != (landed.task.base,):
        differences.append("the commit does not stand on the base of its job")
    told = recorded.get("checks", {})
    for name in sorted({*checks, *(told if isinstance(told, dict) else {})}):
        if isinstance(verdict, Refused) and name not in checks:
            continue
        before, now = told.get(name) if isinstance(told, dict) else None, checks.get(name)
        if before != now:
            differences.append(f"{name} was {_words(before)}, and is {_words(now)}")
    return Verification(landed, verdict, checks, tuple(differences))


def _words(digest: Mapping[str, Any] | None) -> str:
    if not isinstance(digest, dict):
        return "not run"
    tests = f" ({digest['tests']} tests, results {digest['digest']})" if "tests" in digest else ""
    return f"{digest.get('status')}{tests}"


def _facts(line: str) -> Mapping[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
