"""What records tell of jobs that are over; what cannot be read of them is named and passed over."""

from __future__ import annotations

import json
from typing import Any

from given import task_of

from gitbuddy.git.records import Records
from gitbuddy.git.repo import Repo
from gitbuddy.git.runs import finished
from gitbuddy.values import Try


def end_job(records: Records, repo: Repo, text: str, state: str, *attempts: dict[str, Any] | bytes) -> None:
    """A finished job with these attempt.json."""
    job = records.claim(records.enqueue(task_of(repo, text)))
    for number, facts in enumerate(attempts, 1):
        data = facts if isinstance(facts, bytes) else json.dumps({"number": number, **facts}).encode()
        job = records.append(job, "attempted", {}, {f"attempts/{number}/attempt.json": data})
    records.append(job, state, {"reason": "x"})


WRONG = {"tier": "fast", "model": "m:4b@1", "verdict": {"accepted": False}, "seconds": 2.5, "promptTokens": 10}
RIGHT = {"tier": "fast", "action": "repair", "round": 2, "verdict": {"accepted": True}, "outputTokens": 7}


def test_finished_jobs_are_told_with_their_attempts(repo: Repo, records: Records) -> None:
    end_job(records, repo, "one", "landed", WRONG, RIGHT)
    records.enqueue(task_of(repo, "waits"))
    end_job(records, repo, "two", "gave-up")

    known = finished(records)

    assert known.problems == ()
    assert {run.task.text: run.state for run in known.runs} == {"one": "landed", "two": "gave-up"}
    (landed,) = [run for run in known.runs if run.task.text == "one"]
    assert landed.solved
    assert landed.tries == (Try("fast", "m:4b@1", seconds=2.5, tokens=10), Try("fast", "", "repair", True, 0.0, 7))


def test_what_a_search_tried_is_told(repo: Repo, records: Records) -> None:
    search = {"tried": {"moved": 7, "odd": "many"}, "template": "moved"}
    end_job(records, repo, "searched", "landed", {**RIGHT, "tier": "mutate", "search": search})
    end_job(records, repo, "strange", "landed", {**RIGHT, "search": ["no", "object"]})

    strange, searched = sorted(finished(records).runs, key=lambda run: run.tries[0].template)

    assert (searched.tries[0].tried, searched.tries[0].template) == ({"moved": 7, "odd": 0}, "moved")
    assert (strange.tries[0].tried, strange.tries[0].template) == ({}, "")


def test_only_the_newest_are_read(repo: Repo, records: Records) -> None:
    for number in range(3):
        end_job(records, repo, f"task {number}", "gave-up")

    assert len(finished(records, most=2).runs) == 2


def test_an_attempt_that_won_its_round_comes_last(repo: Repo, records: Records) -> None:
    first = {**RIGHT, "round": 1, "action": "sample"}
    second = {**WRONG, "round": 1}
    end_job(records, repo, "at once", "landed", first, second)

    (run,) = finished(records).runs

    assert [tried.accepted for tried in run.tries] == [False, True]


def test_what_is_damaged_is_named_and_costs_nobody_else_his_record(repo: Repo, records: Records) -> None:
    end_job(records, repo, "sound", "landed", RIGHT)
    end_job(records, repo, "torn", "gave-up", b'{"tier": "fa')
    end_job(records, repo, "no object", "gave-up", b"[]")

    known = finished(records)

    assert [run.task.text for run in known.runs] == ["sound"]
    assert len(known.problems) == 2
    assert all("attempts/1/attempt.json is damaged" in problem for problem in known.problems)


def test_strange_figures_count_as_none(repo: Repo, records: Records) -> None:
    odd = {"tier": 7, "model": None, "action": "conquer", "verdict": "yes", "seconds": "NaN", "promptTokens": -5}
    end_job(records, repo, "odd", "gave-up", odd)

    (run,) = finished(records).runs

    assert run.tries == (Try(""),)
