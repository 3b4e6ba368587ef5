"""`git buddy work`: run every task that is ready, each in a process of its own."""

from __future__ import annotations

import click

from gitbuddy import session
from gitbuddy.cli import report, view
from gitbuddy.cli.crew import Crew
from gitbuddy.cli.options import json_option, log_option, model_options, overrides


@click.command()
@click.option("-j", "--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="How many at a time.")
@model_options
@json_option
@log_option
@click.pass_obj
def command(directory: str, /, jobs: int, as_json: bool, log_format: str, **given: str | None) -> int:
    """Run every task that is ready, in the order of their needs, each task once."""
    flags = overrides(**given)
    with view.watching(log_format) as emit:
        here = session.open_session(directory, flags, emit)
        session.recover(here)
        results = Crew(here, flags, jobs).work()
    return report.results(results, as_json)
