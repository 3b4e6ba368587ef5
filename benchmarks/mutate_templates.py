"""How far the repair templates reach, without sandbox, gate or git: is a right repair among the first candidates?

    python benchmarks/mutate_templates.py --data humanevalfix_python.jsonl.gz [--half even|odd] [--most 10000] [--each]

For each buggy function the candidates are tried in their order, each in a process forked for it, against the full test,
until one passes. The lines that the failing test runs are the suspicious ones. The priors were judged on the tasks with
even numbers; the odd ones are told apart for that reason. What runs are HumanEval's functions and small edits of them.

Last line: `templates: reach X of N within 2,000 candidates, Y within 10,000, median rank K`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import signal
import statistics
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any

from gitbuddy.core.repair import Source, candidates, places, ranked
from gitbuddy.core.repair.localise import by_line

MODULE = "solution.py"
WORKERS = 2
MEMORY = 1 << 30
SCREENED = (2_000, 5_000, 10_000)


@dataclass(frozen=True)
class Task:
    """A buggy function, and the test that says so."""

    number: int
    source: str
    test: str


@dataclass(frozen=True)
class Found:
    """What came of a task. `rank` (from 1) of the first candidate that passes, None where none did."""

    number: int
    rank: int | None
    tried: int
    template: str
    edit: str
    seconds: float


def main() -> None:
    options = _options()
    tasks = [task for task in _tasks(options.data) if options.half in ("both", ("even", "odd")[task.number % 2])]
    tasks = tasks[: options.limit]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        found = _in_parallel(tasks, options.most, options.seconds)
    if options.each:
        for one in found:
            print(
                f"{one.number:4} {one.rank or '-':>6} of {one.tried:6} {one.seconds:6.1f} s  {one.template}  {one.edit}"
            )
    print("by template:", dict(Counter(one.template for one in found if one.rank).most_common()))
    for half, odd in (("even", 0), ("odd", 1)):
        if part := [one for one in found if one.number % 2 == odd]:
            print(f"{half}: {_reach(part)}")
    print(f"templates: {_reach(found)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--half", choices=("even", "odd", "both"), default="both")
    parser.add_argument("--most", type=int, default=10_000, help="candidates per task")
    parser.add_argument("--seconds", type=float, default=1.0, help="time for one candidate")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--each", action="store_true", help="a line for each task")
    return parser.parse_args()


def _reach(found: Sequence[Found]) -> str:
    ranks = [one.rank for one in found if one.rank]
    few, _, many = (sum(rank <= most for rank in ranks) for most in SCREENED)
    middle = round(statistics.median(ranks)) if ranks else 0
    return f"reach {few} of {len(found)} within {SCREENED[0]:,} candidates, {many} within 10,000, median rank {middle}"


def _tasks(path: Path) -> Iterator[Task]:
    with gzip.open(path, "rt") as lines:
        for number, line in enumerate(lines):
            one: Mapping[str, Any] = json.loads(line)
            yield Task(number, one["declaration"] + one["buggy_solution"], one["test"])


def _in_parallel(tasks: Sequence[Task], most: int, seconds: float) -> list[Found]:
    """Each worker takes every second task, and leaves what it found in a file."""
    workers = []
    for index in range(WORKERS):
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                lines = [json.dumps(asdict(_solve(task, most, seconds))) for task in tasks[index::WORKERS]]
                Path(f"found-{index}").write_text("\n".join(lines))
                code = 0
            except Exception:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        workers.append(pid)
    ended = [os.waitpid(pid, 0)[1] for pid in workers]
    if any(ended):
        sys.exit("a worker failed")
    rows = [row for index in range(WORKERS) for row in Path(f"found-{index}").read_text().splitlines() if row]
    return sorted((Found(**json.loads(row)) for row in rows), key=lambda one: one.number)


def _solve(task: Task, most: int, seconds: float) -> Found:
    started = time.monotonic()
    source = Source(MODULE, task.source.encode())
    test = compile(task.test, "test.py", "exec")
    lines = _lines_run(task.source, test, seconds)
    suspects = ranked({"test": {(MODULE, line) for line in lines}}, ["test"])
    where = places(source, by_line(suspects, MODULE) if lines else None)
    tried = 0
    for tried, candidate in enumerate(islice(candidates({MODULE: source}, where), most), 1):
        text = candidate.applied(source.text)
        if _passes(text, test, seconds):
            edits = "; ".join(f"{task.source[e.start : e.end]!r} -> {e.text!r}" for e in candidate.edits)
            return Found(task.number, tried, tried, candidate.template, edits, time.monotonic() - started)
    return Found(task.number, None, tried, "", "", time.monotonic() - started)


def _passes(text: str, test: Any, seconds: float) -> bool:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            _confine(seconds)
            space: dict[str, Any] = {"__name__": "solution"}
            exec(compile(text, MODULE, "exec"), space)  # noqa: S102 - see above
            exec(test, space)  # noqa: S102
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(pid, 0)[1] == 0


def _lines_run(text: str, test: Any, seconds: float) -> set[int]:
    """Lines of the module that the test runs before it fails; in a process of its own, as the test may not end."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _confine(seconds)
        seen: set[int] = set()

        def trace(frame: FrameType, event: str, _: object) -> Any:
            if frame.f_code.co_filename != MODULE:
                return None
            if event == "line":
                seen.add(frame.f_lineno)
            return trace

        def tell(*_: object) -> None:
            os.write(writing, json.dumps(sorted(seen)).encode())
            os._exit(0)

        signal.signal(signal.SIGALRM, tell)
        space: dict[str, Any] = {"__name__": "solution"}
        exec(compile(text, MODULE, "exec"), space)  # noqa: S102
        sys.settrace(trace)
        try:
            exec(test, space)  # noqa: S102
        finally:
            sys.settrace(None)
            tell()
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    os.waitpid(pid, 0)
    return set(json.loads(said)) if said else set()


def _confine(seconds: float) -> None:
    """Little time and memory, no files, no words."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    sys.setrecursionlimit(500)


if __name__ == "__main__":
    main()
