"""Values for tests, complete and plausible; a test names only what it is about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from gitbuddy.core.evidence import Checked, Evidence
from gitbuddy.values import (
    Accepted,
    Attempt,
    Brief,
    Case,
    CaseStatus,
    Change,
    Check,
    CheckKind,
    CheckResult,
    CheckStatus,
    Kind,
    Mounts,
    Origin,
    Patch,
    Proposal,
    Refused,
    Task,
    Tier,
    Usage,
)

BASE = "1234567890abcdef1234567890abcdef12345678"
TREE = "abcdef1234567890abcdef1234567890abcdef12"
FAST = Tier("fast", "ollama", model="small:2b")
DEEP = Tier("deep", "ollama", model="large:9b")
FIXERS = Tier("fixers", "fixers", attempts=1)
MUTATE = Tier("mutate", "mutate", attempts=2)
REVIEWER = Tier("reviewer", "ollama", model="large:9b")


def task(text: str = "make it work", kind: Kind = Kind.CHANGE, **fields: Any) -> Task:
    return replace(Task(kind, text, BASE, Origin("cli", BASE)), **fields)


def result(
    name: str = "test", status: CheckStatus = CheckStatus.PASSED, output: str = "", kind: CheckKind = CheckKind.TEST
) -> CheckResult:
    code = {CheckStatus.PASSED: 0, CheckStatus.FAILED: 1}.get(status)
    return CheckResult(Check(name, ("run", name), kind), status, code, output, 0.5)


def passed(name: str = "test", kind: CheckKind = CheckKind.TEST) -> CheckResult:
    return result(name, CheckStatus.PASSED, kind=kind)


def failed(name: str = "test", output: str = "", kind: CheckKind = CheckKind.TEST) -> CheckResult:
    return result(name, CheckStatus.FAILED, output, kind)


def by_case(*cases: str, name: str = "test", flaky: tuple[str, ...] = ()) -> CheckResult:
    """A test check that tells of its tests: "id status"; it failed if one of them did."""
    pairs = [case.rsplit(" ", 1) for case in cases]
    told = tuple(sorted((Case(name, CaseStatus(status)) for name, status in pairs), key=lambda case: case.id))
    red = any(case.status is CaseStatus.FAILED for case in told)
    made = result(name, CheckStatus.FAILED if red else CheckStatus.PASSED)
    return replace(made, cases=told, flaky=flaky)


def lint(output: str | None = None, name: str = "lint") -> CheckResult:
    """A lint check: green without an output, red with one."""
    status = CheckStatus.PASSED if output is None else CheckStatus.FAILED
    return result(name, status, output or "", CheckKind.LINT)


def change(
    path: str = "src/shop.py", before: str | bytes | None = "a = 1\n", after: str | bytes | None = "a = 2\n"
) -> Change:
    old, new = (text.encode() if isinstance(text, str) else text for text in (before, after))
    return Change(path, old, new)


def patch(*changes: Change) -> Patch:
    return Patch(changes or (change(),))


def evidence(
    base: tuple[CheckResult, ...] | CheckResult,
    candidate: tuple[CheckResult, ...] | CheckResult,
    kind: Kind = Kind.CHANGE,
    patch: Patch | None = None,
    **fields: Any,
) -> Evidence:
    before, after = ((side,) if isinstance(side, CheckResult) else side for side in (base, candidate))
    proposed = Patch((change(),)) if patch is None else patch
    return Evidence(task(kind=kind, **fields), Checked(before), Checked(after), proposed)


def brief(tier: Tier = FAST, **fields: Any) -> Brief:
    made = Brief(task(), tier, "the rules\n", "the question\n", (), Mounts(Path("/slot"), Path("/repo")))
    return replace(made, **fields)


def attempt(tier: Tier = FAST, reason: str = "check-worse", fingerprint: str = "", **fields: Any) -> Attempt:
    """A refused attempt; its fingerprint is its own unless one is given."""
    number = fields.pop("number", 1)
    verdict = Refused("checks", reason, "test got worse")
    made = Attempt(
        number, tier, brief(tier), verdict=verdict, fingerprint=fingerprint or f"{tier.name}-{number}-{reason}"
    )
    return replace(made, **fields)


def accepted(tier: Tier = FAST, **fields: Any) -> Attempt:
    """An accepted attempt with everything that one has."""
    made = Attempt(
        1,
        tier,
        brief(tier),
        proposal=Proposal("the reply", usage=Usage("small:2b@sha256:1", 100, 20, 1.5)),
        patch=patch(),
        tree=TREE,
        results=(passed("lint", CheckKind.LINT), passed("test")),
        verdict=Accepted(("lint: passed on base, passed here", "test: failed on base, passed here")),
        seconds=2.25,
    )
    return replace(made, **fields)
