"""`git buddy models`: what is installed, what fits this machine, which tiers follow; and `pull`."""

from __future__ import annotations

import json
import sys

import click

from gitbuddy.cli import downloads, inventory, table, view
from gitbuddy.cli.options import json_option
from gitbuddy.errors import ModelUnavailable
from gitbuddy.session import settings_at
from gitbuddy.tiering import api_key

INTERRUPTED = 130


@click.group("models", invoke_without_command=True)
@json_option
@click.option("--endpoint", metavar="URL", help="Where Ollama listens.")
@click.pass_context
def command(context: click.Context, /, as_json: bool, endpoint: str | None) -> int:
    """Show the models that are installed, which of them fit this machine, and the tiers that follow.

    Works outside a repository, too. Without a model server it says what would be right for this machine.
    """
    context.obj = (context.obj, endpoint)
    if context.invoked_subcommand:
        return 0
    found = inventory.take(settings_at(context.obj[0], {"endpoint": endpoint} if endpoint else {}))
    if as_json:
        click.echo(json.dumps(inventory.facts(found), indent=1))
    else:
        _show(found)
    return ModelUnavailable.exit_code if found.problems else 0


@command.command("pull")
@click.argument("name")
@click.option("--anyway", is_flag=True, help="Also when the model is larger than the disk or the memory.")
@click.pass_obj
def pull_command(chosen: tuple[str, str | None], /, name: str, anyway: bool) -> int:
    """Install a model through Ollama. Asking again goes on where a download stopped."""
    directory, endpoint = chosen
    user = settings_at(directory, {"endpoint": endpoint} if endpoint else {})
    try:
        downloads.run(user.endpoint, name, api_key(), anyway=anyway)
    except KeyboardInterrupt:
        click.echo("interrupted; ask again: what has come so far is kept", err=True)
        return INTERRUPTED
    return 0


def _show(found: inventory.Inventory) -> None:
    lines = inventory.notes(found)
    click.echo(view.printable(lines[0]), err=True)
    sys.stderr.flush()
    if shown := inventory.rows(found):
        table.show(inventory.COLUMNS, shown)
    for line in lines[1:]:
        click.echo(view.printable(line), err=True)
    for problem in found.problems:
        click.echo(f"error: {view.printable(problem.message)}", err=True)
        click.echo(f"hint: {view.printable(problem.hint)}", err=True)
    if not found.tiers:
        click.echo(f"here      {inventory.pull_hint(found.machine)}", err=True)
