"""Jobs, kept as chains of commits: one ref per job, one commit per change of state.

A chain only grows, and only from the tip its writer has read: `refs/buddy/v1/jobs/<last two of id>/<id>` moves by
compare-and-swap, and every commit carries a nonce, so two writers can never make the same one. Local refs, not pushed.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from gitbuddy.errors import GitbuddyError, UsageError
from gitbuddy.git.codec import STATES, State, state_from_json, state_to_json, task_from_json, task_to_json
from gitbuddy.git.objects import Blob, signature
from gitbuddy.git.owner import Owner, this_process
from gitbuddy.git.repo import Repo
from gitbuddy.values import ID_LENGTH, Task

JOBS = "refs/buddy/v1/jobs/"
PINS = "refs/buddy/v1/pin/"
RUNNING = ("claimed", "attempted", "landing")
ENDED = ("landed", "reviewed", "unverified", "gave-up")
ID = re.compile(rf"[a-z2-7]{{{ID_LENGTH}}}")
LARGEST_FACTS = 4 << 20
LARGEST_FILE = 64 << 20
LONGEST_HISTORY = 1000


@dataclass(frozen=True, slots=True)
class Job:
    """One job as of the commit `tip`. `created` and `updated` are seconds since 1970."""

    id: str
    task: Task
    state: str
    tip: str
    epoch: int
    owner: Owner | None
    details: Mapping[str, Any]
    created: float
    updated: float


@dataclass(frozen=True, slots=True)
class Step:
    """One commit of a job's chain."""

    commit: str
    state: str
    when: float
    owner: Owner | None
    details: Mapping[str, Any] = field(default_factory=dict)


class Records:
    """All jobs of one repository."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo

    def enqueue(self, task: Task) -> Job:
        """Make the job of a task; the one that exists if there is one, in whatever state."""
        state = State("queued", 0, time.time(), secrets.token_hex(8))
        commit = self._commit(None, task.id, state, {"task.json": task_to_json(task)})
        self._repo.refs.create(_ref(task.id), commit, "gitbuddy: queued")
        return self.get(task.id)

    @contextmanager
    def held(self, task: Task) -> Iterator[Job]:
        """Queue and claim a task for the block. A job that has not ended then goes back to the queue.

        One that was interrupted while landing stays so, without an owner: `recover` finishes it.
        """
        claimed = self.claim(self.enqueue(task))
        try:
            yield claimed
        finally:
            self.unpin(task.id)
            with suppress(GitbuddyError):  # lost to somebody else, who goes on with it
                now = self.get(task.id)
                if now.state in RUNNING and now.owner == claimed.owner:
                    state = "landing" if now.state == "landing" else "queued"
                    self._append(now, state, now.details, {}, None)

    def get(self, job_id: str) -> Job:
        """The job with this full id."""
        job = self.existing(job_id)
        if job is None:
            raise UsageError(f"no such job: {job_id}", "see `git buddy log` for all jobs")
        return job

    def existing(self, job_id: str) -> Job | None:
        """The job with this full id, or None if there is none."""
        tip = self._repo.refs.read(_ref(job_id)) if ID.fullmatch(job_id) else None
        return self._load(job_id, tip) if tip else None

    def find(self, prefix: str) -> Job:
        """The one job whose id begins so; `UsageError` when there is none or more than one."""
        wanted = prefix.strip().lower()
        matches = [job_id for job_id in self._tips() if wanted and job_id.startswith(wanted)]
        if len(matches) != 1:
            problem = "more than one job begins so" if matches else "no such job"
            raise UsageError(f"{problem}: {prefix}", "see `git buddy log` for all jobs")
        return self.get(matches[0])

    def all(self) -> tuple[Job, ...]:
        """All jobs that can be read, newest first."""
        return self.listing()[0]

    def listing(self) -> tuple[tuple[Job, ...], tuple[str, ...]]:
        """(all jobs that can be read, newest first; what is wrong with the others)."""
        jobs, problems = [], []
        for job_id, tip in self._tips().items():
            try:
                jobs.append(self._load(job_id, tip))
            except GitbuddyError as error:
                problems.append(error.message)
        return tuple(sorted(jobs, key=lambda job: (-job.created, job.id))), tuple(problems)

    def claim(self, job: Job) -> Job:
        """Take a job for this process; one whose owner is dead is taken over.

        `GitbuddyError` when it has ended, when a living process or one on another machine has it, or took it first.
        """
        now = self.get(job.id)
        _refuse_claim(now)
        claimed = replace(now, epoch=now.epoch + 1)
        earlier = dict.fromkeys(path for path in self.files(now) if path.startswith("attempts/"))
        try:
            # Attempts of an earlier run stay in the chain; the tip tells of this run alone.
            return self._append(claimed, "claimed", {}, earlier, this_process())
        except LostClaim as error:
            raise GitbuddyError(
                f"another process took this job first: {job.id}", "nothing to do: it runs there"
            ) from error

    def append(
        self,
        job: Job,
        state: str,
        details: Mapping[str, Any] | None = None,
        files: Mapping[str, bytes] | None = None,
        keep: str | None = None,
    ) -> Job:
        """Note a change of state, with `details` (plain data, instead of the last ones) and files for the record.

        `keep` is a commit that lives as long as the record does. `LostClaim` if anybody else has moved the job since
        `job` was read.
        """
        return self._append(job, state, details or {}, files or {}, job.owner, keep)

    def release(self, job: Job) -> Job:
        """Put a job back into the queue: one that was given up, or whose owner will not come back."""
        now = self.get(job.id)
        if now.state == "landed":
            raise GitbuddyError(f"this job has landed: {job.id}", "see `git buddy log` for what it did")
        if now.state in RUNNING and now.owner and now.owner.alive():
            raise GitbuddyError(f"this job is running: {now.owner}", "stop that process first")
        return now if now.state == "queued" else self._append(now, "queued", {}, {}, None)

    def history(self, job: Job) -> tuple[Step, ...]:
        """The changes of state of a job, oldest first."""
        steps = []
        for commit in self._repo.objects.chain(job.tip, LONGEST_HISTORY):
            state = state_from_json(self._facts(commit, "state.json"))
            when = self._repo.objects.commit_time(commit)
            steps.append(Step(commit, state.state, when, state.owner, state.details))
        return tuple(reversed(steps))

    def file(self, job: Job, path: str) -> bytes | None:
        """A file of the record ("attempts/1/reply.txt"), or None."""
        size = self._repo.objects.size(job.tip, path)
        if size is None or size > LARGEST_FILE:
            return None
        found = self._repo.objects.read(job.tip, path)
        return found.data if found else None

    def files(self, job: Job) -> tuple[str, ...]:
        """Paths of all files of the record, sorted."""
        return self._repo.objects.files(job.tip)

    def pin(self, job_id: str, oid: str) -> None:
        """Protect an object (and all it needs) from `git gc` while its job runs."""
        name, moved = PINS + job_id, False
        while not moved:
            moved = self._repo.refs.move(name, self._repo.refs.read(name), oid, "gitbuddy: pin")

    def unpin(self, job_id: str) -> None:
        name, moved = PINS + job_id, False
        while not moved and (old := self._repo.refs.read(name)):
            moved = self._repo.refs.move(name, old, None, "gitbuddy: unpin")

    def pins(self) -> Mapping[str, str]:
        """Job id -> pinned object."""
        return {name.removeprefix(PINS): oid for name, oid in self._repo.refs.under(PINS).items()}

    def _append(
        self,
        job: Job,
        state: str,
        details: Mapping[str, Any],
        files: Mapping[str, bytes | None],
        owner: Owner | None,
        keep: str | None = None,
    ) -> Job:
        if state not in STATES:
            raise ValueError(f"not a state of a job: {state}")
        new = State(state, job.epoch, job.created, secrets.token_hex(8), owner, details)
        commit = self._commit(job.tip, job.id, new, files, keep)
        if not self._repo.refs.move(_ref(job.id), job.tip, commit, f"gitbuddy: {state}"):
            raise LostClaim(job.id)
        return replace(job, state=state, tip=commit, owner=owner, details=details, updated=time.time())

    def _commit(
        self, tip: str | None, job_id: str, state: State, files: Mapping[str, bytes | None], keep: str | None = None
    ) -> str:
        blobs = {path: None if data is None else Blob(data) for path, data in files.items()}
        blobs["state.json"] = Blob(state_to_json(state))
        tree = self._repo.objects.write_tree(tip, blobs)
        who = signature("gitbuddy", "gitbuddy@localhost")
        parents = [parent for parent in (tip, keep) if parent]
        return self._repo.objects.write_commit(tree, parents, _message(job_id, state), who, who)

    def _load(self, job_id: str, tip: str) -> Job:
        try:
            task = task_from_json(self._facts(tip, "task.json"))
            state = state_from_json(self._facts(tip, "state.json"))
            updated = self._repo.objects.commit_time(tip)
            if task.id != job_id:
                raise GitbuddyError("it holds another task")  # noqa: TRY301 - worded with the others below
        except GitbuddyError as error:
            hint = (
                error.hint or f"look at it with `git log {_ref(job_id)}`; `git update-ref -d {_ref(job_id)}` removes it"
            )
            raise GitbuddyError(f"the record of job {job_id} cannot be read: {error.message}", hint) from error
        return Job(job_id, task, state.state, tip, state.epoch, state.owner, state.details, state.created, updated)

    def _facts(self, commit: str, path: str) -> bytes:
        size = self._repo.objects.size(commit, path)
        if size is None:
            raise GitbuddyError(f"{path} is missing")
        if size > LARGEST_FACTS:
            raise GitbuddyError(f"{path} is too large: {size} bytes")
        found = self._repo.objects.read(commit, path)
        return found.data if found else b""

    def _tips(self) -> dict[str, str]:
        return {name.rpartition("/")[2]: tip for name, tip in self._repo.refs.under(JOBS).items()}


class LostClaim(GitbuddyError):
    """Somebody else has moved the job: whoever holds an older value of it must stop."""

    def __init__(self, job_id: str) -> None:
        super().__init__(
            f"lost the claim on this job: {job_id}", "another process goes on with it; see `git buddy log`"
        )


def _refuse_claim(job: Job) -> None:
    if job.state in ENDED:
        hint = (
            "to run it again on purpose, add --again"
            if job.state == "landed"
            else f"give it back to the queue: git buddy release {job.id[:8]}"
        )
        raise GitbuddyError(f"this task has run already, it {job.state.replace('-', ' ')}: {job.id}", hint)
    alive = job.owner.alive() if job.owner and job.state in RUNNING else False
    if alive:
        raise GitbuddyError(f"this job is running: {job.owner}", "wait for it, or stop that process")
    if alive is None:
        hint = f"if that process is gone, put the job back: git buddy release {job.id[:8]}"
        raise GitbuddyError(f"this job is held from another machine: {job.owner}", hint)
    if job.state == "landing":
        raise GitbuddyError(f"this job was interrupted while landing: {job.id}", "git buddy work finishes it first")


def _ref(job_id: str) -> str:
    return f"{JOBS}{job_id[-2:]}/{job_id}"


def _message(job_id: str, state: State) -> str:
    owner = f"Buddy-Owner: {state.owner}\n" if state.owner else ""
    return (
        f"buddy: {state.state} {job_id}\n\n"
        f"Buddy-State: {state.state}\nBuddy-Epoch: {state.epoch}\n{owner}Buddy-Nonce: {state.nonce}\n"
    )
