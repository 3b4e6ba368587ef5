from __future__ import annotations

import json
from dataclasses import replace

import pytest
from made import BASE, DEEP, FAST, accepted, attempt, change, failed, passed, patch, result, task

from gitbuddy.core import events
from gitbuddy.values import Attempt, CheckStatus, Event, Move, Outcome, Refused, Unverified

JOB = task("make it work", files=("a.py",))


def test_a_job_begins() -> None:
    data = {"kind": "change", "text": "make it work", "base": BASE, "files": ["a.py"]}

    assert events.created(JOB) == Event("task_created", JOB.id, data)


def test_checks_begin_and_the_base_is_told() -> None:
    results = [passed("lint"), failed("test"), result("slow", CheckStatus.TIMED_OUT)]
    checks = [each.check for each in results]

    assert events.checking(JOB, "base", checks).data == {"phase": "base", "checks": ["lint", "test", "slow"]}
    assert events.baseline(JOB, results).data == {"checks": {"lint": "passed", "test": "failed", "slow": "timed-out"}}


@pytest.mark.parametrize(
    ("earlier", "names"),
    [
        ([], ["attempt"]),
        ([attempt(FAST)], ["escalation", "attempt"]),
        ([attempt(FAST), attempt(DEEP)], ["attempt"]),
    ],
)
def test_an_escalation_is_told_before_the_attempt(earlier: list[Attempt], names: list[str]) -> None:
    assert [event.name for event in events.moving(JOB, Move(DEEP, "why"), earlier)] == names


def test_an_escalation_names_both_tiers_and_the_reason() -> None:
    change_of_tier, begins = events.moving(
        JOB, Move(DEEP, "2 failed at fast", "escalate"), [attempt(FAST), attempt(FAST, number=2)]
    )

    assert change_of_tier.data == {"fromTier": "fast", "toTier": "deep", "reason": "2 failed at fast"}
    assert begins.data == {
        "number": 3,
        "tier": "deep",
        "reason": "2 failed at fast",
        "action": "escalate",
        "samples": 1,
    }


def test_a_patch_is_told_by_its_size() -> None:
    event = events.applied(JOB, patch(change("a.py", "x\n", "y\nz\n"), change("b.py", None, "1\n")))

    assert event == Event(
        "patch_applied", JOB.id, {"linesChanged": 4, "added": 3, "removed": 1, "paths": ["a.py", "b.py"]}
    )


def test_an_accepted_attempt() -> None:
    event = events.judged(JOB, accepted())

    assert event.name == "verification_pass"
    assert event.data == {
        "number": 1,
        "tier": "fast",
        "durationMs": 2250,
        "accepted": True,
        "shown": ["lint: passed on base, passed here", "test: failed on base, passed here"],
        "doubts": [],
    }


def test_an_attempt_that_the_checks_refuse_names_what_does_not_pass() -> None:
    results = (passed("lint"), failed("test"), result("slow", CheckStatus.CANNOT_RUN))
    event = events.judged(JOB, attempt(results=results))

    assert event.name == "verification_fail"
    assert event.data["errors"] == ["test: failed", "slow: cannot-run"]
    assert event.data["errorCount"] == 2
    assert event.data["reason"] == "check-worse"


@pytest.mark.parametrize("stage", ["reply", "apply", "guard"])
def test_an_attempt_that_ended_before_the_checks_is_a_rejected_patch(stage: str) -> None:
    made = replace(attempt(), verdict=Refused(stage, "secret", "no keys"))  # type: ignore[arg-type]  # a parameter is a plain str

    assert events.judged(JOB, made).name == "patch_rejected"
    assert events.judged(JOB, made).data["words"] == "no keys"


def test_an_attempt_that_could_not_be_verified() -> None:
    event = events.judged(JOB, replace(attempt(), verdict=Unverified("no-cases", "not told", ("a",))))

    assert event.name == "verification_unverified"
    assert (event.data["reason"], event.data["words"], event.data["shown"]) == ("no-cases", "not told", ["a"])


def test_a_job_that_landed() -> None:
    event = events.ended(Outcome(JOB, "landed", (attempt(), accepted(DEEP)), "accepted", "c0ffee", "buddy/x"))

    assert event == Event(
        "task_complete",
        JOB.id,
        {"totalAttempts": 2, "finalTier": "deep", "commit": "c0ffee", "branch": "buddy/x"},
    )


def test_a_job_that_gave_up() -> None:
    event = events.ended(Outcome(JOB, "gave-up", (attempt(),), "out of tiers"))

    assert event.name == "task_abort"
    assert event.data == {
        "totalAttempts": 1,
        "finalTier": "fast",
        "reason": "out of tiers",
        "lastErrors": ["test got worse"],
    }


def test_a_job_that_never_began() -> None:
    event = events.ended(Outcome(JOB, "gave-up", (), "nothing to fix"))

    assert event.data == {"totalAttempts": 0, "finalTier": None, "reason": "nothing to fix", "lastErrors": []}


def test_every_event_is_plain_data() -> None:
    outcome = Outcome(JOB, "landed", (accepted(),), "accepted", "c0ffee", "buddy/x")
    made = [
        events.created(JOB),
        events.checking(JOB, "base", [passed().check]),
        events.baseline(JOB, [passed()]),
        *events.moving(JOB, Move(DEEP, "why"), [attempt()]),
        events.applied(JOB, patch()),
        events.judged(JOB, accepted()),
        events.judged(JOB, attempt(results=(failed(),))),
        events.ended(outcome),
    ]

    assert all(json.loads(json.dumps(event.data)) == event.data for event in made)
    assert all(event.job == JOB.id for event in made)
