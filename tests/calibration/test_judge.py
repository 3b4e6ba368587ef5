"""The fixtures are sound, and a reply is right or it is not."""

from __future__ import annotations

import pytest
from calibration.pupil import WORDS, written

from gitbuddy.calibration.briefs import brief_of, needles
from gitbuddy.calibration.fixtures import FIRST, Fixture, fixtures
from gitbuddy.calibration.judge import complaint
from gitbuddy.core.languages import language_of
from gitbuddy.values import Tier

EACH = pytest.mark.parametrize("fixture", fixtures(), ids=lambda fixture: fixture.name)


@EACH
@pytest.mark.parametrize("edit_format", WORDS)
def test_the_right_edit_is_right_in_every_format(fixture: Fixture, edit_format: str) -> None:
    assert complaint(written(fixture, fixture.after[0].decode(), edit_format), fixture) == ""


@EACH
def test_no_edit_is_not_right(fixture: Fixture) -> None:
    assert complaint(written(fixture, fixture.before.decode(), "whole-file"), fixture) == "no-change"
    assert complaint("I would rather not.", fixture) != ""


@EACH
def test_another_edit_is_wrong(fixture: Fixture) -> None:
    other = fixture.before.decode() + ("x = 1\n" if fixture.path.endswith(".py") else "\n \n")

    assert complaint(written(fixture, other, "whole-file"), fixture) != ""


@EACH
def test_every_other_right_result_counts_too(fixture: Fixture) -> None:
    for after in fixture.after:
        assert complaint(written(fixture, after.decode(), "whole-file"), fixture) == ""


def test_there_are_several_languages_and_kinds_of_files() -> None:
    languages = {language_of(fixture.path) for fixture in fixtures()}

    assert languages >= {"python", "javascript", "go", None}
    assert len(fixtures()) >= 14
    assert [fixture.name for fixture in fixtures()[: len(FIRST)]] == list(FIRST)
    assert any(b"\r\n" in fixture.before for fixture in fixtures())
    assert any(b"\n\t" in fixture.before for fixture in fixtures())


def test_layout_is_free_where_it_means_nothing() -> None:
    fixture = Fixture("x", "", "a.py", b"x = 1\n", (b"x = [1, 2]\n",))

    assert complaint("a.py\n```\nx = [\n    1,\n    2\n]  # two\n```\n", fixture) == ""
    assert complaint("a.py\n```\nx = [2, 1]\n```\n", fixture) == "wrong"
    assert complaint("a.py\n```\nx = [1, 2\n```\n", fixture) == "wrong"


def test_bytes_count_where_the_fixture_says_so() -> None:
    fixture = Fixture("x", "", "a.py", b"x = 1\n", (b"x = 2\n",), exact=True)

    assert complaint("a.py\n```\nx = 2\n```\n", fixture) == ""
    assert complaint("a.py\n```\nx  = 2\n```\n", fixture) == "wrong"


def test_an_edit_of_another_file_is_not_right() -> None:
    fixture = Fixture("x", "", "a.py", b"x = 1\n", (b"x = 2\n",))
    both = "a.py\n```\nx = 2\n```\nb.py\n```\ny = 1\n```\n"

    assert complaint(both, fixture) == "other-files"


TIER = Tier("fast", "ollama", window=8192, max_output=1024)


def count(text: str) -> int:
    return -(-len(text.encode()) // 3)


@pytest.mark.parametrize("window", [4096, 8192, 16384, 65536])
def test_a_needle_fills_its_window_and_no_more(window: int) -> None:
    tier = Tier("fast", "ollama", window=window, max_output=1024)
    for needle in needles(tier, count):
        brief = brief_of(needle, tier)
        size = count(brief.system) + count(brief.prompt)

        assert 0.7 * (window - 1024) < size <= window - 1024


def test_the_needles_of_one_window_share_their_files_and_stand_at_three_depths() -> None:
    first, second, third = needles(TIER, count)

    assert first.shown == second.shown == third.shown
    names = [needle.text.split(" that ")[1].split(" has ")[0] for needle in (first, second, third)]
    joined = b"".join(file.data for file in first.shown)
    places = [joined.index(f"{name} = ".encode()) / len(joined) for name in names]
    assert places == pytest.approx([0.9, 0.5, 0.1], abs=0.06)


def test_the_number_of_a_needle_stands_nowhere_else() -> None:
    for needle in needles(TIER, count):
        number = needle.after[0].split(b" = ")[1].strip()

        assert b"".join(file.data for file in needle.shown).count(b" " + number + b"\n") == 1


def test_a_needle_is_found_only_with_its_number() -> None:
    needle = needles(TIER, count)[0]

    assert complaint(written(needle, needle.after[0].decode(), "whole-file"), needle) == ""
    assert complaint(written(needle, "LIMIT = 12\n", "whole-file"), needle) == "wrong"


def test_two_windows_hide_different_numbers() -> None:
    wide = Tier("fast", "ollama", window=16384, max_output=1024)

    assert needles(TIER, count)[0].after != needles(wide, count)[0].after
