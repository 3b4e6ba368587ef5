"""`git buddy release`: give a claimed job back to the queue."""

from __future__ import annotations

import click

from gitbuddy.cli import view
from gitbuddy.session import open_session


@click.command()
@click.argument("job")
@click.pass_obj
def command(directory: str, /, job: str) -> None:
    """Give JOB back to the queue, when the machine that claimed it is gone for good."""
    session = open_session(directory, {}, view.ignore, unborn=True)
    released = session.records.release(session.records.find(job))
    click.echo(f"queued again: {released.id[:8]}", err=True)
