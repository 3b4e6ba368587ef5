"""`git buddy stats`: what finished jobs cost and came to, and what the policy makes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from gitbuddy import tiering
from gitbuddy.cli import table, view
from gitbuddy.cli.options import json_option
from gitbuddy.core.cascade import Option, learn, options
from gitbuddy.core.statistics import Row, rows
from gitbuddy.errors import GitbuddyError
from gitbuddy.git.runs import Finished, finished
from gitbuddy.session import Session, open_session, project_settings
from gitbuddy.values import Kind, Origin, Task

COLUMNS = ("kind", "tier", "jobs", "solved", "rate", "attempts/job", "seconds each", "tokens each")
OPTIONS = ("first move", "tier", "chance", "seconds", "seconds per change", "")


@dataclass(frozen=True, slots=True)
class Foresight:
    """What could be done first at a next task; `problem` says why nothing can be foreseen."""

    options: tuple[Option, ...] = ()
    problem: str = ""


@click.command()
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    default=Kind.CHANGE.value,
    show_default=True,
    help="Explain the choice for a next task of this kind.",
)
@click.option("-f", "--files", multiple=True, metavar="PATH", help="Files that the next task would name (repeatable).")
@json_option
@click.pass_obj
def command(directory: str, /, kind: str, files: tuple[str, ...], as_json: bool) -> None:
    """Show what jobs of each kind and tier cost and came to, and how the next attempt would be chosen.

    A job counts as solved when it landed, or was reviewed. Seconds and tokens are those of all attempts, also of those
    that came to nothing, for each solved job.
    """
    session = open_session(directory, {}, view.ignore)
    known = finished(session.records)
    found = rows(known.runs)
    foresight = _foreseen(session, known, Task(Kind(kind), "x", session.repo.head(), Origin("cli"), files))
    if as_json:
        click.echo(json.dumps(_facts(session, found, foresight), indent=1))
    else:
        _show(session, found, foresight)
    for problem in known.problems:
        click.echo(f"warning: {view.printable(problem)}", err=True)


def _foreseen(session: Session, known: Finished, task: Task) -> Foresight:
    """What the index policy would weigh; the ladder needs no figures, and is told the same to compare."""
    try:
        tiers = tiering.cascade_of(session.user, task)
        limits = project_settings(session.repo, task.base).limits
        return Foresight(options(task, tiers, limits, learn(known.runs), session.user.patience))
    except GitbuddyError as error:
        return Foresight(problem=error.message)


def _show(session: Session, found: Sequence[Row], foresight: Foresight) -> None:
    if not found:
        click.echo("no job has come to an end here yet: git buddy run", err=True)
    table.show(COLUMNS, [_cells(row) for row in found])
    click.echo(f"\npolicy {session.user.policy}{_in_words(session)}")
    if foresight.problem:
        click.echo(f"no tier can be weighed: {view.printable(foresight.problem)}", err=True)
    else:
        table.show(OPTIONS, [_option(option) for option in foresight.options])


def _in_words(session: Session) -> str:
    if session.user.policy == "ladder":
        return ": tier by tier; `git config buddy.policy index` would go by the least seconds per change below"
    return f": the least seconds per change first, as long as they are below your patience, {session.user.patience:.0f}"


def _cells(row: Row) -> tuple[str, ...]:
    each = f"{row.attempts / row.jobs:.1f}" if row.jobs else "-"
    figures = (str(row.jobs), str(row.solved), f"{100 * row.rate:.0f} %", each)
    return (row.kind, row.tier or "all", *figures, _each(row.seconds_each), _each(row.tokens_each))


def _each(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def _option(option: Option) -> tuple[str, ...]:
    figures = (f"{100 * option.chance:.0f} %", f"{option.seconds:.0f}", f"{option.index:.0f}")
    return (option.action, option.tier.name, *figures, option.closed)


def _facts(session: Session, found: Sequence[Row], foresight: Foresight) -> Mapping[str, Any]:
    return {
        "policy": session.user.policy,
        "patience": session.user.patience,
        "rows": [_row_facts(row) for row in found],
        "next": [_option_facts(option) for option in foresight.options],
        "problem": foresight.problem,
    }


def _row_facts(row: Row) -> Mapping[str, Any]:
    return {
        "kind": row.kind,
        "tier": row.tier or None,
        "jobs": row.jobs,
        "solved": row.solved,
        "rate": round(row.rate, 4),
        "attempts": row.attempts,
        "seconds": round(row.seconds, 1),
        "tokens": row.tokens,
        "secondsEach": row.seconds_each and round(row.seconds_each, 1),
        "tokensEach": row.tokens_each and round(row.tokens_each, 1),
    }


def _option_facts(option: Option) -> Mapping[str, Any]:
    return {
        "tier": option.tier.name,
        "action": option.action,
        "samples": option.samples,
        "chance": round(option.chance, 4),
        "seconds": round(option.seconds, 1),
        "index": round(option.index, 1) if option.chance else None,
        "closed": option.closed,
    }
