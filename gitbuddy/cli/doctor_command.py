"""`git buddy doctor`: what works here, and the fix for what does not."""

from __future__ import annotations

import json

import click

from gitbuddy.cli import examination
from gitbuddy.cli.options import json_option


@click.command()
@json_option
@click.pass_obj
def command(directory: str, /, as_json: bool) -> int:
    """Check git, libgit2, the sandbox, the models and the project's checks; name the fix for each problem."""
    findings = examination.examine(directory)
    if as_json:
        click.echo(json.dumps([finding.facts() for finding in findings], indent=1))
    else:
        for finding in findings:
            click.echo(f"{finding.mark:4} {finding.subject:10} {finding.words}")
            if finding.fix:
                click.echo(f"{'':15} fix: {finding.fix}")
    return int(any(finding.mark == "BAD" for finding in findings))
