"""Buggy functions through the whole machine without any model: how many are mended, and are the repairs right?

    python benchmarks/mutate.py --data humanevalfix_python.jsonl.gz [--limit N] [--visible full|examples] [--each]

Each task becomes a git repository with the buggy function and a test, and is run as `git buddy run --kind fix` runs it,
with the search as the only tier, real checks and the real sandbox. With `--visible full` the gate sees the whole test;
with `examples` only the examples of the function's docstring, and the whole test stays hidden. Afterwards the hidden
test judges what landed, in a process of its own.

Last line: `mutate: fixed X of N, right on hidden Y, median S s, candidates median K`. The line before it counts what
landed and is wrong on the hidden test, and how many of those say themselves that the tests allow another repair too.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gitbuddy import wiring
from gitbuddy.git.repo import Repo
from gitbuddy.session import open_session
from gitbuddy.testing.repo import RepoBuilder
from gitbuddy.values import Accepted, Event, Kind, Origin, Outcome, Task

CONFIG = """\
[checks.test]
command = ["python3", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
kind = "test"
timeout = 20
"""
PYTEST = '[tool.pytest.ini_options]\npythonpath = ["."]\n'
HIDDEN_SECONDS = 20


@dataclass(frozen=True)
class Buggy:
    """One task of the recording: the buggy module, and both its tests as text. `example` is empty where it has none."""

    name: str
    module: str
    test: str
    example: str
    entry_point: str


@dataclass(frozen=True)
class Result:
    """What came of a task. `right` is the verdict of the hidden test on what landed, `labelled` whether it says itself
    that the tests allow another repair."""

    name: str
    state: str
    right: bool
    labelled: bool
    seconds: float
    tried: int
    words: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--skip", type=int, default=0, help="tasks at the beginning that are left out")
    parser.add_argument("--step", type=int, default=1, help="take every so manyth task")
    parser.add_argument("--visible", choices=("full", "examples"), default="full")
    parser.add_argument("--seconds", type=float, default=60.0, help="budget of one search")
    parser.add_argument("--each", action="store_true", help="a line for each task")
    options = parser.parse_args()
    tasks = list(read(options.data))[options.skip :: options.step][: options.limit]
    results = []
    with tempfile.TemporaryDirectory(prefix="gitbuddy-bench-") as folder:
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        for task in tasks:
            results.append(run(task, Path(folder) / task.name.replace("/", "-"), options.visible, options.seconds))
            if options.each:
                print(line_of(results[-1]), flush=True)
    for line in summary(results):
        print(line)


def read(path: Path) -> Iterator[Buggy]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            raw: dict[str, Any] = json.loads(line)
            module = raw["declaration"] + raw["buggy_solution"]
            yield Buggy(raw["task_id"], module, raw["test"], raw["example_test"], raw["entry_point"])


def run(task: Buggy, folder: Path, visible: str, seconds: float) -> Result:
    """One task through the real engine, and what landed through the hidden test."""
    shown = task.test if visible == "full" else task.example
    files = {"solution.py": task.module, "test_solution.py": as_test(shown), "pyproject.toml": PYTEST}
    builder = RepoBuilder(folder)
    base = builder.commit("task", files={**files, ".buddy/config.toml": CONFIG})
    builder.git("config", "buddy.mutateSeconds", str(seconds))
    builder.git("config", "buddy.endpoint", "http://127.0.0.1:9")
    session = open_session(str(folder), {}, ignore)
    began = time.monotonic()
    outcome = wiring.run_task(session, Task(Kind.FIX, "Mend what fails.", base, Origin("cli", base)))
    took = time.monotonic() - began
    landed = outcome.commit if outcome.state == "landed" else None
    return Result(
        name=task.name,
        state=outcome.state,
        right=bool(landed) and passes(session.repo, str(landed), task),
        labelled=is_labelled(outcome),
        seconds=took,
        tried=tried(outcome),
        words=outcome.reason,
    )


def as_test(test: str) -> str:
    """The recorded test, which calls `check` with the function, as a test function for pytest."""
    body = "\n".join(f"    {line}" if line.strip() else "" for line in test.strip().splitlines())
    return f"import solution\nfrom solution import *\n\n\ndef test_it():\n{body or '    pass'}\n"


def passes(repo: Repo, commit: str, task: Buggy) -> bool:
    """Whether what landed passes the hidden test, run apart from everything."""
    file = repo.read(commit, "solution.py")
    program = f"{file.data.decode() if file else ''}\n{task.test}\n"
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", program], stdin=subprocess.DEVNULL, capture_output=True, timeout=HIDDEN_SECONDS
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def is_labelled(outcome: Outcome) -> bool:
    last = outcome.attempts[-1].verdict if outcome.attempts else None
    return isinstance(last, Accepted) and any("different fixes pass your tests" in doubt for doubt in last.doubts)


def tried(outcome: Outcome) -> int:
    searches = [each.proposal.search for each in outcome.attempts if each.proposal and each.proposal.search]
    return sum(searches[0].tried.values()) if searches else 0


def line_of(one: Result) -> str:
    marks = " ".join(word for word, is_so in (("right", one.right), ("labelled", one.labelled)) if is_so)
    return f"{one.name:12} {one.state:8} {marks:15} {one.seconds:6.1f} s {one.tried:6}  {one.words[:150]}"


def summary(results: Sequence[Result]) -> Iterator[str]:
    fixed = [one for one in results if one.state == "landed"]
    wrong = [one for one in fixed if not one.right]
    told = [one for one in fixed if one.right or one.labelled]
    share = 100 * len(told) / len(fixed) if fixed else 0.0
    labels, all_labels = sum(one.labelled for one in wrong), sum(one.labelled for one in fixed)
    wrongs = f"wrong on hidden {len(wrong)}, labelled {labels} of them (of all {all_labels})"
    yield f"{wrongs}; right or labelled {share:.1f} %"
    yield (
        f"mutate: fixed {len(fixed)} of {len(results)}, right on hidden {len(fixed) - len(wrong)}, "
        f"median {statistics.median(one.seconds for one in results):.1f} s, "
        f"candidates median {statistics.median(one.tried for one in results):.0f}"
    )


def ignore(_event: Event) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    main()
