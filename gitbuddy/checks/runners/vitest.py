"""vitest: its JUnit reporter beside the readable one. It does not tell an expected failure from a pass."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from gitbuddy.checks.reports import Report, junit, settled
from gitbuddy.checks.reports.files import read_file
from gitbuddy.checks.reports.lines import numbered
from gitbuddy.checks.runners import script
from gitbuddy.checks.runners.runner import Folders, Order
from gitbuddy.values import Check, CompletedCommand

REPORT = "vitest.xml"


def fits(check: Check) -> bool:
    return (check.runner or script.started(check.command)) == "vitest"


def order(check: Check, folders: Folders) -> Order:
    options = ("--reporter=default", "--reporter=junit", f"--outputFile.junit={folders.reports / REPORT}")
    return Order(script.extended(check.command, options))


def report(order: Order, done: CompletedCommand, folders: Folders) -> Report:
    return Report(settled(numbered(junit.read(read_file(folders.reports / REPORT), case_id))))


def case_id(element: Element) -> str:
    """The file and the names of suites and test; for a file that cannot be loaded, the file."""
    file, name = element.get("classname", ""), element.get("name", "")
    return file if name == file else f"{file} > {name}"
