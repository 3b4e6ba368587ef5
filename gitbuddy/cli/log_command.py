"""`git buddy log`: the jobs that ran, newest first."""

from __future__ import annotations

import json

import click

from gitbuddy.cli import table, view
from gitbuddy.cli.options import json_option
from gitbuddy.git.records import Job
from gitbuddy.session import open_session


@click.command()
@click.option("-n", "count", type=click.IntRange(1), default=20, show_default=True, help="How many jobs.")
@json_option
@click.pass_obj
def command(directory: str, /, count: int, as_json: bool) -> None:
    """Show the jobs that ran, newest first."""
    session = open_session(directory, {}, view.ignore, unborn=True)
    jobs, problems = session.records.listing()
    if as_json:
        click.echo(json.dumps([_facts(job) for job in jobs[:count]], indent=1))
    else:
        table.show(("job", "state", "result", "task"), [_row(job) for job in jobs[:count]])
    for problem in problems:
        click.echo(f"warning: {view.printable(problem)}", err=True)
    if not jobs and not as_json:
        click.echo('no job has run here yet: git buddy run "..."', err=True)


def _facts(job: Job) -> dict[str, object]:
    return {"job": job.id, "state": job.state, "text": job.task.text, "kind": job.task.kind.value, **dict(job.details)}


def _row(job: Job) -> tuple[str, str, str, str]:
    result = str(job.details.get("branch") or job.details.get("reason") or "")
    return job.id[:8], job.state, result[:60], job.task.text.split("\n", 1)[0][:60]
