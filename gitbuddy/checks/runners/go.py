"""`go test`: with `-json`, whose events stand in the output."""

from __future__ import annotations

from gitbuddy.checks.reports import Report, go_json, printed
from gitbuddy.checks.runners.runner import Folders, Order
from gitbuddy.values import Check, CompletedCommand

KEPT = 32 << 20
"""Bytes of output that are kept: each line of a test's own output takes about 150 more."""
_OTHERWISE = ("-list", "-c", "-n", "-exec", "-o")
"""Options with which `go test` does not run the tests, or not by itself."""


def fits(check: Check) -> bool:
    words = check.command
    if len(words) < 2 or words[0].rpartition("/")[2] != "go" or words[1] != "test":
        return False
    return not any(word.partition("=")[0].replace("--", "-") in _OTHERWISE for word in words)


def order(check: Check, folders: Folders) -> Order:
    given = () if "-json" in check.command else ("-json",)
    return Order((*check.command[:2], *given, *check.command[2:]), output=KEPT)


def report(order: Order, done: CompletedCommand, folders: Folders) -> Report:
    return go_json.read(printed.whole(done.output))
