"""Statement coverage of a few files by coverage.py, where the project's Python has it. Nothing is installed for it."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from gitbuddy.checks.folders import run_folders
from gitbuddy.checks.reports import Unreadable
from gitbuddy.checks.reports.files import read_file
from gitbuddy.checks.run import CheckRunner
from gitbuddy.values import Check, Mounts

_RUNNERS = ("pytest", "unittest")
_LARGEST = 1 << 20


def command(check: Check, data: Path, paths: tuple[str, ...]) -> tuple[str, ...]:
    """The check's command under coverage.py; empty where it is not of the form `python -m pytest ...`."""
    words = check.command
    for at, (flag, module) in enumerate(pairwise(words)):
        if flag == "-m" and module in _RUNNERS:
            options = ("run", f"--data-file={data}", f"--include={','.join(paths)}")
            return (*words[:at], "-m", "coverage", *options, *words[at:])
    return ()


def measure(runner: CheckRunner, check: Check, mounts: Mounts, paths: tuple[str, ...]) -> float | None:
    """Percent of the statements of these files that the check's tests run; None where that cannot be measured."""
    with run_folders(runner.runs) as folders:
        data, report = folders.reports / "coverage", folders.reports / "coverage.json"
        words = command(check, data, paths)
        if not words:
            return None
        shown = replace(mounts, writable=(*mounts.writable, folders.reports))
        limits = replace(runner.limits, seconds=check.timeout)
        runner.sandbox.run(words, shown, limits, {})
        told = (*words[: words.index("-m")], "-m", "coverage", "json", f"--data-file={data}", "-o", str(report))
        runner.sandbox.run(told, shown, limits, {})
        try:
            return _percent(json.loads(read_file(report, _LARGEST)))
        except (Unreadable, ValueError, RecursionError):
            return None


def _percent(report: object) -> float | None:
    totals = report.get("totals") if isinstance(report, dict) else None
    percent = totals.get("percent_covered") if isinstance(totals, dict) else None
    return float(percent) if isinstance(percent, int | float) and 0 <= percent <= 100 else None
