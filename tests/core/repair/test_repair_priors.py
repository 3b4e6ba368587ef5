"""What is learned from what was tried and what landed."""

from __future__ import annotations

import pytest
from made import task

from gitbuddy.core.repair import PRIORS, learned, tallies
from gitbuddy.values import Kind, Run, Try


def test_without_records_the_priors_stay() -> None:
    assert learned([]) == PRIORS
    assert learned([("comparison", 100, 0)]) == PRIORS


def test_the_records_of_searches_are_tallied() -> None:
    job = task(kind=Kind.FIX)
    hit = Try("mutate", accepted=True, tried={"comparison": 4, "moved": 9}, template="moved")
    miss = Try("mutate", tried={"comparison": 100})
    refused_later = Run(job, "gave-up", (hit,))

    assert list(tallies([Run(job, "landed", (hit, Try("fast"))), Run(job, "gave-up", (miss,))])) == [
        ("comparison", 4, 0),
        ("moved", 9, 1),
        ("comparison", 100, 0),
    ]
    assert list(tallies([refused_later])) == [("comparison", 4, 0), ("moved", 9, 0)]


def test_what_landed_rises_and_what_did_not_sinks() -> None:
    new = learned([("comparison", 100, 0), ("moved", 100, 20)])

    assert new["comparison"] < PRIORS["comparison"]
    assert new["moved"] > PRIORS["moved"]
    assert new["guards"] == pytest.approx(PRIORS["guards"])


def test_little_evidence_moves_little() -> None:
    few = learned([("moved", 10, 1), ("comparison", 10, 0)])
    many = learned([("moved", 1000, 100), ("comparison", 1000, 0)])

    assert PRIORS["moved"] < few["moved"] < many["moved"]
    assert PRIORS["comparison"] > few["comparison"] > many["comparison"] > 0


def test_what_lands_as_often_as_expected_keeps_its_prior() -> None:
    new = learned([("one", 1000, 10), ("two", 1000, 20)], {"one": 0.5, "two": 1.0})

    assert new == pytest.approx({"one": 0.5, "two": 1.0})


def test_tallies_add_up_and_a_strange_template_is_no_matter() -> None:
    whole = learned([("names", 30, 3), ("moved", 10, 0)])

    assert learned([("names", 10, 1), ("moved", 10, 0), ("names", 20, 2), ("gone", 5, 5)]) == pytest.approx(whole)


@pytest.mark.parametrize("tally", [("names", 1, 2), ("names", 1, -1)])
def test_a_tally_that_cannot_be_is_refused(tally: tuple[str, int, int]) -> None:
    with pytest.raises(ValueError, match="more landed than were tried"):
        learned([tally])
