"""`python -m unittest`: the same program with a report and negative controls; see `inside/gitbuddy_unittest.py`."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from gitbuddy.checks.reports import Report, junit, settled
from gitbuddy.checks.reports.files import read_file
from gitbuddy.checks.runners import controls
from gitbuddy.checks.runners.runner import Folders, Order
from gitbuddy.values import Check, CompletedCommand

REPORT = "unittest.xml"
MODULE = "gitbuddy_unittest"


def fits(check: Check) -> bool:
    named = ("-m", "unittest") in zip(check.command, check.command[1:], strict=False)
    return named and controls.importable(check.command)


def order(check: Check, folders: Folders) -> Order:
    module = controls.bring(folders.tools, MODULE)
    names, green = controls.names(), controls.green()
    at = check.command.index("unittest")
    facts = [str(green), str(folders.reports / REPORT), *names]
    return Order(
        command=(*check.command[:at], module, *check.command[at + 1 :]),
        environment={"PYTHONPATH": str(folders.tools), "GITBUDDY_CONTROLS": " ".join(facts)},
        controls=frozenset(names),
        green=green,
    )


def report(order: Order, done: CompletedCommand, folders: Folders) -> Report:
    return Report(settled(junit.read(read_file(folders.reports / REPORT), _case_id)))


def _case_id(element: Element) -> str:
    return element.get("name", "")
