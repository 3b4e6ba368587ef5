"""Reading a job's record for people."""

from __future__ import annotations

from gitbuddy.git.records import Job, Records


def attempts_of(records: Records, job: Job) -> tuple[int, ...]:
    """The numbers of the attempts on record, in order."""
    numbers = {path.split("/")[1] for path in records.files(job) if path.startswith("attempts/")}
    return tuple(sorted(int(number) for number in numbers if number.isdigit()))
