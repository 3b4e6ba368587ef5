"""`git buddy apply`: take what the hook has proposed for a commit that it stopped."""

from __future__ import annotations

from pathlib import Path

import click

from gitbuddy.cli.view import printable
from gitbuddy.git import parked
from gitbuddy.git.repo import Repo
from gitbuddy.git.taking import take


@click.command()
@click.option("--show", is_flag=True, help="Only show the proposal, as a diff.")
@click.pass_obj
def command(directory: str, /, show: bool) -> int:
    """Take the proposal that the pre-commit hook has parked for this worktree.

    Your files get the mended lines, and so does the index where it still holds what you had staged. What you have
    edited since is merged, or left alone where both touch the same lines.
    """
    repo = Repo.open(Path(directory), unborn=True)
    proposal = parked.parked(repo)
    if show:
        (below,) = repo.parents(proposal.commit)
        click.echo(repo.diff(below, proposal.commit), nl=False)
        return 0
    taken = take(repo, proposal)
    for file in taken:
        name = printable(file.path)
        if file.why:
            click.echo(f"left alone  {name}: {printable(file.why)}")
        else:
            click.echo(f"mended      {name}{'' if file.staged else ' (not staged: the index holds something else)'}")
    if any(file.why for file in taken):
        click.echo("hint: git buddy apply --show prints the proposal", err=True)
        return 1
    parked.drop(repo, proposal.commit)
    return 0
