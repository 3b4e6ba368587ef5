"""jest, by a reporter of ours beside its own. A test that ends the process leaves no report, whatever the exit code."""

from __future__ import annotations

from gitbuddy.checks.reports import Report, lines, settled
from gitbuddy.checks.reports.files import read_file
from gitbuddy.checks.runners import script
from gitbuddy.checks.runners.runner import Folders, Order
from gitbuddy.values import Check, CompletedCommand

REPORT = "jest.jsonl"
REPORTER = "gitbuddy_jest.cjs"


def fits(check: Check) -> bool:
    return (check.runner or script.started(check.command)) == "jest"


def order(check: Check, folders: Folders) -> Order:
    options = ("--reporters=default", f"--reporters={script.bring(folders.tools, REPORTER)}")
    environment = {"GITBUDDY_REPORT": str(folders.reports / REPORT)}
    return Order(script.extended(check.command, options), environment)


def report(order: Order, done: CompletedCommand, folders: Folders) -> Report:
    return Report(settled(lines.read(read_file(folders.reports / REPORT))))
