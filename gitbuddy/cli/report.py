"""How a job's end is told: data on stdout, the next commands to type on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import click

from gitbuddy.cli.crew import Result
from gitbuddy.cli.view import printable
from gitbuddy.core.message import branch_name
from gitbuddy.core.provenance import attempt_facts
from gitbuddy.values import Accepted, Outcome


def outcome(result: Outcome, as_json: bool, quiet: bool) -> int:
    """Print the outcome and return the exit code: 0 landed or reviewed, 1 neither."""
    landed = result.state in ("landed", "reviewed")
    if result.state == "reviewed" and not as_json:
        click.echo(printable("\n".join(_findings(result))))
    elif as_json:
        click.echo(json.dumps(facts(result), indent=1))
    elif landed and (quiet or not sys.stdout.isatty()):  # a person has just read it in the view
        click.echo(result.branch)
    if not quiet:
        for line in _next_steps(result):
            click.echo(line, err=True)
    return 0 if landed else 1


def _findings(result: Outcome) -> tuple[str, ...]:
    verdict = result.attempts[-1].verdict
    return (*verdict.shown, *verdict.doubts) if isinstance(verdict, Accepted) else ()


def results(ended: Sequence[Result], as_json: bool) -> int:
    """Print what a crew achieved; the exit code is 0 when all landed, else that of the gravest end."""
    if as_json:
        click.echo(json.dumps([dict(result.outcome) for result in ended], indent=1))
    else:
        for result in ended:
            if branch := result.outcome.get("branch"):
                click.echo(branch)
    landed = sum(result.exit_code == 0 for result in ended)
    click.echo(f"{landed} of {len(ended)} landed" if ended else "nothing is ready", err=True)
    for result in ended:
        if result.exit_code:
            short = result.standing.task.id[:8]
            click.echo(f"  {short} did not land, the record of every attempt:  git buddy show {short}", err=True)
    return max((result.exit_code for result in ended), default=0)


def facts(result: Outcome) -> dict[str, Any]:
    """An outcome as plain data."""
    return {
        "job": result.task.id,
        "state": result.state,
        "kind": result.task.kind.value,
        "base": result.task.base,
        "branch": result.branch,
        "commit": result.commit,
        "reason": result.reason,
        "attempts": [attempt_facts(attempt) for attempt in result.attempts],
    }


def _next_steps(result: Outcome) -> tuple[str, ...]:
    short = result.task.id[:8]
    if result.state == "landed":
        return (
            f"  see it:   git show {result.branch}",
            f"  the why:  git buddy show {short}",
            f"  take it:  git merge --ff-only {result.branch}",
        )
    if result.state == "reviewed":
        return (f"  the record of the review:  git buddy show {short}",)
    if result.state == "unverified":
        return (
            f"  see it:   git show {str(result.commit)[:12]}",
            f"  the why:  git buddy show {short}",
            f"  take it all the same:  git branch {branch_name(result.task)} {str(result.commit)[:12]}",
        )
    return (f"  the record of every attempt:  git buddy show {short}",)
