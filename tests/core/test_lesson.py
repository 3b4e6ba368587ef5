from __future__ import annotations

from dataclasses import replace

import pytest
from made import DEEP, FAST, MUTATE, accepted, attempt, change, failed, passed, patch

from gitbuddy.core.feedback import fingerprint
from gitbuddy.core.lesson import CHARACTERS, lesson, telling
from gitbuddy.values import Attempt, Refused, Unverified

UNREADABLE = Refused("reply", "no-edit", "no edit was found")
UNFIT = Refused("apply", "not-found", "the text is not there")


def refused(number: int, verdict: Refused, sample: int = 0) -> Attempt:
    return replace(attempt(), number=number, sample=sample, verdict=verdict)


def test_where_nothing_was_refused_there_is_no_lesson() -> None:
    assert telling((), "fast") is None
    assert telling([accepted()], "fast") is None
    assert telling([replace(attempt(), verdict=None)], "fast") is None
    assert lesson(None, "fast") == lesson(accepted(), "fast") == ""


def test_the_lesson_shows_the_change_why_it_was_refused_and_what_failed() -> None:
    last = attempt(results=(passed("lint"), failed("test", "FAILED test_a\n")), patch=patch(change()))

    assert lesson(last, "fast", "data-1") == (
        "Your last answer was refused (check-worse): test got worse\n"
        "\n"
        "It made this change:\n"
        "\n"
        "<data-1>\n"
        "--- a/src/shop.py\n"
        "+++ b/src/shop.py\n"
        "@@ -1 +1 @@\n"
        "-a = 1\n"
        "+a = 2\n"
        "</data-1>\n"
        "\n"
        "With it, this failed:\n"
        "\n"
        "<data-1>\n"
        "Check `test` (run test): failed\n"
        "FAILED test_a\n"
        "</data-1>\n"
        "\n"
        "It was undone: the files above are unchanged. Answer again, differently."
    )


def test_another_tier_learns_whose_answer_it_was() -> None:
    assert lesson(attempt(), DEEP.name).startswith("Another model's answer was refused (check-worse): ")


def test_what_a_tool_tried_is_no_models_answer_and_a_tool_that_proposed_nothing_teaches_nothing() -> None:
    tried = replace(attempt(MUTATE), number=1)
    silent = replace(attempt(MUTATE), number=2, verdict=Refused("reply", "no-repair", "none of 9 small edits"))

    assert lesson(tried, "fast").startswith("A small edit that a tool tried was refused (check-worse): ")
    assert telling((tried, silent), "fast") == tried
    assert telling((silent,), "fast") is None


def test_a_refusal_before_any_check_has_words_only() -> None:
    last = replace(attempt(), verdict=Refused("guard", "secret", "no keys"), patch=patch())

    assert lesson(last, "fast", "data-1") == (
        "Your last answer was refused (secret): no keys\n"
        "\n"
        "It was undone: the files above are unchanged. Answer again, differently."
    )


def test_what_could_not_be_verified_teaches_too() -> None:
    unverified = Unverified("no-coverage", "coverage cannot be measured here")

    assert lesson(replace(attempt(), verdict=unverified), "fast").startswith(
        "Your last answer was not kept, for it could not be verified (no-coverage): coverage cannot be measured here\n"
    )
    assert fingerprint(unverified, ()) == fingerprint(replace(unverified, shown=("x",)), ())
    assert fingerprint(unverified, ()) != fingerprint(replace(unverified, words="other"), ())


@pytest.mark.parametrize("characters", [1000, CHARACTERS])
def test_the_lesson_is_bounded(characters: int) -> None:
    last = attempt(results=tuple(failed(f"check-{number}", "x" * 90_000) for number in range(40)))
    long = patch(change(before="", after="z\n" * 50_000))
    wordy = replace(last, verdict=Refused("checks", "check-worse", "y" * 90_000), patch=long)

    assert len(lesson(wordy, "fast", "data-1", characters=characters)) < 1.6 * characters


@pytest.mark.parametrize(
    ("attempts", "tier", "number"),
    [
        ([refused(1, UNFIT), refused(2, UNREADABLE)], "fast", 2),
        ([refused(1, UNFIT), refused(2, UNREADABLE)], "deep", 1),
        ([attempt(number=1), refused(2, UNFIT, sample=0), refused(3, UNREADABLE, sample=1)], "fast", 2),
        ([attempt(number=1), refused(2, UNREADABLE), refused(4, UNFIT, sample=2)], "fast", 4),
        ([attempt(FAST, number=1), attempt(DEEP, number=2)], "other", 2),
    ],
)
def test_the_furthest_attempt_teaches(attempts: list[Attempt], tier: str, number: int) -> None:
    teacher = telling(attempts, tier)

    assert teacher is not None
    assert teacher.number == number
