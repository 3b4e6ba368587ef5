"""The commands of the project, where they run, and how they ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class CheckKind(StrEnum):
    """What a check looks at. Also the order in which checks run: cheap and telling first."""

    LINT = "lint"
    TYPES = "types"
    BUILD = "build"
    TEST = "test"
    COVERAGE = "coverage"


@dataclass(frozen=True, slots=True)
class Check:
    """A command of the project. `timeout` in seconds.

    `runner` names the test runner behind a command whose words do not say it (`npm test`); empty: look at the words.
    """

    name: str
    command: tuple[str, ...]
    kind: CheckKind
    timeout: float = 300.0
    runner: str = ""


class CheckStatus(StrEnum):
    """How a check ended. Only `PASSED` is a pass.

    `CANNOT_RUN`: no such program, nothing collected. `UNTRUSTED`: the run says one thing and its traces another, as
    when it ends well and leaves no report, or reports a test as passed that must fail.
    """

    PASSED = "passed"
    FAILED = "failed"
    CANNOT_RUN = "cannot-run"
    TIMED_OUT = "timed-out"
    UNTRUSTED = "untrusted"


class CaseStatus(StrEnum):
    """How one test ended. An expected failure counts as skipped: it shows nothing."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Case:
    """One test of a test run. `id` is stable from run to run and names the file first where the runner tells it.

    `words` are the first words of a failure, bounded. A file that cannot be collected is a failed case whose id is
    the file's path.
    """

    id: str
    status: CaseStatus
    words: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check on one tree. `output` is bounded (head and tail); `seconds` is the time the command itself took.

    `cases` are the results test by test, sorted by id, each id once; None where the command only tells a whole.
    `flaky` are ids that were seen to pass and to fail on this same tree.
    """

    check: Check
    status: CheckStatus
    exit_code: int | None
    output: str
    seconds: float
    cached: bool = False
    cases: tuple[Case, ...] | None = None
    flaky: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mounts:
    """What of the machine a sandboxed command sees of the project.

    `worktree` is the slot on the host, writable; `at` is the path where the command sees it (the repository's own, so
    that absolute paths and editable installs resolve to the candidate); `read_only` are folders of the host that keep
    their paths, above all the ignored dependency folders of the user's checkout; `writable` are folders of the host
    that the command may fill, at their own paths.
    """

    worktree: Path
    at: Path
    read_only: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one sandboxed command.

    `seconds` of wall time, and as much of each processor; `memory` (bytes) and `open_files` bound each process,
    `file_size` (bytes) each file. `processes`, `total_memory` and `disk` bound all that the command started together,
    the last two in bytes: what its processes hold, and what it wrote to its folders since it began. `output` is how
    many bytes of what it prints are kept.
    """

    seconds: float = 300.0
    memory: int = 4 << 30
    processes: int = 512
    open_files: int = 1024
    file_size: int = 1 << 30
    output: int = 256 << 10
    total_memory: int = 8 << 30
    disk: int = 8 << 30


@dataclass(frozen=True, slots=True)
class CompletedCommand:
    """A sandboxed command that has ended. `exit_code` is None if it never started; `output` keeps head and tail."""

    exit_code: int | None
    output: bytes
    seconds: float
    timed_out: bool = False
