"""The events of a job, each made in one place; `docs/reference/events.md` lists them."""

from __future__ import annotations

from collections.abc import Sequence

from gitbuddy.core.diff import changed_lines
from gitbuddy.core.evidence import passed
from gitbuddy.core.provenance import verdict_facts
from gitbuddy.core.rounds import next_number
from gitbuddy.values import (
    Accepted,
    Attempt,
    Check,
    CheckResult,
    Event,
    Move,
    Outcome,
    Patch,
    Refused,
    Task,
    Unverified,
)


def created(task: Task) -> Event:
    """The job has begun."""
    data = {"kind": task.kind.value, "text": task.text, "base": task.base, "files": list(task.files)}
    return Event("task_created", task.id, data)


def checking(task: Task, phase: str, checks: Sequence[Check]) -> Event:
    """The checks begin, on the `base` or on the `candidate`."""
    return Event("verification_start", task.id, {"phase": phase, "checks": [check.name for check in checks]})


def baseline(task: Task, results: Sequence[CheckResult]) -> Event:
    """What the checks say of the base."""
    return Event("baseline", task.id, {"checks": {result.check.name: result.status.value for result in results}})


def moving(task: Task, move: Move, attempts: Sequence[Attempt]) -> tuple[Event, ...]:
    """An attempt begins; `escalation` comes before it when the tier changes."""
    asked = {"tier": move.tier.name, "reason": move.reason, "action": move.action, "samples": move.samples}
    begins = Event("attempt", task.id, {"number": next_number(attempts), **asked})
    if not attempts or attempts[-1].tier.name == move.tier.name:
        return (begins,)
    change = {"fromTier": attempts[-1].tier.name, "toTier": move.tier.name, "reason": move.reason}
    return (Event("escalation", task.id, change), begins)


def applied(task: Task, patch: Patch) -> Event:
    """A patch the guard allowed stands in the worktree."""
    added, removed = changed_lines(patch)
    data = {"linesChanged": added + removed, "added": added, "removed": removed, "paths": list(patch.paths)}
    return Event("patch_applied", task.id, data)


def judged(task: Task, attempt: Attempt) -> Event:
    """The end of an attempt: accepted, refused by the checks, or refused before any check ran."""
    facts = {"number": attempt.number, "tier": attempt.tier.name, "durationMs": round(attempt.seconds * 1000)}
    verdict = verdict_facts(attempt.verdict)
    if isinstance(attempt.verdict, Accepted):
        return Event("verification_pass", task.id, {**facts, **verdict})
    if isinstance(attempt.verdict, Unverified):
        return Event("verification_unverified", task.id, {**facts, **verdict})
    if isinstance(attempt.verdict, Refused) and attempt.verdict.stage == "checks":
        errors = [f"{result.check.name}: {result.status.value}" for result in attempt.results if not passed(result)]
        return Event("verification_fail", task.id, {**facts, **verdict, "errorCount": len(errors), "errors": errors})
    return Event("patch_rejected", task.id, {**facts, **verdict})


def ended(outcome: Outcome) -> Event:
    """The job is over: `task_complete` when it landed, else `task_abort`."""
    last = outcome.attempts[-1] if outcome.attempts else None
    facts = {"totalAttempts": len(outcome.attempts), "finalTier": last.tier.name if last else None}
    if outcome.state == "landed":
        return Event("task_complete", outcome.task.id, {**facts, "commit": outcome.commit, "branch": outcome.branch})
    if outcome.state == "reviewed" and last and isinstance(last.verdict, Accepted):
        findings = {"findings": list(last.verdict.shown), "doubts": list(last.verdict.doubts)}
        return Event("task_reviewed", outcome.task.id, {**facts, **findings})
    errors = [last.verdict.words] if last and isinstance(last.verdict, Refused) else []
    return Event("task_abort", outcome.task.id, {**facts, "reason": outcome.reason, "lastErrors": errors})
