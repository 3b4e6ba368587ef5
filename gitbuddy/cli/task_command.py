"""`git buddy task`: write a task down for later."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from gitbuddy.values import Kind


@click.command()
@click.argument("text")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    default="change",
    show_default=True,
    help="What sort of work it is.",
)
@click.option("-f", "files", multiple=True, metavar="PATH", help="A file or glob it may touch; may be repeated.")
@click.option("--accept", multiple=True, metavar="TEST", help="A test that fails now and must pass; may be repeated.")
@click.option(
    "--file/--commit",
    "as_file",
    default=True,
    help="Write a task file (the default), or make an empty commit whose message asks for it.",
)
@click.pass_obj
def command(
    directory: str, /, text: str, kind: str, files: tuple[str, ...], accept: tuple[str, ...], as_file: bool
) -> None:
    """Write a task down for `git buddy work`.

    TEXT says what to do. A task file counts once it is committed, which is left to you; with --commit, git makes an
    empty commit as you would, with your hooks and your signature, and what is staged stays staged.
    """
    from gitbuddy.core.message import slug
    from gitbuddy.git import asking

    if not as_file:
        from gitbuddy.git import commission

        made = commission.commit(Path(directory), asking.wanted(text, Kind(kind), files, accept))
        click.echo(made[:12])
        return
    path = asking.write_file(Path(directory), asking.wanted(text, Kind(kind), files, accept, slug=slug(text)))
    shown = os.path.relpath(path)
    click.echo(shown)
    here = "" if directory == "." else f" -C {shlex.quote(directory)}"
    name = shlex.quote(os.path.relpath(path, directory))
    subject = shlex.quote(f"task: {path.stem}")
    click.echo(
        f"it counts once it is committed: git{here} add {name} && git{here} commit -m {subject} -- {name}", err=True
    )
