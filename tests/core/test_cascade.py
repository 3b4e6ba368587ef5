from __future__ import annotations

from dataclasses import replace

import pytest
from made import DEEP, FAST, FIXERS, MUTATE, REVIEWER, accepted, attempt, task

from gitbuddy.config import LimitSettings
from gitbuddy.core.cascade import is_big, ladder_of, next_move
from gitbuddy.errors import UsageError
from gitbuddy.values import Attempt, Kind, Move, Refused, Task, Tier

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


@pytest.mark.parametrize("kind", list(Kind))
def test_a_search_for_a_repair_takes_what_is_broken_and_nothing_else(kind: Kind) -> None:
    tiers = (FIXERS, MUTATE, FAST)

    assert ("mutate" in climb(task(kind=kind), tiers)) is (kind is Kind.FIX)


def test_what_is_broken_is_searched_before_a_model_is_asked() -> None:
    broken = task("x" * 1001, Kind.FIX)

    assert climb(broken, (FAST, MUTATE, DEEP)) == ["mutate", "mutate", "deep", "deep"]


@pytest.mark.parametrize("reason", ["no-target", "no-repair"])
def test_a_search_that_found_nothing_is_not_repeated(reason: str) -> None:
    made = replace(attempt(MUTATE), verdict=Refused("reply", reason, "nothing"))
    move = next_move(task(kind=Kind.FIX), (MUTATE, FAST), (made,), LIMITS)

    assert move is not None
    assert move.tier == FAST


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


def moves(job: Task, tiers: tuple[Tier, ...], reasons: list[str], limits: LimitSettings = LIMITS) -> list[Move]:
    """The moves of a job whose rounds are refused for these reasons, every sample of a round for the same."""
    attempts: list[Attempt] = []
    made: list[Move] = []
    for reason in reasons:
        move = next_move(job, tiers, attempts, limits)
        if move is None:
            break
        made.append(move)
        attempts += failed_round(move, reason, len(attempts) + 1)
    return made


def failed_round(move: Move, reason: str = "check-worse", number: int = 1) -> list[Attempt]:
    return [
        attempt(move.tier, reason, number=number + sample, sample=sample, action=move.action)
        for sample in range(move.samples)
    ]


def test_a_move_says_what_it_does() -> None:
    made = moves(task(), TIERS, ["check-worse"] * 4)

    assert [(move.tier.name, move.action) for move in made] == [
        ("fast", "sample"),
        ("fast", "repair"),
        ("deep", "escalate"),
        ("deep", "repair"),
    ]


@pytest.mark.parametrize("reason", ["cut-off", "garbled", "server-error", "stalled", "unreadable", "empty"])
def test_a_reply_that_teaches_nothing_is_not_repaired_but_sampled_again(reason: str) -> None:
    made = moves(task(), TIERS, [reason, reason])

    assert [(move.action, move.reason) for move in made] == [
        ("sample", "first tier"),
        ("sample", "the last reply teaches nothing"),
    ]


@pytest.mark.parametrize("reason", ["truncated", "not-found", "still-failing", "protected"])
def test_what_a_next_answer_can_heed_is_repaired(reason: str) -> None:
    assert [move.action for move in moves(task(), TIERS, [reason, reason])] == ["sample", "repair"]


@pytest.mark.parametrize("reason", ["overflow", "window-cut"])
def test_a_prompt_that_does_not_fit_is_not_asked_again_at_the_same_tier(reason: str) -> None:
    assert [move.tier.name for move in moves(task(), TIERS, [reason, reason])] == ["fast", "deep"]


def test_samples_of_one_round_are_one_failure() -> None:
    many = replace(FAST, samples=3)
    made = moves(task(), (many, DEEP), ["check-worse"] * 9, LimitSettings(attempts=9))

    assert [(move.tier.name, move.action, move.samples) for move in made] == [
        ("fast", "sample", 3),
        ("fast", "repair", 3),
        ("deep", "escalate", 1),
        ("deep", "repair", 1),
    ]


def test_a_round_has_no_more_samples_than_attempts_are_left() -> None:
    many = replace(FAST, samples=4)
    made = moves(task(), (many, DEEP), ["check-worse"] * 9)

    assert [move.samples for move in made] == [4, 1]


@pytest.mark.parametrize("kept", [[0], [1], [2, 0], [1, 2]])
def test_a_round_of_which_samples_were_cancelled_is_still_one_round(kept: list[int]) -> None:
    many = replace(FAST, samples=3)
    first = failed_round(Move(many, "", samples=3))
    again = failed_round(Move(many, "", "repair", 3), number=4)

    move = next_move(task(), (many, DEEP), [first[sample] for sample in kept], LimitSettings(attempts=20))
    then = next_move(
        task(), (many, DEEP), [made[n] for made in (first, again) for n in kept], LimitSettings(attempts=20)
    )

    assert move is not None
    assert (move.tier.name, move.action) == ("fast", "repair")
    assert then is not None
    assert (then.tier.name, then.reason) == ("deep", "2 failed at fast")


def test_the_same_failure_within_a_round_is_no_repetition() -> None:
    many = replace(FAST, samples=2, attempts=5)
    twins = [attempt(many, fingerprint="one", number=n, sample=n - 1) for n in (1, 2)]
    later = [attempt(many, fingerprint=mark, number=n, sample=n - 3) for n, mark in ((3, "two"), (4, "one"))]

    first = next_move(task(), (many, DEEP), twins, LimitSettings(attempts=20))
    second = next_move(task(), (many, DEEP), twins + later, LimitSettings(attempts=20))

    assert first is not None
    assert first.tier.name == "fast"
    assert second is not None
    assert (second.tier.name, second.reason) == ("deep", "the same failure again")


def test_a_round_makes_no_progress_only_when_none_of_its_samples_does() -> None:
    many = replace(FAST, samples=2)
    twins = [attempt(many, "check-worse", number=1), attempt(many, "repeated", number=2, sample=1)]
    stuck = [attempt(many, "no-change", number=1), attempt(many, "repeated", number=2, sample=1)]

    moved = [next_move(task(), (many, DEEP), made, LIMITS) for made in (twins, stuck)]

    assert [move.tier.name for move in moved if move] == ["fast", "deep"]


def test_a_round_with_an_accepted_sample_ends_the_job_wherever_it_stands() -> None:
    many = replace(FAST, samples=2)

    assert next_move(task(), (many, DEEP), [accepted(many), attempt(many, number=2, sample=1)], LIMITS) is None


def test_somebody_elses_computers_come_last() -> None:
    cloud = replace(DEEP, name="cloud", remote=True)

    assert [tier.name for tier in ladder_of(task(), (cloud, FAST, DEEP), LIMITS)] == ["fast", "deep", "cloud"]
    assert [tier.name for tier in ladder_of(BIG, (FAST, replace(DEEP, remote=True)), LIMITS)] == ["fast", "deep"]
