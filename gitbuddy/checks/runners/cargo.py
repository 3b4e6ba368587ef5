"""`cargo test`: read from its text, since only nightly Rust has a machine format."""

from __future__ import annotations

from gitbuddy.checks.reports import Report, libtest, printed, settled
from gitbuddy.checks.runners.runner import Folders, Order
from gitbuddy.values import Check, CompletedCommand

KEPT = 32 << 20
"""Bytes of output that are kept."""
_OTHERWISE = frozenset({"-q", "--quiet", "--no-run", "--list", "--nocapture", "--no-capture", "--format", "-Z"})
"""Options with which the text does not have the form that we read."""


def fits(check: Check) -> bool:
    """Not where detection knows of test programs with a `main` of their own, which list tests in no known form."""
    words = check.command
    if check.runner not in ("", "cargo") or words[0].rpartition("/")[2] != "cargo" or "test" not in words:
        return False
    return not any(word.partition("=")[0] in _OTHERWISE for word in words)


def order(check: Check, folders: Folders) -> Order:
    at = check.command.index("test") + 1
    # All programs run: a failure that was there before must not hide a new one.
    given = () if "--no-fail-fast" in check.command else ("--no-fail-fast",)
    plain = {"CARGO_TERM_COLOR": "never", "CARGO_TERM_QUIET": "false"}
    return Order((*check.command[:at], *given, *check.command[at:]), plain, KEPT)


def report(order: Order, done: CompletedCommand, folders: Folders) -> Report:
    return Report(settled(libtest.read(printed.whole(done.output))))
