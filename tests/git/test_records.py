"""Jobs as chains of commits: what is written is read, what is damaged is named, one process has a job."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace

import pytest
from given import end, start, task_of, wait_for_line

from gitbuddy.errors import GitbuddyError, UsageError
from gitbuddy.git.codec import State, state_from_json, state_to_json, task_from_json, task_to_json
from gitbuddy.git.owner import Owner, this_process
from gitbuddy.git.records import Job, LostClaim, Records
from gitbuddy.git.repo import Repo
from gitbuddy.testing.repo import RepoBuilder
from gitbuddy.values import Kind, Origin, Task

FULL = Task(
    Kind.FIX,
    "text\nwith \udcff and \u2028",
    "1" * 40,
    Origin("file", "slug", "main:x.md", 3),
    ("a b", "c/**"),
    ("n",),
    ("t::x",),
    "deep",
    ("lint",),
    "slug",
)


@pytest.mark.parametrize("task", [FULL, Task(Kind.CHANGE, "x", "", Origin("trailer"))])
def test_tasks_survive_being_written(task: Task) -> None:
    assert task_from_json(task_to_json(task)) == task


@pytest.mark.parametrize("owner", [None, Owner("h/1", "b/ns", 7, "99", "n")])
def test_states_survive_being_written(owner: Owner | None) -> None:
    state = State("attempted", 3, 1.5, "n", owner, {"a": [1, {"b": None}]})

    assert state_from_json(state_to_json(state)) == state


@pytest.mark.parametrize(("version", "words"), [(0, "older"), (-3, "older"), (2, "newer"), (10**9, "newer")])
def test_a_record_of_another_version_is_named_with_what_to_do(version: int, words: str) -> None:
    data = json.dumps({**json.loads(task_to_json(FULL)), "version": version}).encode()

    with pytest.raises(GitbuddyError, match=f"written by an? {words} gitbuddy, in version {version}") as caught:
        task_from_json(data)
    assert caught.value.hint


def test_a_job_goes_through_its_states(builder: RepoBuilder, repo: Repo, records: Records) -> None:
    task = task_of(repo)
    queued = records.enqueue(task)
    claimed = records.claim(queued)
    attempted = records.append(
        claimed, "attempted", {"verdict": "no"}, {"attempts/1/reply.txt": b"\xff", "attempts/1/x": b""}
    )
    landed = records.append(attempted, "landed", {"branch": "buddy/x"})

    assert (queued.state, queued.epoch, queued.owner) == ("queued", 0, None)
    assert (claimed.state, claimed.epoch) == ("claimed", 1)
    assert claimed.owner
    assert claimed.owner.pid == os.getpid()
    assert records.get(task.id) == replace(landed, updated=records.get(task.id).updated)
    assert [step.state for step in records.history(landed)] == ["queued", "claimed", "attempted", "landed"]
    assert records.files(landed) == ("attempts/1/reply.txt", "attempts/1/x", "state.json", "task.json")
    assert records.file(landed, "attempts/1/reply.txt") == b"\xff"
    assert records.file(landed, "attempts/2/reply.txt") is None
    assert builder.git("fsck", "--strict", "--no-dangling") == ""
    assert builder.git("log", "-1", "--format=%(trailers:key=Buddy-Epoch,valueonly)", landed.tip).strip() == "1"


def test_the_same_task_is_one_job(repo: Repo, records: Records) -> None:
    task = task_of(repo)
    job = records.claim(records.enqueue(task))

    assert records.enqueue(task).tip == job.tip
    assert len(records.all()) == 1


def test_jobs_are_found_by_the_beginning_of_their_id(repo: Repo, records: Records) -> None:
    jobs = [records.enqueue(task_of(repo, f"task {number}")) for number in range(40)]
    first = jobs[0]

    assert records.find(first.id) == records.find(first.id[:12].upper()) == first
    with pytest.raises(UsageError, match="no such job: zzz"):
        records.find("zzz")
    with pytest.raises(UsageError, match="no such job: "):
        records.find("")
    with pytest.raises(UsageError, match="more than one job begins so"):
        records.find(
            next(key for key, group in itertools.groupby(sorted(job.id[0] for job in jobs)) if len([*group]) > 1)
        )
    with pytest.raises(UsageError, match="no such job"):
        records.get("../../heads/main")


def test_all_jobs_come_newest_first(repo: Repo, records: Records) -> None:
    jobs = [records.enqueue(task_of(repo, text)) for text in "abc"]

    assert [job.id for job in records.all()] == [job.id for job in reversed(jobs)]


def test_an_old_value_cannot_be_appended_to(repo: Repo, records: Records) -> None:
    queued = records.enqueue(task_of(repo))
    claimed = records.claim(queued)
    records.append(claimed, "attempted")

    with pytest.raises(LostClaim, match="lost the claim"):
        records.append(claimed, "landed")
    with pytest.raises(GitbuddyError, match="this job is running: process"):
        records.claim(queued)
    assert records.get(queued.id).state == "attempted"


def test_a_new_run_starts_with_an_empty_record_and_keeps_the_old_one_in_its_history(
    builder: RepoBuilder, repo: Repo, records: Records
) -> None:
    claimed = records.claim(records.enqueue(task_of(repo)))
    first = records.append(claimed, "attempted", files={"attempts/2/reply.txt": b"old"})
    records.release(records.append(first, "gave-up"))

    again = records.claim(records.get(first.id))

    assert [path for path in records.files(again) if path.startswith("attempts/")] == []
    assert builder.git("show", f"{first.tip}:attempts/2/reply.txt") == "old"
    assert first.tip in builder.git("rev-list", again.tip)


def other(owner: Owner, **fields: object) -> Owner:
    return replace(owner, **fields)  # type: ignore[arg-type]  # fields of an Owner by name


def held_by(records: Records, job: Job, owner: Owner, state: str = "claimed") -> Job:
    return records.append(replace(job, owner=owner, epoch=job.epoch + 1), state)


DEAD = [
    {"start": "1"},
    {"pid": 4_194_304_0},
    {"boot": "an earlier boot/pid:[1]"},
]


@pytest.mark.parametrize("fields", DEAD)
def test_a_dead_owner_is_taken_over(repo: Repo, records: Records, fields: dict[str, object]) -> None:
    job = held_by(records, records.enqueue(task_of(repo)), other(this_process(), **fields))
    claimed = records.claim(job)

    assert claimed.epoch == job.epoch + 1
    with pytest.raises(LostClaim):
        records.append(job, "attempted")


FAR = [
    {"host": "elsewhere/12345678", "boot": "another boot/pid:[1]"},
    {"boot": "SAME/pid:[another container]"},
]


@pytest.mark.parametrize("fields", FAR)
def test_an_owner_elsewhere_is_not_taken_over(repo: Repo, records: Records, fields: dict[str, str]) -> None:
    me = this_process()
    fields = fields | {"boot": fields["boot"].replace("SAME", me.boot.partition("/")[0])}
    job = held_by(records, records.enqueue(task_of(repo)), other(me, **fields))

    with pytest.raises(GitbuddyError, match="held from another machine") as caught:
        records.claim(job)
    assert f"git buddy release {job.id[:8]}" in caught.value.hint
    assert records.release(job).state == "queued"
    assert records.claim(job).state == "claimed"


@pytest.mark.parametrize(("state", "words"), [("landed", "it landed"), ("gave-up", "it gave up")])
def test_an_ended_job_is_not_claimed(repo: Repo, records: Records, state: str, words: str) -> None:
    job = records.append(records.claim(records.enqueue(task_of(repo))), state)

    with pytest.raises(GitbuddyError, match=words):
        records.claim(job)


def test_releasing_is_for_jobs_that_do_not_run(repo: Repo, records: Records) -> None:
    job = records.enqueue(task_of(repo))
    assert records.release(job) == job
    claimed = records.claim(job)
    with pytest.raises(GitbuddyError, match="this job is running: process"):
        records.release(claimed)
    ended = records.append(claimed, "gave-up", {"reason": "x"})
    assert records.release(ended).state == "queued"
    landed = records.append(records.claim(ended), "landed")
    with pytest.raises(GitbuddyError, match="has landed"):
        records.release(landed)


def test_a_held_job_goes_back_to_the_queue(repo: Repo, records: Records) -> None:
    task = task_of(repo)

    def job() -> None:
        with records.held(task) as held:
            records.append(held, "attempted", {}, {"attempts/1/reply.txt": b"kept"})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        job()
    after = records.get(task.id)
    assert (after.state, after.owner) == ("queued", None)
    assert records.file(after, "attempts/1/reply.txt") == b"kept"


def test_a_job_that_ended_or_was_landing_stays_so(repo: Repo, records: Records) -> None:
    ended, landing = task_of(repo, "ended"), task_of(repo, "landing")
    with records.held(ended) as job:
        records.append(job, "gave-up", {"reason": "r"})
    with pytest.raises(ZeroDivisionError), records.held(landing) as job:
        void(records.append(job, "landing", {"commit": "c"}), 1 / 0)

    assert records.get(ended.id).details == {"reason": "r"}
    assert records.get(landing.id).state == "landing"
    assert records.get(landing.id).owner is None
    assert records.get(landing.id).details == {"commit": "c"}


def void(*_values: object) -> None:
    pass


def test_a_job_that_was_taken_over_is_left_to_the_other(repo: Repo, records: Records) -> None:
    task = task_of(repo)
    with records.held(task) as job:
        theirs = records.append(replace(job, owner=other(this_process(), nonce="theirs")), "claimed")

    assert records.get(task.id).tip == theirs.tip


def test_pins_protect_objects_from_gc(builder: RepoBuilder, repo: Repo, records: Records) -> None:
    job = records.enqueue(task_of(repo))
    tree = repo.objects.write_tree(None, {})
    commit = repo.commit_tree(tree, [], "only pinned")
    other_commit = repo.commit_tree(tree, [], "later")
    records.pin(job.id, commit)
    builder.git("gc", "--quiet", "--prune=now")

    assert builder.git("cat-file", "-t", commit) == "commit\n"
    records.pin(job.id, commit)
    assert records.pins() == {job.id: commit}
    records.unpin(job.id)
    records.unpin(job.id)
    assert records.pins() == {}
    assert other_commit != commit


RACE = """
import sys
from pathlib import Path
from gitbuddy.errors import GitbuddyError
from gitbuddy.git.records import Records
from gitbuddy.git.repo import Repo
records = Records(Repo.open(Path(sys.argv[1])))
for line in sys.stdin:
    job = records.get(line.strip())
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        records.claim(job)
        print("won", flush=True)
    except GitbuddyError as error:
        print("lost:", error, flush=True)
"""


def test_of_eight_processes_exactly_one_claims_a_job(builder: RepoBuilder, repo: Repo, records: Records) -> None:
    racers = [start(RACE, builder.path) for _ in range(8)]
    rounds = []
    for number in range(20):
        job = records.enqueue(task_of(repo, f"race {number}"))
        tell(racers, job.id)
        assert [wait_for_line(racer) for racer in racers] == ["ready"] * 8
        tell(racers, "go")
        rounds.append([wait_for_line(racer).partition(":")[0] for racer in racers])
        assert len(records.history(records.get(job.id))) == 2
    codes = [end(racer)[0] for racer in racers]

    assert codes == [0] * 8
    assert [sorted(said) for said in rounds] == [["lost"] * 7 + ["won"]] * 20


def tell(racers: list[subprocess.Popen[bytes]], line: str) -> None:
    for racer in racers:
        assert racer.stdin
        racer.stdin.write(f"{line}\n".encode())
        racer.stdin.flush()


def test_two_writers_of_one_tip_one_wins(repo: Repo, records: Records) -> None:
    job = records.claim(records.enqueue(task_of(repo)))
    records.append(job, "attempted", {"same": 1})

    with pytest.raises(LostClaim):
        records.append(job, "attempted", {"same": 1})


def test_hundreds_of_jobs_are_listed(repo: Repo, records: Records) -> None:
    for number in range(300):
        records.enqueue(task_of(repo, f"task {number}"))

    assert len(records.all()) == 300


Damage = Callable[[RepoBuilder, Job], str]


def rewritten(builder: RepoBuilder, job: Job, name: str, data: bytes) -> str:
    """A commit like the job's with another content of one file."""
    (builder.path / ".git/damage").write_bytes(data)
    blob = builder.git("hash-object", "-w", ".git/damage").strip()
    tree = builder.git("ls-tree", job.tip).splitlines()
    lines = [f"100644 blob {blob}\t{name}" if line.endswith(f"\t{name}") else line for line in tree]
    return committed(builder, "\n".join(lines) + "\n")


def committed(builder: RepoBuilder, listing: str) -> str:
    (builder.path / ".git/listing").write_text(listing)
    tree = builder.git("-c", "alias.mk=!git mktree < .git/listing", "mk").strip()
    return builder.git("commit-tree", "-m", "damage", tree).strip()


def newer_version(builder: RepoBuilder, job: Job) -> str:
    state = json.loads(builder.git("show", f"{job.tip}:state.json")) | {"version": 2}
    return rewritten(builder, job, "state.json", json.dumps(state).encode())


def forged(builder: RepoBuilder, job: Job) -> str:
    task = json.loads(builder.git("show", f"{job.tip}:task.json")) | {"text": "something else"}
    return rewritten(builder, job, "task.json", json.dumps(task).encode())


def state_of(change: dict[str, object]) -> Damage:
    def damage(builder: RepoBuilder, job: Job) -> str:
        state = json.loads(builder.git("show", f"{job.tip}:state.json")) | change
        return rewritten(builder, job, "state.json", json.dumps(state).encode())

    return damage


def another_job(builder: RepoBuilder, job: Job) -> str:
    tips = builder.git("for-each-ref", "--format=%(objectname)", "refs/buddy/v1/jobs").split()
    return next(tip for tip in tips if tip != job.tip)


DAMAGES: list[tuple[Damage, str]] = [
    (another_job, "it holds another task"),
    (lambda builder, job: rewritten(builder, job, "state.json", b"{"), "state.json is not valid JSON"),
    (lambda builder, job: rewritten(builder, job, "task.json", b"\xff"), "task.json is not valid JSON"),
    (lambda builder, job: rewritten(builder, job, "task.json", b"[" * 100_000), "task.json is not valid JSON"),
    (lambda builder, job: rewritten(builder, job, "state.json", b"[]"), "it has no version"),
    (lambda builder, job: rewritten(builder, job, "state.json", b" " * (5 << 20)), "state.json is too large"),
    (newer_version, "written by a newer gitbuddy, in version 2"),
    (forged, "does not have the content its id stands for"),
    (state_of({"state": "sleeping"}), "state.json is damaged"),
    (state_of({"epoch": "one"}), "state.json is damaged"),
    (state_of({"owner": {"host": 1}}), "state.json is damaged"),
    (state_of({"details": []}), "state.json is damaged"),
    (lambda builder, job: committed(builder, ""), "task.json is missing"),
    (lambda builder, job: builder.git("rev-parse", "HEAD").strip(), "task.json is missing"),
    (lambda builder, job: builder.git("rev-parse", f"{job.tip}^{{tree}}").strip(), "not a commit"),
    (lambda builder, job: builder.git("rev-parse", f"{job.tip}:task.json").strip(), "not a commit or tree"),
]


@pytest.mark.parametrize(("damage", "words"), DAMAGES)
def test_a_damaged_record_is_named_and_left_as_it_is(
    builder: RepoBuilder, repo: Repo, records: Records, damage: Damage, words: str
) -> None:
    good, bad = records.enqueue(task_of(repo, "good")), records.enqueue(task_of(repo, "bad"))
    ref = f"refs/buddy/v1/jobs/{bad.id[-2:]}/{bad.id}"
    oid = damage(builder, bad)
    (builder.path / ".git" / ref).write_text(f"{oid}\n")

    jobs, problems = records.listing()
    assert [job.id for job in jobs] == [good.id]
    assert len(problems) == 1
    assert problems[0].startswith(f"the record of job {bad.id} cannot be read: ")
    assert words in problems[0]
    with pytest.raises(GitbuddyError, match="cannot be read") as caught:
        records.find(bad.id)
    assert caught.value.hint
    with pytest.raises(GitbuddyError, match="cannot be read"):
        records.enqueue(bad.task)
    assert builder.git("rev-parse", ref).strip() == oid


def test_refs_that_are_no_jobs_are_listed_as_problems(builder: RepoBuilder, records: Records) -> None:
    builder.git("update-ref", "refs/buddy/v1/jobs/xx/garbage", "HEAD")
    jobs, problems = records.listing()

    assert jobs == ()
    assert len(problems) == 1
    assert "garbage" in problems[0]
