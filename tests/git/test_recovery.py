"""After a crash at any point, recovery finishes or gives back; twice is as good as once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from given import end, start, task_of

from gitbuddy.git.owner import this_process
from gitbuddy.git.records import Job, Records
from gitbuddy.git.recovery import recover
from gitbuddy.git.repo import Repo
from gitbuddy.testing.repo import RepoBuilder

NOTE = '{"job":"x"}'


def left_by_a_dead_process(repo: Repo, records: Records, state: str, **details: object) -> Job:
    job = records.enqueue(task_of(repo, f"left {state}"))
    dead = replace(this_process(), start="1")
    return records.append(replace(job, owner=dead, epoch=1), state, details)


@pytest.mark.parametrize("state", ["claimed", "attempted"])
def test_an_interrupted_job_is_queued_again(repo: Repo, records: Records, state: str) -> None:
    job = left_by_a_dead_process(repo, records, state)

    assert recover(repo, records) == (f"job {job.id[:8]} is queued again: {job.owner} is gone",)
    assert records.get(job.id).state == "queued"
    assert [step.state for step in records.history(records.get(job.id))] == ["queued", state, "queued"]
    assert recover(repo, records) == ()


def test_living_and_far_jobs_are_left_alone(repo: Repo, records: Records) -> None:
    mine = records.claim(records.enqueue(task_of(repo, "mine")))
    far = records.enqueue(task_of(repo, "far"))
    far = records.append(replace(far, owner=replace(this_process(), host="far/1", boot="x/y"), epoch=1), "landing")
    records.pin(mine.id, mine.tip)
    records.pin(far.id, far.tip)

    assert recover(repo, records) == ()
    assert set(records.pins()) == {mine.id, far.id}
    assert {job.tip for job in records.all()} == {mine.tip, far.tip}


def test_a_landing_is_finished(builder: RepoBuilder, repo: Repo, records: Records) -> None:
    commit = repo.commit_tree(repo.tree_of(repo.head()), [repo.head()], "work")
    job = left_by_a_dead_process(repo, records, "landing", commit=commit, branch="buddy/x", note=NOTE, more=1)
    records.pin(job.id, commit)
    said = recover(repo, records)

    assert said[0].startswith(f"job {job.id[:8]} has landed on buddy/x")
    assert repo.branch("buddy/x") == commit
    assert repo.note(commit) == NOTE + "\n"
    assert records.get(job.id).state == "landed"
    assert records.get(job.id).details == {"commit": commit, "branch": "buddy/x", "note": NOTE, "more": 1}
    assert records.pins() == {}
    assert recover(repo, records) == ()
    assert builder.git("fsck", "--strict", "--no-dangling") == ""


def test_a_branch_that_got_a_suffix_is_recognised(repo: Repo, records: Records) -> None:
    commit = repo.commit_tree(repo.tree_of(repo.head()), [repo.head()], "work")
    repo.create_branch("buddy/x", repo.head())
    repo.create_branch("buddy/x-2", commit)
    job = left_by_a_dead_process(repo, records, "landing", commit=commit, branch="buddy/x", note=NOTE)
    recover(repo, records)

    assert records.get(job.id).details["branch"] == "buddy/x-2"
    assert sorted(repo.branches()) == ["buddy/x", "buddy/x-2", "main"]


def test_a_result_that_has_a_branch_gets_no_second_one(repo: Repo, records: Records) -> None:
    commit = repo.commit_tree(repo.tree_of(repo.head()), [repo.head()], "work")
    repo.create_branch("buddy/x-2", commit)  # the name was taken then, and is free now
    job = left_by_a_dead_process(repo, records, "landing", commit=commit, branch="buddy/x", note=NOTE)
    recover(repo, records)

    assert records.get(job.id).details["branch"] == "buddy/x-2"
    assert sorted(repo.branches()) == ["buddy/x-2", "main"]


def test_a_taken_name_is_not_touched(repo: Repo, records: Records) -> None:
    commit = repo.commit_tree(repo.tree_of(repo.head()), [repo.head()], "work")
    repo.create_branch("buddy/x", repo.head())
    left_by_a_dead_process(repo, records, "landing", commit=commit, branch="buddy/x", note=NOTE)
    recover(repo, records)

    assert repo.branch("buddy/x") == repo.head()
    assert repo.branch("buddy/x-2") == commit


@pytest.mark.parametrize(
    "details", [{}, {"commit": 1, "branch": 2}, {"commit": "1" * 40, "branch": "buddy/x"}, {"commit": "x"}]
)
def test_a_landing_whose_commit_is_gone_is_queued_again(
    repo: Repo, records: Records, details: dict[str, object]
) -> None:
    job = left_by_a_dead_process(repo, records, "landing", **details)

    assert recover(repo, records) == (f"job {job.id[:8]} is queued again: the commit it was about to land is gone",)
    assert records.get(job.id).state == "queued"
    assert list(repo.branches()) == ["main"]


def test_a_landing_that_cannot_be_finished_is_told_and_kept(builder: RepoBuilder, repo: Repo, records: Records) -> None:
    builder.branch("buddy")
    job = left_by_a_dead_process(repo, records, "landing", commit=repo.head(), branch="buddy/x", note=NOTE)
    said = recover(repo, records)

    assert len(said) == 1
    assert f"job {job.id[:8]} could not be recovered: cannot write the ref" in said[0]
    assert records.get(job.id).state == "landing"


def test_stale_pins_are_removed(repo: Repo, records: Records) -> None:
    ended = records.append(records.claim(records.enqueue(task_of(repo))), "gave-up")
    records.pin(ended.id, repo.head())
    records.pin("a" * 26, repo.head())

    assert recover(repo, records) == ("removed 2 pins of jobs that are over",)
    assert records.pins() == {}


LANDING = """
import os, signal, sys
from pathlib import Path
from given import task_of
from gitbuddy.git.records import Records
from gitbuddy.git.repo import Repo
repo = Repo.open(Path(sys.argv[1]))
records = Records(repo)

def reach(point):
    if point == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

task = task_of(repo, "one task")
with records.held(task) as job:
    reach("claimed")
    commit = repo.commit_tree(repo.tree_of(repo.head()), [repo.head()], "work")
    records.pin(task.id, commit)
    job = records.append(job, "attempted")
    reach("attempted")
    details = {"commit": commit, "branch": "buddy/x", "note": "note"}
    job = records.append(job, "landing", details)
    reach("landing")
    repo.create_branch("buddy/x", commit)
    reach("branch")
    repo.add_note(commit, "note")
    reach("note")
    records.append(job, "landed", details)
    reach("landed")
    records.unpin(task.id)
"""
POINTS = [
    ("claimed", "queued"),
    ("attempted", "queued"),
    ("landing", "landed"),
    ("branch", "landed"),
    ("note", "landed"),
    ("landed", "landed"),
    ("never", "landed"),
]


@pytest.mark.parametrize(("point", "state"), POINTS)
def test_killed_at_any_point_of_a_landing_the_end_is_the_same(
    builder: RepoBuilder, repo: Repo, records: Records, point: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    before = builder.manifest()
    code, _ = end(start(LANDING, builder.path, point))
    recover(repo, records)
    recover(repo, records)

    assert code == (0 if point == "never" else -9)
    (job,) = records.all()
    assert job.state == state
    assert records.pins() == {}
    assert [name for name in repo.branches() if name != "main"] == (["buddy/x"] if state == "landed" else [])
    if state == "landed":
        assert repo.note(job.details["commit"]) == "note\n"
    assert builder.manifest() == before
    assert builder.git("fsck", "--strict", "--no-dangling") == ""


def test_several_processes_may_recover_at_once(builder: RepoBuilder, repo: Repo, records: Records) -> None:
    commits = [repo.commit_tree(repo.tree_of(repo.head()), [repo.head()], f"work {number}") for number in range(5)]
    for number, commit in enumerate(commits):
        job = records.enqueue(task_of(repo, f"job {number}"))
        dead = replace(this_process(), start="1")
        details = {"commit": commit, "branch": f"buddy/{number}", "note": f"note {number}"}
        records.append(replace(job, owner=dead, epoch=1), "landing", details)
    program = (
        "import sys\nfrom pathlib import Path\nfrom gitbuddy.git.records import Records\n"
        "from gitbuddy.git.recovery import recover\nfrom gitbuddy.git.repo import Repo\n"
        "repo = Repo.open(Path(sys.argv[1]))\nrecover(repo, Records(repo))\n"
    )
    results = [end(process) for process in [start(program, builder.path) for _ in range(4)]]

    assert [code for code, _ in results] == [0] * 4
    assert {job.state for job in records.all()} == {"landed"}
    assert [repo.branch(f"buddy/{number}") for number in range(5)] == commits
    assert [repo.note(commit) for commit in commits] == [f"note {number}\n" for number in range(5)]
    assert len(repo.branches()) == 6
