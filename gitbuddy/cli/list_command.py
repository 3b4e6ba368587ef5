"""`git buddy list`: the tasks found in this repository and where they stand."""

from __future__ import annotations

import json

import click

from gitbuddy.cli import table, view
from gitbuddy.cli.options import json_option
from gitbuddy.core.schedule import Standing
from gitbuddy.session import open_session, standings_of


@click.command()
@json_option
@click.pass_obj
def command(directory: str, /, as_json: bool) -> None:
    """Show the tasks in task files and commit trailers of local branches, with their state."""
    session = open_session(directory, {}, view.ignore)
    found, problems = standings_of(session)
    if as_json:
        click.echo(json.dumps([_facts(standing) for standing in found], indent=1))
    else:
        table.show(("job", "state", "kind", "from", "task"), [_row(standing) for standing in found])
    for problem in problems:
        click.echo(f"warning: {view.printable(problem)}", err=True)
    if not found and not as_json:
        click.echo("no tasks: add .buddy/tasks/<name>.md, or a Buddy-Task: trailer to a commit message", err=True)


def _facts(standing: Standing) -> dict[str, object]:
    task = standing.task
    return {
        "job": task.id,
        "state": standing.state,
        "why": standing.why,
        "kind": task.kind.value,
        "text": task.text,
        "files": list(task.files),
        "needs": list(task.needs),
        "base": task.base,
        "source": task.origin.source,
        "place": task.origin.place,
    }


def _row(standing: Standing) -> tuple[str, str, str, str, str]:
    task = standing.task
    state = f"{standing.state}: {standing.why}" if standing.why else standing.state
    return task.id[:8], state, task.kind.value, task.origin.place, task.text.split("\n", 1)[0][:60]
