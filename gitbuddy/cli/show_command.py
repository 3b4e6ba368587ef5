"""`git buddy show`: the record of one job, attempt by attempt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from gitbuddy.cli import view
from gitbuddy.cli.jobs import attempts_of
from gitbuddy.cli.options import json_option
from gitbuddy.git.records import Job, Records
from gitbuddy.session import open_session

PARTS = ("brief.md", "reply.txt", "patch.diff", "log.txt")


@click.command()
@click.argument("job")
@click.option(
    "--full", is_flag=True, help="Also the brief, the raw reply, the patch and the check output of each attempt."
)
@json_option
@click.pass_obj
def command(directory: str, /, job: str, full: bool, as_json: bool) -> None:
    """Show what happened in JOB (the beginning of its id is enough)."""
    session = open_session(directory, {}, view.ignore, unborn=True)
    record = session.records.find(job)
    if as_json:
        click.echo(json.dumps(_facts(session.records, record), indent=1))
        return
    click.echo(view.printable("\n".join(_lines(session.records, record, full))))


def _facts(records: Records, job: Job) -> dict[str, Any]:
    attempts = [_attempt(records, job, number) for number in attempts_of(records, job)]
    return {
        "job": job.id,
        "state": job.state,
        "text": job.task.text,
        "details": dict(job.details),
        "attempts": attempts,
    }


def _attempt(records: Records, job: Job, number: int) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(records.file(job, f"attempts/{number}/attempt.json") or b"{}")
    return facts | {"checks": json.loads(records.file(job, f"attempts/{number}/checks.json") or b"[]")}


def _lines(records: Records, job: Job, full: bool) -> Iterator[str]:
    task = job.task
    yield f"job    {job.id}"
    yield f"task   {task.kind.value}: {task.text}"
    yield f"from   {task.origin.place or task.origin.source}, base {task.base[:12]}"
    yield f"state  {job.state}" + (f": {job.details['reason']}" if "reason" in job.details else "")
    if "branch" in job.details:
        yield f"branch {job.details['branch']} at {str(job.details.get('commit', ''))[:12]}"
    elif "commit" in job.details:
        yield f"commit {str(job.details['commit'])[:12]}, on no branch"
    for number in attempts_of(records, job):
        yield from _attempt_lines(records, job, number, full)


def _attempt_lines(records: Records, job: Job, number: int, full: bool) -> Iterator[str]:
    facts = _attempt(records, job, number)
    model = f" ({facts['model']})" if facts.get("model") else ""
    yield f"\nattempt {number}: {facts.get('tier', '')}{model}, {facts.get('seconds', 0)} s"
    yield from (f"  {check['name']}: {check['status']}" for check in facts["checks"])
    verdict = facts.get("verdict", {})
    if verdict.get("accepted"):
        yield from (f"  shown: {line}" for line in verdict["shown"])
        yield from (f"  not shown: {line}" for line in verdict.get("doubts", ()))
    elif verdict.get("unverified"):
        yield f"  unverified ({verdict['reason']}): {verdict['words']}"
    else:
        yield f"  refused ({verdict.get('reason', '')}): {verdict.get('words', '')}"
    if full:
        for part in PARTS:
            text = (records.file(job, f"attempts/{number}/{part}") or b"").decode("utf-8", "replace").rstrip()
            yield f"--- {part}\n{text}"
