"""After a crash: what a dead process left is finished or given back. Safe at any time, and as often as you like."""

from __future__ import annotations

from gitbuddy.errors import GitbuddyError
from gitbuddy.git.records import ENDED, RUNNING, Job, LostClaim, Records
from gitbuddy.git.repo import Repo


def recover(repo: Repo, records: Records) -> tuple[str, ...]:
    """Finish interrupted landings, requeue interrupted jobs, drop pins nobody needs; sentences on what was done.

    Jobs of living processes and of other machines are left alone. All it needs stands in the records.
    """
    done: list[str] = []
    for job in records.all():
        if job.state in RUNNING and (job.owner is None or job.owner.alive() is False):
            try:
                done.append(_finish(repo, records, job) if job.state == "landing" else _requeue(records, job))
            except LostClaim:
                continue  # somebody else recovers it at this moment
            except GitbuddyError as error:
                done.append(f"job {job.id[:8]} could not be recovered: {error.message}")
    return (*done, *_unpin(records))


def _requeue(records: Records, job: Job) -> str:
    records.release(job)
    return f"job {job.id[:8]} is queued again: {job.owner or 'its process'} is gone"


def _finish(repo: Repo, records: Records, job: Job) -> str:
    """Do what is left of a landing. Each step asks first whether it has been done."""
    commit, branch = job.details.get("commit"), job.details.get("branch")
    if not isinstance(commit, str) or not isinstance(branch, str) or not repo.objects.is_commit(commit):
        records.release(job)
        return f"job {job.id[:8]} is queued again: the commit it was about to land is gone"
    name = repo.publish(commit, branch)
    note = job.details.get("note")
    if isinstance(note, str):
        repo.add_note(commit, note)
    records.append(job, "landed", {**job.details, "branch": name})
    return f"job {job.id[:8]} has landed on {name}: its process was interrupted while landing"


def _unpin(records: Records) -> list[str]:
    pins = records.pins()  # read before the jobs: a pin is made by a job that is claimed already
    states = {job.id: job.state for job in records.all()}
    stale = [job_id for job_id in pins if states.get(job_id, "gone") in (*ENDED, "queued", "gone")]
    for job_id in stale:
        records.unpin(job_id)
    return [f"removed {len(stale)} pins of jobs that are over"] if stale else []
