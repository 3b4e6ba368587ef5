"""Tables on stdout: aligned by rich on a terminal, tab separated in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from gitbuddy.cli.view import printable


def show(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their columns; nothing where there are none. What is too wide goes on below, uncut."""
    clean = [[printable(cell).replace("\n", " ") for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in clean:
            click.echo("\t".join(cell.replace("\t", " ") for cell in row))
        return
    if not rows:
        return
    wide = (Column(name, overflow="fold") for name in columns)
    table = Table(*wide, box=None, pad_edge=False, header_style="bold")
    for row in clean:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)
