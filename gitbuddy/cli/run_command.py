"""`git buddy run`: hand in one task and run it now."""

from __future__ import annotations

from typing import Any

import click

from gitbuddy import session, wiring
from gitbuddy.cli import report, request, view
from gitbuddy.cli.options import json_option, log_option, model_options, overrides
from gitbuddy.values import Kind


@click.command()
@click.argument("text", required=False)
@click.option("--task", "source", metavar="FILE", help="Read the task from a file, JSON or markdown; - for stdin.")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in Kind]), help="What sort of work it is.  [default: change]"
)
@click.option(
    "-f", "--file", "files", multiple=True, metavar="PATH", help="A file or glob it may touch; may be repeated."
)
@click.option("--accept", multiple=True, metavar="TEST", help="A test that fails now and must pass; may be repeated.")
@click.option("--check", "checks", multiple=True, metavar="NAME", help="Only this check decides; may be repeated.")
@click.option("--base", default="HEAD", show_default=True, metavar="REV", help="The commit to start from.")
@click.option("--tier", metavar="NAME", help="Start the cascade here.")
@click.option("--job", metavar="ID", help="Run a task that `git buddy list` shows.")
@click.option("--again", is_flag=True, help="Run it even if it has landed before.")
@model_options
@json_option
@log_option
@click.pass_obj
def command(directory: str, /, as_json: bool, log_format: str, **given: Any) -> int:
    """Hand in one task and run it now.

    TEXT says what to do. What passes the project's checks lands as a branch named buddy/...; anything else leaves
    only its record.
    """
    flags = overrides(**{name: given.pop(name) for name in ("model", "endpoint", "replay", "sandbox")})
    with view.watching(log_format) as emit:
        here = session.open_session(directory, flags, emit)
        session.recover(here)
        outcome = wiring.run_task(here, request.task_of(here, **given))
    return report.outcome(outcome, as_json, quiet=log_format == "json")
