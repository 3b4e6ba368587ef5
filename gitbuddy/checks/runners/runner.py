"""What a runner's module offers, and the values it exchanges with `checks.run`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gitbuddy.checks.reports import Report
from gitbuddy.values import Check, CompletedCommand


@dataclass(frozen=True, slots=True)
class Folders:
    """Of one run, at the same path inside the sandbox and outside.

    `tools` is read-only inside: what a runner brings along. `reports` is writable, empty at the start, and untrusted
    afterwards: read it with `checks.reports.files` only.
    """

    tools: Path
    reports: Path


@dataclass(frozen=True, slots=True)
class Order:
    """What to run instead of a check's own command, so that each test is told of.

    `output` is how many bytes of output are kept, where the report is printed and must be whole (0: an excerpt as
    usual). `controls` are ids of tests that we added and that must fail. With them, `green` is the exit code that says
    that nothing else failed.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    output: int = 0
    controls: frozenset[str] = frozenset()
    green: int = 0


class Runner(Protocol):
    """The names in a runner's module."""

    def fits(self, check: Check) -> bool:
        """Whether this runner is what the check's command starts."""
        ...

    def order(self, check: Check, folders: Folders) -> Order:
        """The command that also writes a report. May write into `folders.tools`."""
        ...

    def report(self, order: Order, done: CompletedCommand, folders: Folders) -> Report:
        """Read the report, controls included. Raises `Unreadable` when it is missing or not whole."""
        ...
