"""`git buddy diff`: what a job changed, or last tried to change."""

from __future__ import annotations

import click

from gitbuddy.cli import view
from gitbuddy.cli.jobs import attempts_of
from gitbuddy.session import open_session


@click.command()
@click.argument("job")
@click.option("--attempt", type=click.IntRange(1), help="That attempt's patch instead of the last one's.")
@click.pass_obj
def command(directory: str, /, job: str, attempt: int | None) -> None:
    """Show the patch of JOB: what landed, or what it last tried."""
    session = open_session(directory, {}, view.ignore, unborn=True)
    record = session.records.find(job)
    number = attempt or max(attempts_of(session.records, record), default=0)
    patch = session.records.file(record, f"attempts/{number}/patch.diff") or b""
    click.echo(view.printable(patch.decode("utf-8", "replace")), nl=False)
