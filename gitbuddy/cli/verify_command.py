"""`git buddy verify`: the gate once more for a landed commit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from gitbuddy import session, wiring
from gitbuddy.cli import view
from gitbuddy.cli.options import json_option, log_option, overrides
from gitbuddy.core.provenance import verdict_facts
from gitbuddy.gate.replay import Verification
from gitbuddy.values import Accepted


@click.command()
@click.argument("commit")
@click.option("--sandbox", help="auto, bubblewrap, landlock or external.")
@json_option
@log_option
@click.pass_obj
def command(directory: str, /, commit: str, sandbox: str | None, as_json: bool, log_format: str) -> int:
    """Replay the checks and the contract for COMMIT, which a job has landed, and compare them with its record.

    Everything comes from git: the base, the tree, the task, the settings. Nothing remembered is used.
    """
    with view.watching(log_format) as emit:
        here = session.open_session(directory, overrides(sandbox=sandbox), emit, unborn=True)
        found = wiring.verify_commit(here, commit)
    if as_json:
        click.echo(json.dumps(_facts(found), indent=1))
    else:
        click.echo(view.printable("\n".join(_lines(found))))
    return 0 if found.holds else 1


def _facts(found: Verification) -> dict[str, Any]:
    return {
        "commit": found.landed.commit,
        "job": found.landed.task.id,
        "holds": found.holds,
        "verdict": verdict_facts(found.verdict),
        "checks": {name: dict(digest) for name, digest in found.checks.items()},
        "differences": list(found.differences),
    }


def _lines(found: Verification) -> Iterator[str]:
    yield f"commit  {found.landed.commit[:12]}, job {found.landed.task.id[:8]}"
    for name, digest in found.checks.items():
        tests = f", {digest['tests']} tests" if "tests" in digest else ""
        yield f"check   {name}: {digest['status']}{tests}"
    if isinstance(found.verdict, Accepted):
        yield from (f"shown   {sentence}" for sentence in found.verdict.shown)
    else:
        yield f"verdict {found.verdict.reason}: {found.verdict.words}"
    yield from (f"differs {sentence}" for sentence in found.differences)
    yield "holds: it would land again, and the record says the same" if found.holds else "does not hold"
