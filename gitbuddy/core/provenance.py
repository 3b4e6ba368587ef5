"""How a job is written down: the files of an attempt's record, and the note on a landed commit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from gitbuddy.core.diff import unified
from gitbuddy.values import Accepted, Attempt, CheckResult, Refused, Task, Unverified, Verdict

VERSION = 1


def attempt_files(attempt: Attempt) -> Mapping[str, bytes]:
    """The record of one attempt: path below `attempts/<n>/` -> bytes."""
    reply = attempt.proposal.reply if attempt.proposal else ""
    texts = {
        "brief.md": f"{attempt.brief.system}\n---\n\n{attempt.brief.prompt}",
        "reply.txt": reply,
        "patch.diff": unified(attempt.patch) if attempt.patch else "",
        "checks.json": to_json([check_facts(result) for result in attempt.results]),
        "log.txt": _log(attempt),
        "attempt.json": to_json(attempt_facts(attempt)),
    }
    folder = f"attempts/{attempt.number}"
    return {f"{folder}/{name}": text.encode("utf-8", "backslashreplace") for name, text in texts.items()}


def attempt_facts(attempt: Attempt) -> dict[str, Any]:
    """One attempt as plain data."""
    usage = attempt.proposal.usage if attempt.proposal else None
    return {
        "number": attempt.number,
        "round": attempt.round,
        "action": attempt.action,
        "tier": attempt.tier.name,
        "proposer": attempt.tier.proposer,
        "model": usage.model if usage else attempt.tier.model,
        "verdict": verdict_facts(attempt.verdict),
        "tree": attempt.tree,
        "paths": list(attempt.patch.paths) if attempt.patch else [],
        "promptTokens": usage.prompt_tokens if usage else 0,
        "outputTokens": usage.output_tokens if usage else 0,
        "modelSeconds": round(usage.seconds, 3) if usage else 0.0,
        "seconds": round(attempt.seconds, 3),
        "fingerprint": attempt.fingerprint,
        **_search_facts(attempt),
    }


def _search_facts(attempt: Attempt) -> dict[str, Any]:
    """Of a search: how many candidates of each template were tried, and which one made what was proposed."""
    search = attempt.proposal.search if attempt.proposal else None
    return {"search": {"tried": dict(search.tried), "template": search.template}} if search else {}


def verdict_facts(verdict: Verdict | None) -> dict[str, Any]:
    """A verdict as plain data."""
    if isinstance(verdict, Accepted):
        return {"accepted": True, "shown": list(verdict.shown), "doubts": list(verdict.doubts)}
    if isinstance(verdict, Unverified):
        told = {"reason": verdict.reason, "words": verdict.words, "shown": list(verdict.shown)}
        return {"accepted": False, "unverified": True, **told}
    if isinstance(verdict, Refused):
        return {"accepted": False, "stage": verdict.stage, "reason": verdict.reason, "words": verdict.words}
    return {"accepted": False}


def check_facts(result: CheckResult) -> dict[str, Any]:
    """A check's result as plain data; its output is bounded."""
    return {
        "name": result.check.name,
        "kind": result.check.kind.value,
        "command": list(result.check.command),
        "status": result.status.value,
        "exitCode": result.exit_code,
        "seconds": round(result.seconds, 3),
        "cached": result.cached,
        "flaky": list(result.flaky),
        "cases": None if result.cases is None else {case.id: case.status.value for case in result.cases},
        "output": result.output,
    }


def note(task: Task, attempts: tuple[Attempt, ...], sandbox: str) -> str:
    """One JSON line for `refs/notes/buddy`: a view of the record, rebuildable from it."""
    last = attempts[-1]
    facts = {
        "version": VERSION,
        "job": task.id,
        "kind": task.kind.value,
        "base": task.base,
        "tree": last.tree,
        "sandbox": sandbox,
        "attempts": len(attempts),
        "tier": last.tier.name,
        "model": last.proposal.usage.model if last.proposal else "",
        "verdict": verdict_facts(last.verdict),
        "checks": {result.check.name: check_digest(result) for result in last.results},
    }
    return json.dumps(facts, ensure_ascii=True, separators=(",", ":"))


def check_digest(result: CheckResult) -> dict[str, Any]:
    """A check's result in a line: its status, and for its tests their number and a hash over ids and results."""
    if result.cases is None:
        return {"status": result.status.value}
    steady = [f"{case.id}\0{case.status.value}" for case in result.cases if case.id not in result.flaky]
    digest = hashlib.sha256("\n".join(steady).encode("utf-8", "backslashreplace")).hexdigest()
    return {"status": result.status.value, "tests": len(result.cases), "digest": digest[:16]}


def to_json(value: Any) -> str:
    """Readable, stable JSON."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _log(attempt: Attempt) -> str:
    parts = [
        f"$ {' '.join(result.check.command)}\n[{result.status.value}]\n{result.output}" for result in attempt.results
    ]
    verdict = attempt.verdict
    if isinstance(verdict, Refused):
        parts.append(f"refused at {verdict.stage}: {verdict.reason}: {verdict.words}")
    if isinstance(verdict, Unverified):
        parts.append(f"unverified: {verdict.reason}: {verdict.words}")
    return "\n".join(parts) + "\n"
