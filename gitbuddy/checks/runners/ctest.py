"""CTest: its JUnit file, with enough of each passed test's output to see that GoogleTest came to its end."""

from __future__ import annotations

from gitbuddy.checks.reports import Report, settled
from gitbuddy.checks.reports import ctest as ctest_file
from gitbuddy.checks.reports.files import read_file
from gitbuddy.checks.runners.runner import Folders, Order
from gitbuddy.values import Check, CompletedCommand

REPORT = "ctest.xml"
PASSED_OUTPUT = 1 << 20
"""Bytes of a passed test's output in the report. CTest's own limit of 1024 would cut GoogleTest's last lines off."""
_OTHERWISE = frozenset({"-N", "--show-only", "--build-and-test", "-S", "-D", "--dashboard", "--output-junit"})


def fits(check: Check) -> bool:
    words = check.command
    return words[0].rpartition("/")[2] == "ctest" and _OTHERWISE.isdisjoint(word.partition("=")[0] for word in words)


def order(check: Check, folders: Folders) -> Order:
    options = ("--output-junit", str(folders.reports / REPORT), "--test-output-size-passed", str(PASSED_OUTPUT))
    return Order((*check.command, *options))


def report(order: Order, done: CompletedCommand, folders: Folders) -> Report:
    return Report(settled(ctest_file.read(read_file(folders.reports / REPORT))))
