from __future__ import annotations

from dataclasses import replace

import pytest
from made import DEEP, FAST, FIXERS, REVIEWER, accepted, attempt, task

from gitbuddy.config import LimitSettings
from gitbuddy.core.cascade import is_big, ladder_of, next_move
from gitbuddy.errors import UsageError
from gitbuddy.values import Attempt, Kind, Move, Task, Tier

LIMITS = LimitSettings()
TIERS = (FIXERS, FAST, DEEP, REVIEWER)
LINT = task(kind=Kind.FIX_LINT)
BIG = task("x" * 1001)


def climb(job: Task, tiers: tuple[Tier, ...] = TIERS, limits: LimitSettings = LIMITS) -> list[str]:
    """The tiers of a job of which every attempt fails differently."""
    attempts: list[Attempt] = []
    while move := next_move(job, tiers, attempts, limits):
        attempts.append(attempt(move.tier, number=len(attempts) + 1))
    return [made.tier.name for made in attempts]


@pytest.mark.parametrize(
    ("job", "expected"),
    [
        pytest.param(task(), ["fast", "fast", "deep", "deep"], id="two failures at a tier escalate"),
        pytest.param(LINT, ["fixers", "fast", "fast", "deep", "deep"], id="fixers once, five in all"),
        pytest.param(BIG, ["deep", "deep"], id="a long text starts at deep"),
        pytest.param(task(files=tuple("abcdef")), ["deep", "deep"], id="six files start at deep"),
        pytest.param(task(files=tuple("abcde")), ["fast", "fast", "deep", "deep"], id="five files do not"),
        pytest.param(task("x" * 1000), ["fast", "fast", "deep", "deep"], id="a thousand characters do not"),
        pytest.param(
            replace(BIG, kind=Kind.FIX_LINT), ["fixers", "deep", "deep"], id="big lint tries the fixers first"
        ),
        pytest.param(task(tier="deep"), ["deep", "deep"], id="the tier a task names"),
        pytest.param(replace(BIG, tier="fast"), ["fast", "fast", "deep", "deep"], id="a named tier wins over size"),
        pytest.param(replace(LINT, tier="fast"), ["fast", "fast", "deep", "deep"], id="a named tier skips the fixers"),
    ],
)
def test_climbs(job: Task, expected: list[str]) -> None:
    assert climb(job) == expected


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.FIX_LINT])
def test_fixers_take_nothing_but_lint(kind: Kind) -> None:
    assert "fixers" not in climb(task(kind=kind))


@pytest.mark.parametrize("job", [task(), LINT, BIG, task(tier="deep")])
def test_the_reviewer_never_proposes(job: Task) -> None:
    assert "reviewer" not in climb(job, (REVIEWER, *TIERS))


def test_five_attempts_in_all_whatever_the_tiers_allow() -> None:
    patient = replace(FAST, attempts=20)

    assert climb(task(), (patient, DEEP)) == ["fast"] * 5


def test_the_limit_of_attempts_is_a_setting() -> None:
    assert climb(task(), limits=LimitSettings(attempts=3)) == ["fast", "fast", "deep"]


def test_the_sizes_that_make_a_task_big_are_settings() -> None:
    limits = LimitSettings(deep_files=1, deep_characters=10)

    assert not is_big(task("x" * 10, files=("a",)), limits)
    assert is_big(task("x" * 11), limits)
    assert is_big(task("x", files=("a", "b")), limits)


def test_a_big_task_without_a_deep_tier_starts_at_the_first() -> None:
    move = next_move(BIG, (FAST,), (), LIMITS)

    assert move is not None
    assert (move.tier, move.reason) == (FAST, "first tier")


@pytest.mark.parametrize("reason", ["no-change", "repeated", "no-fixer"])
def test_no_progress_escalates_at_once(reason: str) -> None:
    move = next_move(task(), TIERS, [attempt(FAST, reason)], LIMITS)

    assert move is not None
    assert (move.tier, move.reason) == (DEEP, f"no progress: {reason}")


def test_the_same_failure_twice_at_a_tier_escalates() -> None:
    patient = replace(FAST, attempts=5)
    failures = [attempt(patient, fingerprint=mark, number=n) for n, mark in enumerate(("one", "two", "one"), 1)]

    move = next_move(task(), (patient, DEEP), failures, LIMITS)

    assert move is not None
    assert (move.tier, move.reason) == (DEEP, "the same failure again")
    assert next_move(task(), (patient, DEEP), failures[:2], LIMITS) == Move(patient, "repair", "repair")


def test_the_same_failure_at_a_lower_tier_does_not_count() -> None:
    failures = [attempt(FAST, fingerprint="one"), attempt(FAST, fingerprint="two"), attempt(DEEP, fingerprint="one")]
    move = next_move(task(), TIERS, failures, LIMITS)

    assert move is not None
    assert (move.tier, move.reason) == (DEEP, "repair")


def test_says_why_it_moves() -> None:
    failed = [attempt(FAST, number=1), attempt(FAST, number=2)]
    reasons = [
        (move.tier.name, move.reason)
        for job, attempts in (
            (task(), failed[:0]),
            (task(), failed[:1]),
            (task(), failed),
            (BIG, []),
            (task(tier="deep"), []),
        )
        if (move := next_move(job, TIERS, attempts, LIMITS))
    ]

    assert reasons == [
        ("fast", "first tier"),
        ("fast", "repair"),
        ("deep", "2 failed at fast"),
        ("deep", "a big task starts at deep"),
        ("deep", "the task asks for deep"),
    ]


@pytest.mark.parametrize(
    ("tiers", "attempts"),
    [
        pytest.param(TIERS, [accepted(FAST)], id="accepted"),
        pytest.param(TIERS, [attempt(FAST), accepted(FAST)], id="accepted later"),
        pytest.param((), [], id="no tier"),
        pytest.param((FIXERS, REVIEWER), [], id="no tier for this kind"),
        pytest.param((FAST,), [attempt(FAST, number=1), attempt(FAST, number=2)], id="out of tiers"),
        pytest.param((FAST,), [attempt(DEEP, "no-change")], id="a tier that is gone"),
    ],
)
def test_the_job_is_over(tiers: tuple[Tier, ...], attempts: list[Attempt]) -> None:
    assert next_move(task(), tiers, attempts, LIMITS) is None


@pytest.mark.parametrize(
    ("job", "tiers"),
    [
        pytest.param(task(tier="depe"), TIERS, id="unknown"),
        pytest.param(task(tier="reviewer"), TIERS, id="proposes nothing"),
        pytest.param(task(tier="fixers"), TIERS, id="not for this kind"),
        pytest.param(task(tier="deep"), (FAST,), id="not on this machine"),
    ],
)
def test_a_tier_that_cannot_take_the_task_is_refused_and_not_replaced(job: Task, tiers: tuple[Tier, ...]) -> None:
    with pytest.raises(UsageError, match=f"cannot take it: {job.tier}") as error:
        ladder_of(job, tiers, LIMITS)

    assert "fast" in error.value.hint
