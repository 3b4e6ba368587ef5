"""`git buddy calibrate`: measure what a model does best here, and show what was measured."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click
from rich.console import Console
from rich.markup import escape

from gitbuddy import tiering, wiring
from gitbuddy.calibration.measure import Sitting
from gitbuddy.calibration.store import Store
from gitbuddy.cli import subjects, table, view
from gitbuddy.cli.options import json_option, overrides
from gitbuddy.config import UserSettings
from gitbuddy.errors import GitbuddyError
from gitbuddy.session import cache_folder, settings_at
from gitbuddy.values import Calibration

INTERRUPTED = 130
COLUMNS = ("model", "format", "thinking", "window", "samples", "reads/s", "writes/s", "loads", "measured")


@click.command("calibrate")
@click.option("--model", metavar="NAME", help="Measure this model of Ollama, whether it is in a tier or not.")
@click.option("--tier", metavar="NAME", help="Measure the model of this tier only.")
@click.option(
    "--seconds", type=click.FloatRange(5, 86_400), default=240, show_default=True, help="Time for each model."
)
@click.option("--show", is_flag=True, help="Show what was measured before, and measure nothing.")
@click.option("--endpoint", metavar="URL", help="Where Ollama listens.")
@json_option
@click.pass_obj
def command(
    directory: str,
    /,
    model: str | None,
    tier: str | None,
    seconds: float,
    show: bool,
    endpoint: str | None,
    as_json: bool,
) -> int:
    """Measure each model with small built-in edits: edit format, thinking, useful window, samples and speed.

    What a model writes is compared and never run. The result is kept and used by the tiers that follow from what is
    installed, until the model changes. Ctrl-C keeps what is known by then.
    """
    user = settings_at(directory, overrides(endpoint=endpoint))
    store = tiering.calibrations_of(user)
    if show:
        return _show([each for each in store.listing() if model in (None, each.identity.model)], store, as_json)
    measured: list[Calibration] = []
    interrupted = False
    for candidate in subjects.candidates(user, model, tier):
        known, interrupted = _measure(user, store, candidate, seconds)
        measured += [known] if known else []
        if interrupted:
            break
    _print(measured, as_json)
    if not measured and not interrupted:
        hint = "give it more time with --seconds: a large model may need minutes to load"
        raise GitbuddyError(f"no answer came within {seconds:g} s, so nothing was measured", hint)
    return INTERRUPTED if interrupted else 0


def _measure(
    user: UserSettings, store: Store, candidate: subjects.Candidate, seconds: float
) -> tuple[Calibration | None, bool]:
    """What was measured, and whether Ctrl-C ended it. It is kept, unless more was known before."""
    subject = candidate.subject
    name = subject.identity.model
    if store.is_damaged(subject.identity):
        click.echo(
            f"note: what was measured before cannot be read and is measured anew: {view.printable(name)}", err=True
        )
    click.echo(f"measuring {view.printable(name)}, at most {seconds:g} s; Ctrl-C keeps what is known", err=True)
    proposer = wiring.MODELS[subject.tier.proposer](subject.tier, cache_folder(user))
    interrupted = False
    with telling() as tell:
        sitting = Sitting(subject, proposer, candidate.windows, candidate.thinks, seconds, tell)
        try:
            sitting.measure()
        except KeyboardInterrupt:
            interrupted = True
            sitting.notes.append("interrupted before all was measured")
    known = sitting.result()
    if sitting.asked and (not interrupted or _asked(known) >= _asked(store.recall(subject.identity))):
        _keep(store, known)
    return known if sitting.asked else None, interrupted


def _asked(known: Calibration | None) -> int:
    return sum(tally.asked for tally in known.tallies) if known else 0


def _keep(store: Store, known: Calibration) -> None:
    try:
        store.put(known)
    except OSError as error:
        hint = "set buddy.cache to a folder that can be written"
        raise GitbuddyError(f"what was measured cannot be kept: {error.strerror}: {store.folder}", hint) from error


@contextmanager
def telling() -> Iterator[Callable[[str], None]]:
    """Where we are: one line that changes on a terminal, elsewhere a line whenever something new begins."""
    console = Console(stderr=True, highlight=False)
    if console.is_terminal:
        with console.status("asking", spinner="line") as status:
            yield lambda words: status.update(f"[dim]{escape(view.printable(words))}[/dim]")
        return
    begun: set[str] = set()

    def say(words: str) -> None:
        what = words.partition(":")[0]
        if what not in begun:
            begun.add(what)
            click.echo(f"  {what}", err=True)

    yield say


def _show(found: list[Calibration], store: Store, as_json: bool) -> int:
    for path in store.unreadable():
        click.echo(f"note: damaged or of an older version, to be measured anew: {path.name}", err=True)
    if not found and not as_json:
        click.echo("nothing was measured yet: git buddy calibrate", err=True)
    _print(found, as_json)
    return 0


def _print(found: list[Calibration], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(known) for known in found], indent=1))
        return
    if found:
        table.show(COLUMNS, [_row(known) for known in found])
    for known in found:
        click.echo(f"\n{view.printable(known.identity.model)}, {view.printable(known.identity.server)}", err=True)
        for tally in known.tallies:
            line = f"  {tally.name:30} {tally.solved:3} of {tally.asked:3} right, {tally.tokens} tokens"
            click.echo(f"{line}, {tally.seconds:.0f} s", err=True)
        for note in known.notes:
            click.echo(f"  note: {view.printable(note)}", err=True)


def _row(known: Calibration) -> tuple[str, ...]:
    return (
        known.identity.model,
        known.format,
        known.think if known.think == "off" else f"{known.think}, {known.max_thinking} tokens",
        str(known.window or "not measured"),
        str(known.samples or "not measured"),
        _number(known.prompt_rate),
        _number(known.output_rate),
        f"{known.loading:g} s" if known.loading else "not told",
        known.at,
    )


def _number(rate: float) -> str:
    return f"{rate:.0f}" if rate else "not measured"
