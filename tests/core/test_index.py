"""The index policy: cost against chance, learned from runs; within all limits, the same again for the same task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from made import DEEP, FAST, FIXERS, REVIEWER, accepted, attempt, task

from gitbuddy.config import LimitSettings
from gitbuddy.core.cascade import Experience, bucket_of, by_index, foreseen, learn, options
from gitbuddy.core.cascade.draws import beta, uniforms
from gitbuddy.values import Attempt, Kind, Move, Run, Task, Tier, Try, Unverified

LIMITS = LimitSettings()
SMALL = FAST.model
TIERS = (FAST, DEEP)
NOTHING = Experience()


def history(count: int, small: float, large: float, job: Task | None = None, seconds: float = 10) -> list[Run]:
    """Jobs of which `small` and of the others `large` were solved at the first attempt, evenly spread."""
    solved = {FAST.name: 0, DEEP.name: 0}
    asked = {FAST.name: 0, DEEP.name: 0}
    runs = []
    for number in range(count):
        tries: list[Try] = []
        for tier, share, cost in ((FAST, small, seconds), (DEEP, large, 6 * seconds)):
            if not tries or not tries[-1].accepted:
                asked[tier.name] += 1
                accepts = solved[tier.name] + 1 <= share * asked[tier.name]
                solved[tier.name] += accepts
                tries.append(Try(tier.name, tier.model, "escalate" if tries else "sample", accepts, cost))
        state = "landed" if tries[-1].accepted else "gave-up"
        runs.append(Run(replace(job or task(), text=f"task {number}"), state, tuple(tries)))
    return runs


def climb(
    experience: Experience,
    patience: float = 600,
    job: Task | None = None,
    tiers: Sequence[Tier] = TIERS,
    limits: LimitSettings = LIMITS,
) -> list[Move]:
    """The moves of a job of which every attempt fails differently."""
    attempts: list[Attempt] = []
    made: list[Move] = []
    while move := by_index(job or task(), tiers, attempts, limits, experience=experience, patience=patience):
        made.append(move)
        start = len(attempts) + 1
        attempts += [
            attempt(move.tier, number=start + sample, sample=sample, action=move.action)
            for sample in range(move.samples)
        ]
        assert len(made) < 100
    return made


def names(moves: Sequence[Move]) -> list[str]:
    return [move.tier.name for move in moves]


def test_without_any_experience_it_starts_small_and_climbs() -> None:
    made = names(climb(NOTHING))

    assert made[0] == "fast"
    assert "deep" in made
    assert len(made) <= LIMITS.attempts


def test_a_tier_that_solves_what_it_is_asked_is_asked_first() -> None:
    made = names(climb(learn(history(60, 0.7, 0.5))))

    assert made[0] == "fast"
    assert "deep" in made


def test_a_small_tier_that_never_solves_anything_is_passed_over() -> None:
    experience = learn(history(150, 0.0, 0.6))

    assert names(climb(experience, patience=300))[0] == "deep"


def test_a_large_tier_that_never_solves_anything_is_not_paid_for() -> None:
    assert "deep" not in names(climb(learn(history(150, 0.5, 0.0)), patience=300))


def test_little_patience_stops_early_and_much_goes_on() -> None:
    experience = learn(history(100, 0.5, 0.3))
    lengths = [len(climb(experience, patience)) for patience in (10, 300, 100_000)]

    assert lengths == sorted(lengths)
    assert lengths[0] == 1
    assert lengths[-1] == LIMITS.attempts


def test_the_first_attempt_is_made_even_where_nothing_is_worth_it_and_it_is_the_cheapest() -> None:
    assert names(climb(learn(history(100, 0.0, 0.0)), patience=1)) == ["fast"]


def test_a_failure_makes_the_next_answer_of_every_tier_less_likely() -> None:
    experience = learn(history(100, 0.5, 0.3))
    first = {option.tier.name: option.chance for option in options(task(), TIERS, LIMITS, experience, 600)}
    later = foreseen(task(), TIERS, LIMITS, experience, 100_000)

    assert all(option.chance < first[option.tier.name] for option in later[1:])


def test_a_bucket_has_its_own_chances() -> None:
    python, java = task(files=("a.py",)), task(files=("A.java",))
    experience = learn([*history(60, 0.8, 0.5, python), *history(60, 0.0, 0.05, java)])

    easy, hard = (options(job, TIERS, LIMITS, experience, 600)[0].chance for job in (python, java))

    assert easy > 0.5
    assert hard < 0.1


def test_a_tier_is_believed_to_be_weak_where_the_others_are() -> None:
    hard = history(60, 0.0, 0.0, task(files=("A.java",)))
    only_small = [replace(run, tries=run.tries[:1]) for run in hard]
    experience = learn([*only_small, *history(60, 0.7, 0.5, task(files=("a.py",)))])

    deep = {
        ending: options(task(files=(f"a.{ending}",)), TIERS, LIMITS, experience, 600)[1].chance
        for ending in ("java", "py")
    }

    assert deep["java"] < deep["py"] / 3


def test_what_is_long_ago_counts_less() -> None:
    bad, good = history(200, 0.0, 0.0), history(200, 0.8, 0.5)
    lately_good, lately_bad = learn([*good, *bad]), learn([*bad, *good])

    chances = [options(task(), TIERS, LIMITS, seen, 600)[0].chance for seen in (lately_good, lately_bad)]

    assert chances[0] > chances[1] * 1.5


def test_a_new_model_of_a_tier_starts_anew() -> None:
    old = [
        replace(run, tries=tuple(replace(one, model=f"{one.model}@aaa") for one in run.tries))
        for run in history(90, 0, 0)
    ]
    new = Run(task(), "landed", (Try("fast", f"{SMALL}@bbb", "sample", accepted=True, seconds=5),))

    experience = learn([new, *old])

    assert experience.tiers["fast"].tries == 1
    assert experience.models["fast"] == f"{SMALL}@bbb"
    assert experience.tiers["deep"].tries > 50
    assert experience.of(replace(FAST, model="other:3b")).tries == 0


def test_a_name_without_a_digest_is_taken_for_the_same_model() -> None:
    runs = [
        Run(task(), "gave-up", (Try("fast", f"{SMALL}@bbb"), Try("fast", SMALL), Try("fast", ""))),
        Run(task(), "gave-up", (Try("fast", f"{SMALL}@bbb"),)),
    ]

    assert learn(runs).tiers["fast"].tries > 3.9


def test_a_decision_can_be_repeated_and_is_explained_in_figures() -> None:
    first, second = (climb(NOTHING, job=task("the same")) for _ in range(2))

    assert first == second
    assert all(" % for " in move.reason and " s per change" in move.reason for move in first)


def test_what_is_not_known_yet_is_tried_differently_by_different_tasks() -> None:
    plans = {tuple(names(climb(NOTHING, job=task(f"task {number}")))) for number in range(30)}

    assert len(plans) > 1


@pytest.mark.parametrize("patience", [1, 60, 600, 86_400])
@pytest.mark.parametrize("attempts", [1, 3, 5, 12])
@pytest.mark.parametrize("experience", [NOTHING, learn(history(40, 0.4, 0.4))], ids=["nothing", "some"])
@pytest.mark.parametrize(
    "tiers",
    [
        (FAST,),
        TIERS,
        (FIXERS, *TIERS, REVIEWER),
        (replace(FAST, samples=3, calls=2), DEEP, replace(DEEP, name="cloud", remote=True)),
    ],
    ids=["one", "two", "all", "samples"],
)
def test_it_keeps_all_limits_and_comes_to_an_end(
    patience: float, attempts: int, experience: Experience, tiers: tuple[Tier, ...]
) -> None:
    for kind in (Kind.CHANGE, Kind.FIX_LINT):
        made = climb(experience, patience, task(kind=kind), tiers, LimitSettings(attempts=attempts))

        assert 1 <= sum(move.samples for move in made) <= attempts
        assert {move.tier for move in made} <= set(tiers)
        assert "reviewer" not in names(made)
        assert names(made).count("fixers") <= FIXERS.attempts * (kind is Kind.FIX_LINT)
        assert all(names(made).count(name) <= 5 for name in names(made))
        assert sum(move.action == "repair" for move in made) <= 2 * len(tiers)
        assert made[0].action == "sample"
        for before, after in pairwise(made):
            assert (after.action == "escalate") == (after.tier != before.tier)


def test_somebody_elses_computers_are_asked_only_when_nothing_here_is_worth_it() -> None:
    cloud = replace(DEEP, name="cloud", model="huge:99b", remote=True)
    made = names(climb(NOTHING, tiers=(cloud, FAST), limits=LimitSettings(attempts=12), patience=3000))

    assert made[0] == "fast"
    assert "cloud" in made
    assert "fast" not in made[made.index("cloud") :]
    assert names(climb(NOTHING, tiers=(cloud,), patience=1)) == ["cloud"]


@pytest.mark.parametrize("reason", ["repeated", "no-change", "overflow", "window-cut"])
def test_a_tier_that_makes_no_progress_is_not_asked_again(reason: str) -> None:
    attempts = [attempt(FAST, reason)]
    move = by_index(task(), TIERS, attempts, LIMITS, experience=NOTHING, patience=86_400)

    assert move is not None
    assert (move.tier.name, move.action) == ("deep", "escalate")


def test_a_reply_that_teaches_nothing_is_never_repaired() -> None:
    for number in range(20):
        move = by_index(
            task(f"{number}"), (FAST,), [attempt(FAST, "cut-off")], LIMITS, experience=NOTHING, patience=9999
        )

        assert move is not None
        assert move.action == "sample"


@pytest.mark.parametrize(
    "attempts",
    [
        pytest.param([accepted(FAST)], id="accepted"),
        pytest.param(
            [replace(attempt(FAST), verdict=Unverified("unverified", "cannot be shown here"))], id="unverified"
        ),
        pytest.param([attempt(FAST, number=n) for n in range(1, 6)], id="out of attempts"),
    ],
)
def test_the_job_is_over(attempts: list[Attempt]) -> None:
    assert by_index(task(), TIERS, attempts, LIMITS, experience=NOTHING, patience=86_400) is None


def test_a_tier_that_is_gone_is_left_behind() -> None:
    move = by_index(task(), (DEEP,), [attempt(FAST)], LIMITS, experience=NOTHING, patience=86_400)

    assert move is not None
    assert (move.tier.name, move.action) == ("deep", "escalate")


def test_with_room_for_all_the_order_is_that_of_cost_by_chance() -> None:
    experience = learn(history(200, 0.6, 0.4))
    made = foreseen(task(), TIERS, LimitSettings(attempts=20), experience, 3000)

    assert {option.tier.name for option in made} == {"fast", "deep"}
    assert [option.index for option in made] == sorted(option.index for option in made)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ((), ("change", "any", "no files")),
        (("src/a.py",), ("change", "py", "1 file")),
        (("a.py", "b/c.PY"), ("change", "py", "2-3 files")),
        (("a.py", "b.ts", "c", "d"), ("change", "mixed", "4-5 files")),
        (tuple(f"{n}.c" for n in range(9)), ("change", "c", "many files")),
        (("Makefile",), ("change", "any", "1 file")),
    ],
)
def test_buckets(files: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert bucket_of(task(files=files)) == expected


@pytest.mark.parametrize(("a", "b"), [(0.3, 0.7), (1, 1), (8, 2), (40, 160)])
def test_draws_have_the_mean_and_the_spread_of_their_beta(a: float, b: float) -> None:
    numbers = uniforms("seed")
    drawn = [beta(a, b, numbers) for _ in range(4000)]
    mean = sum(drawn) / len(drawn)
    variance = sum((one - mean) ** 2 for one in drawn) / len(drawn)
    expected = a * b / ((a + b) ** 2 * (a + b + 1))

    assert mean == pytest.approx(a / (a + b), abs=0.02)
    assert variance == pytest.approx(expected, rel=0.15)
    assert drawn[:3] == [beta(a, b, numbers) for numbers in [uniforms("seed")] for _ in range(3)]
