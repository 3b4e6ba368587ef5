"""What people see while a job runs: one calm view on stderr, or JSON lines for programs. stdout stays data."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from gitbuddy.values import Emit, Event

Data = Mapping[str, Any]


@contextmanager
def watching(log_format: str) -> Iterator[Emit]:
    """The emitter of the chosen format: `json`, or `text` (live on a terminal, plain lines elsewhere)."""
    if log_format == "json":
        yield write_json_line
        return
    console = Console(stderr=True, highlight=False)
    status = console.status("starting", spinner="line") if console.is_terminal else None
    if status is None:
        yield lambda event: _print(console, event)
        return
    with status:
        yield lambda event: _show_live(console, status, event)


def write_json_line(event: Event) -> None:
    """One event as one JSON line on stderr, with the time it was seen."""
    when = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = json.dumps({"time": when, "event": event.name, "job": event.job, **event.data}, ensure_ascii=True)
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _show_live(console: Console, status: Status, event: Event) -> None:
    _print(console, event)
    if doing := _DOING.get(event.name):
        status.update(f"[dim]{escape(printable(_one_line(doing(event.data))))}[/dim]")


def _print(console: Console, event: Event) -> None:
    if line := line_of(event):
        console.print(escape(line), soft_wrap=True)


def line_of(event: Event) -> str:
    """The lasting line for an event, safe to print; empty for those that only move the live view."""
    say = _LINES.get(event.name)
    if not say:
        return ""
    line = _one_line(say(event))
    # Attempts made at once talk in turns; each line says whose it is.
    return printable(f"  {event.data['number']}: {line.strip()}" if "sample" in event.data else line)


def printable(text: str) -> str:
    """Text without control characters: nothing a model or a repository wrote may steer the terminal."""
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    if char in "\n\t" or char.isprintable():
        return char
    return " " if unicodedata.category(char) == "Zs" else "\N{REPLACEMENT CHARACTER}"


def _one_line(text: str) -> str:
    # An event is one line: else the words of a model could go on with a line that looks like one of ours.
    return text.rstrip().replace("\r\n", " ").replace("\n", " ").replace("\t", " ")


def _states(checks: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {status}" for name, status in checks.items())


def _first_line(text: str, limit: int = 100) -> str:
    line = text.strip().split("\n", 1)[0]
    return line if len(line) <= limit else f"{line[: limit - 3]}..."


def _called(event: Event) -> str:
    seconds = event.data.get("durationMs", 0) / 1000
    return f"  answer    {event.data.get('tokens', 0)} tokens in {seconds:.1f} s"


def _applied(event: Event) -> str:
    data = event.data
    return f"  patch     {', '.join(data['paths'])} (+{data['added']} -{data['removed']})"


def _sandbox(event: Event) -> str:
    reached = ", ".join(event.data.get("findings", ()))
    vouched = f", which you vouch for; it could reach: {reached}" if reached else ""
    passed = "".join(f"; passed over: {why}" for why in event.data.get("passedOver", ()))
    return f"sandbox   {event.data['name']}{vouched}{passed}"


def _begun(event: Event) -> str:
    number, samples = event.data["number"], event.data.get("samples", 1)
    if samples == 1:
        return f"attempt {number} {event.data['tier']}"
    return f"attempts {number} to {number + samples - 1} {event.data['tier']}, at once"


def _refused(event: Event) -> str:
    return f"  refused   {event.data.get('reason', '')}: {_first_line(event.data.get('words', ''))}"


def _accepted(event: Event) -> str:
    doubts = event.data.get("doubts", ())
    return "  accepted  " + "; ".join([*event.data["shown"], *(f"but: {doubt}" for doubt in doubts)])


def _tried(data: Data) -> str:
    return f"{data['tried']} small edits, {data['survivors']} of them pass the tests"


def _waiting(data: Data) -> str:
    what = "the server to be done with another model" if data.get("reason") == "model" else "a free place"
    return f"waiting for {what} at {data.get('tier', 'the model')}"


_LINES: Mapping[str, Callable[[Event], str]] = {
    "task_created": lambda event: f"job {event.job[:8]}  {event.data['kind']}: {_first_line(event.data['text'], 72)}",
    "sandbox": _sandbox,
    "notice": lambda event: f"note      {event.data['words']}",
    "baseline": lambda event: f"base      {_states(event.data['checks'])}",
    "escalation": lambda event: f"escalate  to {event.data['toTier']}: {event.data['reason']}",
    "attempt": _begun,
    "samples_cancelled": lambda event: f"  ended     {event.data['count']} that were no longer needed",
    "model_call_complete": _called,
    "search_complete": lambda event: f"  searched  {_tried(event.data)}",
    "patch_applied": _applied,
    "patch_rejected": _refused,
    "verification_fail": _refused,
    "verification_pass": _accepted,
    "verification_unverified": lambda event: f"  unverified {event.data['reason']}: {event.data['words']}",
    "task_complete": lambda event: f"landed    {event.data['branch']}",
    "task_reviewed": lambda event: f"reviewed  {len(event.data['findings'])} lines",
    "task_abort": lambda event: f"gave up   {event.data['reason']}",
}

_DOING: Mapping[str, Callable[[Data], str]] = {
    "task_created": lambda _data: "laying out a worktree",
    "verification_start": lambda data: f"checking the {data['phase']}: {', '.join(data['checks'])}",
    "model_call_wait": _waiting,
    "model_call_start": lambda data: f"asking {data.get('model') or data.get('tier', '')}",
    "search_start": lambda data: f"searching {', '.join(data['files'][:3])}",
    "search_progress": lambda data: _tried(data),
    "model_tokens": lambda data: f"{data.get('tokens', 0)} tokens",
    "attempt": lambda data: f"asking {data['tier']}",
}


def ignore(_event: Event) -> None:
    """The emitter of commands that only read."""
