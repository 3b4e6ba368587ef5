from __future__ import annotations

from made import task

from gitbuddy.core.statistics import Row, rows
from gitbuddy.values import Kind, Run, Try

FIX, LINT = task(kind=Kind.FIX), task(kind=Kind.FIX_LINT)
LANDED_AT_ONCE = Run(FIX, "landed", (Try("fast", accepted=True, seconds=4.0, tokens=100),))
CLIMBED = Run(
    FIX,
    "landed",
    (
        Try("fast", seconds=3.0, tokens=50),
        Try("fast", action="repair", seconds=3.0, tokens=50),
        Try("deep", action="escalate", accepted=True, seconds=20.0, tokens=300),
    ),
)
GAVE_UP = Run(FIX, "gave-up", (Try("fast", seconds=2.0, tokens=10), Try("deep", seconds=10.0, tokens=90)))
WITHOUT_ATTEMPT = Run(LINT, "gave-up", ())


def test_nothing_adds_up_to_nothing() -> None:
    assert rows(()) == ()


def test_each_tier_has_a_row_below_that_of_all() -> None:
    assert rows([LANDED_AT_ONCE, CLIMBED, GAVE_UP, WITHOUT_ATTEMPT]) == (
        Row("fix", "", jobs=3, solved=2, attempts=6, seconds=42.0, tokens=600),
        Row("fix", "fast", jobs=3, solved=1, attempts=4, seconds=12.0, tokens=210),
        Row("fix", "deep", jobs=2, solved=1, attempts=2, seconds=30.0, tokens=390),
        Row("fix-lint", "", jobs=1, solved=0, attempts=0, seconds=0.0, tokens=0),
    )


def test_what_a_solved_job_costs_holds_all_that_was_tried() -> None:
    whole, fast, _ = rows([LANDED_AT_ONCE, CLIMBED, GAVE_UP])

    assert (whole.seconds_each, whole.tokens_each) == (21.0, 300.0)
    assert (fast.rate, fast.seconds_each) == (1 / 3, 12.0)


def test_without_a_solved_job_no_price_is_told() -> None:
    (whole, *_) = rows([GAVE_UP])

    assert (whole.rate, whole.seconds_each, whole.tokens_each) == (0.0, None, None)
