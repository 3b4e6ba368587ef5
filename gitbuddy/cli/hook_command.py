"""`git buddy hook`: gitbuddy in the hooks of a repository, without another program that runs hooks."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitbuddy.cli.options import json_option

if TYPE_CHECKING:  # `hook run` is part of every commit and cannot afford what the others need
    from gitbuddy.git.hooks import Hook


@click.group()
def command() -> None:
    """Run gitbuddy from git's own hooks, beside whatever runs there already.

    A hook that is there is kept, runs first, and decides first. Hooks that another program looks after are not
    touched.
    """


@command.command()
@click.option("--queue", is_flag=True, help="Also install post-commit, which makes a task of the lint that is left.")
@click.option("--message", is_flag=True, help="Also install prepare-commit-msg, which explains the trailers of a task.")
@click.pass_obj
def install(directory: str, /, queue: bool, message: bool) -> None:
    """Install pre-commit, and what the options name; again it renews what is there."""
    from gitbuddy.git import hooks

    names = ["pre-commit", *(["post-commit"] if queue else []), *(["prepare-commit-msg"] if message else [])]
    for hook in hooks.install(Path(directory), names):
        if hook.name in names:
            click.echo(f"installed {hook.name}: {_how(hook)}", err=True)


@command.command()
@click.pass_obj
def uninstall(directory: str, /) -> int:
    """Take gitbuddy's hooks out and put back, byte for byte, what was there."""
    from gitbuddy.cli.view import printable
    from gitbuddy.git import hooks

    left = hooks.uninstall(Path(directory))
    for hook in left:
        where = hook.line.file if hook.way == "line" else hook.file
        why = "somebody changed it" if hook.state == "edited" else "what runs gitbuddy there is yours to remove"
        click.echo(f"warning: {printable(f'left {hook.name} as it is, {why}: {where}')}", err=True)
    if not left:
        click.echo("no hook of gitbuddy's is left", err=True)
    return int(bool(left))


@command.command()
@json_option
@click.pass_obj
def status(directory: str, /, as_json: bool) -> None:
    """Show for each hook whether it is installed, and whose place it is."""
    from gitbuddy.cli import table
    from gitbuddy.git import hooks

    found = hooks.status(Path(directory))
    if as_json:
        click.echo(json.dumps([_facts(hook) for hook in found], indent=1))
    else:
        table.show(("hook", "state", "how"), [(hook.name, hook.state.value, _how(hook)) for hook in found])


@command.command(hidden=True)
@click.argument("name", type=click.Choice(["pre-commit", "post-commit", "prepare-commit-msg"]))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def run(directory: str, /, name: str, arguments: tuple[str, ...]) -> int:
    """What a hook runs."""
    from gitbuddy.git.shims import GUARD

    if GUARD in os.environ:
        return 0
    if name == "prepare-commit-msg":
        from gitbuddy.git.explanation import explain

        file, source = (*arguments, "", "")[:2]
        explain(Path(directory), Path(directory, file), source)
        return 0
    from gitbuddy.cli import hook_run

    return hook_run.pre_commit(directory) if name == "pre-commit" else hook_run.post_commit(directory)


def _how(hook: Hook) -> str:
    """Where it runs, or what does, in words."""
    if hook.state == "not installed":
        return ""
    if hook.state == "foreign":
        return f"by {hook.by}" if hook.by else f"your own: {hook.file}"
    if hook.state == "edited":
        return f"somebody changed it: {hook.file}"
    ways = {"shim": str(hook.file), "config": "git config", "line": str(hook.line.file)}
    first = f", after {shlex.quote(str(hook.kept))}" if hook.kept else ""
    return ways[hook.way] + (f", run by {hook.by}" if hook.by and hook.way != "config" else "") + first


def _facts(hook: Hook) -> dict[str, object]:
    return {
        "hook": hook.name,
        "state": hook.state.value,
        "by": hook.by,
        "way": hook.way if hook.state == "installed" else None,
        "file": str(hook.line.file if hook.way == "line" else hook.file),
        "runsFirst": str(hook.kept) if hook.kept else None,
    }
