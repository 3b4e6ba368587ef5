"""`git buddy scan`: what a codebase consists of, read from a commit; no model is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from gitbuddy.cli import table, view
from gitbuddy.cli.options import json_option
from gitbuddy.codebase.store import Store
from gitbuddy.codebase.survey import report
from gitbuddy.core.ranking.outline import Entry, outline
from gitbuddy.session import Session, open_session, project_settings

TOKENS = 1000
SHOWN_TESTS = 10
SHOWN_SYMBOLS = 15


@click.command()
@json_option
@click.option("--base", metavar="REV", default="HEAD", help="The commit to read; HEAD unless given.")
@click.option(
    "--map-tokens",
    type=click.IntRange(min=0),
    default=TOKENS,
    show_default=True,
    metavar="N",
    help="Tokens that the map may take at most.",
)
@click.pass_obj
def command(directory: str, /, as_json: bool, base: str, map_tokens: int) -> None:
    """Show languages, tests, checks, the symbols that others use most, and a map of the codebase.

    Tracked files of a commit are read, never the checkout; a second scan reads only what changed.
    """
    session = open_session(directory, {}, view.ignore)
    commit = session.repo.resolve(base)
    with Store(session.cache / "codebase") as store:
        found = report(session.repo, commit, store)
        checks = _checks(session, commit, store)
    shown = outline([_entry(symbol) for symbol in found["symbols"]], map_tokens)
    if as_json:
        click.echo(json.dumps({"base": commit, **found, "checks": checks, "map": shown}, indent=1))
    else:
        _print(found, checks, shown)


def _checks(session: Session, commit: str, store: Store) -> list[dict[str, Any]]:
    """The checks as of the commit, remembered with it: to find them takes longer than all the rest."""
    tree = session.repo.tree_of(commit)
    if known := store.tree(tree, "checks"):
        remembered: list[dict[str, Any]] = json.loads(known)
        return remembered
    from gitbuddy import wiring  # with the engine and all that it needs
    from gitbuddy.values import Kind, Origin, Task

    task = Task(Kind.CHANGE, "", commit, Origin("cli"))
    found = wiring.checks_of(session.repo, project_settings(session.repo, commit), task)
    checks = [{"name": check.name, "kind": check.kind.value, "command": list(check.command)} for check in found]
    store.add_tree(tree, {"checks": json.dumps(checks).encode()})
    return checks


def _entry(symbol: Mapping[str, Any]) -> Entry:
    return Entry(symbol["path"], symbol["first"], symbol["scope"], symbol["signature"])


def _print(found: Mapping[str, Any], checks: list[dict[str, Any]], shown: str) -> None:
    languages = found["languages"]
    _table(
        ("language", "files", "lines", "bytes"),
        [[one["language"], *(str(one[name]) for name in ("files", "lines", "bytes"))] for one in languages],
    )
    _table(("check", "kind", "command"), [(one["name"], one["kind"], " ".join(one["command"])) for one in checks])
    tests = found["tests"]
    _table(("test", "of"), [(one["path"], ", ".join(one["tests"])) for one in tests[:SHOWN_TESTS]], len(tests))
    symbols = found["symbols"]
    _table(
        ("symbol", "kind", "at", "used by"),
        [
            (one["name"], one["kind"], f"{one['path']}:{one['first']}", _files(one["users"]))
            for one in symbols[:SHOWN_SYMBOLS]
        ],
        len(symbols),
    )
    click.echo(view.printable(shown))
    for one in found["passedOver"]:
        click.echo(f"passed over: {view.printable(one['path'])}: {one['why']}", err=True)
    if found["broken"]:
        click.echo(f"with syntax errors, read as far as possible: {_files(found['broken'])}", err=True)
    if not languages:
        click.echo("no source files in a language that gitbuddy reads", err=True)


def _files(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"


def _table(columns: tuple[str, ...], rows: list[Any], of: int = 0) -> None:
    if rows:
        table.show(columns, rows)
        if of > len(rows):
            click.echo(f"... and {of - len(rows)} more: git buddy scan --json", err=True)
        click.echo()
