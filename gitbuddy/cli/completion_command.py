"""`git buddy completion`: what a shell needs to complete `git buddy` and `git-buddy`."""

from __future__ import annotations

from pathlib import Path

import click

SCRIPTS = Path(__file__).parent / "completions"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script for SHELL; its first lines say where it belongs."""
    click.echo((SCRIPTS / shell).read_text("utf-8"), nl=False)
