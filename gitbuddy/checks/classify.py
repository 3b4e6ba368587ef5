"""From how a command ended to what that means. One table, in order; the first row that fits decides.

The rule behind the rows: a check that examined nothing has not passed, and a tool that is missing has not failed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gitbuddy.values import CheckStatus, CompletedCommand


@dataclass(frozen=True, slots=True)
class Row:
    """`tool` is a word of the command (empty: any), `codes` the exit codes, `pattern` what the output says.

    An empty pattern fits any output; `unless` is what it must not say.
    """

    tool: str
    codes: tuple[int, ...]
    pattern: str
    status: CheckStatus
    unless: str = ""


_CANNOT, _FAILED = CheckStatus.CANNOT_RUN, CheckStatus.FAILED

ROWS = (
    Row("", (126, 127), "", _CANNOT),
    Row("pytest", (4, 5), "", _CANNOT),
    Row("pytest", (2, 3), "", _FAILED),
    # Code under test can end the runner with any exit code; a run that passed also says so.
    Row("pytest", (0,), r"^(=+ )?\d+ (failed|errors?)\b.* in [\d.]+s", _FAILED),
    Row("pytest", (0,), "", _CANNOT, unless=r"\b\d+ (passed|skipped|xfailed|xpassed|deselected)\b|^\S+ +\[100%\]$"),
    Row("unittest", (0, 5), r"^(Ran 0 tests|NO TESTS RAN)", _CANNOT),
    Row("unittest", (0,), "", _CANNOT, unless=r"^OK\b"),
    Row("manage.py", (0, 5), r"^(Found 0 test|Ran 0 tests|NO TESTS RAN)", _CANNOT),
    Row("ruff", (2,), "", _CANNOT),
    Row("mypy", (2,), r"^(usage: mypy|mypy: (error|can't))", _CANNOT),
    Row("npm", (1,), r"Missing script: ", _CANNOT),
    Row("--test", (0,), r"^(?:\S+ )?tests 0$", _CANNOT),
    *(
        Row(tool, (1,), r"^No (test files|tests) found, exiting with code 1", _CANNOT)
        for tool in ("vitest", "jest", "npm")
    ),
    Row("tsc", (1, 2), r"^error TS(18003|5057|5058|5083):", _CANNOT),
    Row("ctest", (0, 8), r"^No tests were found!!!", _CANNOT),
    Row("ctest", (1,), r"Failed to change working directory|No such (file or )?directory", _CANNOT),
    Row("cargo", (1, 101), r"error: no such command|is not installed for the toolchain", _CANNOT),
    Row(
        "cargo", (101,), r"--offline was specified|no matching package named .* found|lock file .* needs to be", _CANNOT
    ),
    Row("cargo", (0,), r"^running 0 tests$", _CANNOT, unless=r"^running [1-9]\d* tests?$"),
    Row(
        "go",
        (1,),
        r"module lookup disabled by GOPROXY=off|cannot find module providing package|no required module provides",
        _CANNOT,
    ),
    Row("go", (0,), r"\[no test files\]", _CANNOT, unless=r"^ok\s"),
    Row("mvn", (1,), r"in offline mode|The goal you specified requires a project to execute", _CANNOT),
    Row("mvn", (0,), r"No tests to run|Tests are skipped|No sources to compile", _CANNOT, unless=r"Tests run: [1-9]"),
    Row("make", (2,), r"^make: \*\*\* No rule to make target '(test|check|tests|lint)'\.", _CANNOT),
)


def classify(command: Sequence[str], done: CompletedCommand, output: str) -> CheckStatus:
    """What the end of a check's command says about the project. `output` is what it printed, free of escape codes."""
    if done.timed_out:
        return CheckStatus.TIMED_OUT
    if done.exit_code is None:
        return CheckStatus.CANNOT_RUN
    if _module_missing(command, done.exit_code, output):
        return CheckStatus.CANNOT_RUN
    for row in ROWS:
        if _fits(row, command, done.exit_code, output):
            return row.status
    return CheckStatus.PASSED if done.exit_code == 0 else CheckStatus.FAILED


def _fits(row: Row, command: Sequence[str], code: int, output: str) -> bool:
    words = {part.rpartition("/")[2] for part in command}
    if code not in row.codes or (row.tool and row.tool not in words):
        return False
    if row.unless and re.search(row.unless, output, re.MULTILINE):
        return False
    return re.search(row.pattern, output, re.MULTILINE) is not None


def _module_missing(command: Sequence[str], code: int, output: str) -> bool:
    """`python -m X` without X: the interpreter says so in a line that no failing import prints."""
    if code != 1 or "-m" not in command[:-1]:
        return False
    module = re.escape(command[list(command).index("-m") + 1])
    return re.search(rf"^\S*python[\d.]*: No module named {module}(\.__main__)?\b", output, re.MULTILINE) is not None
