"""`git buddy fix-lint`: what linters complain of is mended where it stands, as far as that can be shown.

A run that finds nothing imports no more than click and the table of linters: it is what a hook does most of the time.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gitbuddy.cli.quick import BUDGET, handed, looked
from gitbuddy.errors import GitbuddyError, UsageError
from gitbuddy.mending.hand import Hand, top_of
from gitbuddy.mending.look import CLEAN, LATE, Look

if TYPE_CHECKING:
    from gitbuddy.mending.findings import Findings
    from gitbuddy.mending.mender import Mended


@click.command()
@click.argument("files", nargs=-1, type=click.Path())
@click.option("--check", is_flag=True, help="Only look; change nothing.")
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
@click.option("--budget", type=click.FloatRange(0.1, 3600), default=BUDGET, show_default=True, metavar="SECONDS")
@click.option("--no-model", is_flag=True, help="Let tools mend, and ask no model.")
@click.option("--model", metavar="NAME", help="Ask this model only.")
@click.option("--endpoint", metavar="URL", help="Where Ollama listens.")
@click.option("--replay", metavar="FILE", help="Answer from a recorded transcript instead of a model.")
@click.option("--sandbox", help="auto, bubblewrap, landlock or external.")
@click.pass_obj
def command(
    directory: str,
    /,
    files: tuple[str, ...],
    check: bool,
    form: str,
    budget: float,
    no_model: bool,
    **given: str | None,
) -> int:
    """Mend what the project's linters complain of in FILES, or in all tracked files.

    Tools mend first, then a small model what they leave, as long as SECONDS last. A file is changed only where fewer
    complaints are left than before and none is new. Exit code 0: nothing was found. 1: something was, whether it was
    mended or not, so that a commit stops and you can look.
    """
    started = time.monotonic()
    hand = in_hand(directory, files)
    looks = looked(hand, budget)
    _refuse_blindness(hand)
    if all(each.state == CLEAN for each in looks) and form == "text":
        return 0
    from gitbuddy.cli.lint_report import as_json, as_sarif  # what a clean run has no use for

    flags = None if no_model else {name: value for name, value in given.items() if value is not None}
    until = started + budget
    mended = _looked(_findings(hand, looks)) if check else mend_in_place(hand, looks, until, flags)
    tools = [tool.name for tool in hand.tools]
    if form == "json":
        click.echo(as_json(mended, tools, time.monotonic() - started))
    elif form == "sarif":
        click.echo(as_sarif(mended.left.all, tools))
    else:
        _tell(mended, looks, checking=check)
    return int(bool(mended.found.all or mended.found.silent or mended.left.silent))


def in_hand(directory: str, files: Sequence[str]) -> Hand:
    """The files and tools of a command; raises `GitbuddyError` outside a checkout."""
    top = top_of(Path(directory)) or _as_git_sees_it(directory)
    try:
        return handed(top, directory, tuple(files))
    except ValueError as error:
        _as_git_sees_it(directory)
        raise UsageError(str(error), "name files of this checkout") from error


def _as_git_sees_it(directory: str) -> Path:
    """The top of the checkout; raises `GitbuddyError` where git refuses the repository, or finds none."""
    from gitbuddy.git.opening import locate  # which starts git, and a clean run has no time for that

    return locate(Path(directory)).top


def mend_in_place(hand: Hand, looks: Sequence[Look], until: float, flags: dict[str, str] | None) -> Mended:
    """Mend in a worktree, then write what is better to the user's files. `flags` None: no model is asked."""
    from gitbuddy import handwork  # pydantic, pygit2 and the sandboxes, which a clean run never needs

    found = _findings(hand, looks)
    if not found.all:
        return _looked(found)
    return handwork.mend_files(hand, until, flags).with_unseen(found)


def _looked(found: Findings) -> Mended:
    from gitbuddy.mending.mender import Mended

    return Mended((), found, found)


def _findings(hand: Hand, looks: Sequence[Look]) -> Findings:
    from gitbuddy.mending.findings import findings_of

    return findings_of(looks, hand.files, (str(hand.top),))


def _refuse_blindness(hand: Hand) -> None:
    """A look by nobody shows nothing; that is no reason to let a commit through in silence."""
    for name in hand.missing:
        click.echo(f"gitbuddy: not installed, so not asked: {name}", err=True)
    if hand.missing and not hand.tools:
        raise GitbuddyError(
            f"none of this project's linters is installed: {', '.join(hand.missing)}",
            "install one in .venv or node_modules, or for all projects",
        )


def _tell(mended: Mended, looks: Sequence[Look], *, checking: bool) -> None:
    from gitbuddy.cli.lint_report import summary
    from gitbuddy.cli.view import printable

    for finding in mended.left.all:
        click.echo(printable(str(finding)))
    for each in looks:
        if each.tool.name in mended.left.silent:
            why = "ran out of time" if each.state == LATE else "cannot tell what it finds"
            click.echo(f"gitbuddy: {each.tool.name} {why}:\n{printable(each.output.strip()[-2000:])}", err=True)
    for undone in mended.undone:
        click.echo(f"gitbuddy: undone in {printable(undone.path)}: {printable(undone.why)}", err=True)
    for note in mended.notes:
        click.echo(f"gitbuddy: {printable(note)}", err=True)
    if not checking:
        click.echo(f"gitbuddy: {printable(summary(mended))}", err=True)
    sys.stdout.flush()
