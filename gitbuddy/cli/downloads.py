"""A download as people see it: a bar on a terminal, a line for each tenth elsewhere. All of it on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from gitbuddy.cli.view import printable
from gitbuddy.proposers import pulling
from gitbuddy.proposers.catalogue import download_of
from gitbuddy.proposers.endpoint import Endpoint, parse_endpoint
from gitbuddy.proposers.installed import PORT
from gitbuddy.proposers.machine import read_machine
from gitbuddy.proposers.prospects import is_here


def run(endpoint: str, name: str, key: str, *, anyway: bool) -> None:
    """Pull a model and show how far it is. Raises `GitbuddyError` for all that can go wrong."""
    pulling.checked_name(name)
    server = Endpoint(parse_endpoint(endpoint, PORT), key)
    room = pulling.room_here(read_machine()) if is_here(server.url) else pulling.Room(None)

    def check(size: int, to_come: int) -> None:
        if not anyway:
            pulling.refuse_large(name, size, to_come, room)

    check(download_of(name), 0)  # how much of it is there already is the server's to say
    told = pulling.pull(server, name, check)
    console = Console(stderr=True, highlight=False)
    if console.is_terminal:
        _bar(told, console)
    else:
        lines(told, lambda line: click.echo(line, err=True))
    click.echo(f"installed {name}", err=True)


def lines(told: Iterable[pulling.Progress], say: Callable[[str], None]) -> None:
    """A line for each new state, and for each tenth of the way."""
    last, tenth = "", -1
    for each in told:
        now = each.done * 10 // each.total if each.total else 0
        if each.status != last or now > tenth:
            share = f" {each.done * 100 // each.total} % of {each.total / 1e9:.1f} GB" if each.total else ""
            say(f"{printable(each.status)}{share}")
        last, tenth = each.status, max(now, tenth)


def _bar(told: Iterable[pulling.Progress], console: Console) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task("asking", total=None)
        for each in told:
            words = escape(printable(each.status))[:40]
            progress.update(task, description=words, completed=each.done, total=each.total or None)
