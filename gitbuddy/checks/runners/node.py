"""Node's own test runner, by a reporter of ours beside the readable one, told in NODE_OPTIONS.

Options on the command line would not reach Node behind `npm run`: after the first file name they are file names too.
"""

from __future__ import annotations

from gitbuddy.checks.reports import Report, lines, settled
from gitbuddy.checks.reports.files import read_file
from gitbuddy.checks.runners import script
from gitbuddy.checks.runners.runner import Folders, Order
from gitbuddy.values import Check, CompletedCommand

REPORT = "node.jsonl"
REPORTER = "gitbuddy_node.mjs"


def fits(check: Check) -> bool:
    return (check.runner or script.started(check.command)) == "node"


def order(check: Check, folders: Folders) -> Order:
    reporter = script.bring(folders.tools, REPORTER)
    # Each reporter has its destination, in this order.
    options = (
        ("--test-reporter", "spec"),
        ("--test-reporter-destination", "stdout"),
        ("--test-reporter", str(reporter)),
        ("--test-reporter-destination", str(folders.reports / REPORT)),
    )
    return Order(check.command, {"NODE_OPTIONS": " ".join(f"{name}={_quoted(value)}" for name, value in options)})


def report(order: Order, done: CompletedCommand, folders: Folders) -> Report:
    return Report(settled(lines.read(read_file(folders.reports / REPORT))))


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
