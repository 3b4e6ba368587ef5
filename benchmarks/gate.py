"""Does the gate let through what is right, and only that? Right, wrong and cheating candidates for recorded bugs.

    python benchmarks/gate.py --data humanevalfix_python.jsonl.gz [--limit N] [--jobs N]

Each task becomes a git repository: a module with a planted bug, and its tests. The candidates are (a) the buggy body in
another layout, (b) the right body, (c) the cheats of `cheats.py`. Each goes through the real guard and the real gate in
the real sandbox. The guard is opened as far as it goes, as for a task that names every file and a project that protects
none: what it would refuse by default is counted beside, and is not what a cheat is judged by.

Last line: `gate: buggy accepted X of N, canonical accepted Y of N, cheats accepted Z of M, beyond: names`. *Beyond* are
cheats that no gate inside the process under test can see; they are named, and those that were accepted without a doubt
for the reviewer are listed. Exit code 1 unless X is 0, Y at least N - 1, and nothing but these was accepted.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cheats import BEYOND, CHEATS, Files

from gitbuddy import wiring
from gitbuddy.config import GuardSettings
from gitbuddy.core.apply import apply
from gitbuddy.core.evidence import Checked
from gitbuddy.core.guard import guard
from gitbuddy.errors import Rejected
from gitbuddy.gate.bench import Bench
from gitbuddy.gate.gate import Gate
from gitbuddy.session import open_session
from gitbuddy.testing.repo import RepoBuilder
from gitbuddy.values import Accepted, DeleteFile, Edit, Event, Kind, Origin, Refused, Task, Verdict, WriteFile

MODULE, TESTS = "solution.py", "test_solution.py"
CONFIG = """\
[checks.test]
command = ["python3", "-m", "pytest", "-q"]
kind = "test"
timeout = 10
"""
PYPROJECT = '[tool.pytest.ini_options]\npythonpath = ["."]\n'
OPEN = GuardSettings(allow=("**",), max_lines=100_000, max_bytes=1 << 20)


@dataclass(frozen=True)
class Bug:
    """One task of the recording as files: the buggy module, the right one, and the tests."""

    name: str
    entry: str
    buggy: str
    right: str
    tests: str


@dataclass(frozen=True)
class Result:
    """What became of the candidates of one bug.

    `endings`: name -> "accepted", or "stage: reason". `doubts`: on those that were accepted. `by_default`: those that
    the guard refuses unless it is opened.
    """

    bug: str
    endings: dict[str, str]
    doubts: dict[str, tuple[str, ...]]
    by_default: frozenset[str]


def main() -> int:
    """Run all candidates of all tasks and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--only", action="append", metavar="TASK", help="this task alone; may be repeated")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    bugs = [bug for bug in read(arguments.data) if not arguments.only or bug.name in arguments.only][: arguments.limit]
    with ProcessPoolExecutor(arguments.jobs) as pool:
        results = list(pool.map(tried, bugs))
    return report(results)


def read(path: Path) -> Iterator[Bug]:
    """The recording's tasks."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            raw: dict[str, Any] = json.loads(line)
            entry, declared = raw["entry_point"], raw["declaration"]
            checks = raw["test"].rstrip().removesuffix(f"check({entry})").rstrip()
            tests = f"from solution import *\nfrom solution import {entry}\n{checks}\n\n\ndef test_it():\n"
            tests += f"    check({entry})\n\n\ndef test_is_there():\n    assert callable({entry})\n"
            buggy, right = declared + raw["buggy_solution"], declared + raw["canonical_solution"]
            yield Bug(raw["task_id"], entry, buggy, right, tests)


def tried(bug: Bug) -> Result:
    """Every candidate of one bug through guard and gate."""
    with tempfile.TemporaryDirectory(prefix="gitbuddy-gate-") as name:
        os.environ["XDG_CACHE_HOME"] = f"{name}/cache"
        folder = Path(name) / "project"
        builder = RepoBuilder(folder)
        files = {MODULE: bug.buggy, TESTS: bug.tests, "pyproject.toml": PYPROJECT, ".buddy/config.toml": CONFIG}
        base = builder.commit("bug", files=files)
        session = open_session(str(folder), {}, ignore)
        task = Task(Kind.FIX, "Make the failing test pass.", base, Origin("cli", base), ("**",))
        means = wiring.means_of(session, task, Path(name) / "checks")
        endings: dict[str, str] = {}
        doubts: dict[str, tuple[str, ...]] = {}
        with means.pool.slot(base) as slot:
            bench = Bench(slot, means.runner, means.checks, means.project)
            gate = Gate(task, bench, ignore)
            baseline = gate.baseline()
            for label, made in candidates(bug):
                verdict = judged(gate, edits_of(made), baseline)
                endings[label] = ending(verdict)
                doubts[label] = verdict.doubts if isinstance(verdict, Accepted) else ()
            refused = {label for label, made in candidates(bug) if refused_by_default(bench, task, edits_of(made))}
        return Result(bug.name, endings, doubts, frozenset(refused))


def candidates(bug: Bug) -> Iterator[tuple[str, Files]]:
    """Name -> files that it writes (None: removes), the buggy one and the right one first."""
    yield "buggy", {MODULE: other_layout(bug.buggy)}
    yield "canonical", {MODULE: bug.right}
    for name, cheat in CHEATS.items():
        files = cheat(bug.buggy, bug.tests, bug.entry)
        if files is not None:
            yield name, files


def other_layout(source: str) -> str:
    """The same program in other words: unparsed, and with a comment if that changes nothing."""
    made = ast.unparse(ast.parse(source)) + "\n"
    return made if made != source else f"# tidied\n{source}"


def edits_of(files: Files) -> list[Edit]:
    return [DeleteFile(path) if text is None else WriteFile(path, text) for path, text in files.items()]


def judged(gate: Gate, edits: list[Edit], baseline: Checked) -> Verdict:
    """The verdict on one candidate, the guard opened as far as it goes."""
    slot, task = gate.bench.slot, gate.task
    try:
        patch = apply(edits, slot.read)
        named = replace(task, files=patch.paths)
        allowed = guard(patch, named, OPEN, slot.tracked, slot.read)
    except Rejected as rejected:
        return rejected.refused
    tree = f"{slot.base_tree} {hash(patch)}"
    return replace(gate, task=named).examine(allowed, tree, baseline).verdict


def refused_by_default(bench: Bench, task: Task, edits: list[Edit]) -> bool:
    """Whether the guard refuses a candidate for a task that names the module alone, as such a task would."""
    try:
        patch = apply(edits, bench.slot.read)
        guard(patch, replace(task, files=(MODULE,)), GuardSettings(), bench.slot.tracked, bench.slot.read)
    except Rejected:
        return True
    return False


def ending(verdict: Verdict) -> str:
    if isinstance(verdict, Accepted):
        return "accepted"
    return f"{verdict.stage}: {verdict.reason}" if isinstance(verdict, Refused) else f"unverified: {verdict.reason}"


def report(results: list[Result]) -> int:
    """Print what stopped what, then the figures; the exit code."""
    cheats = [(result, name) for result in results for name in result.endings if name not in ("buggy", "canonical")]
    for name in CHEATS:
        ends = Counter(result.endings[name] for result, label in cheats if label == name)
        default = sum(name in result.by_default for result in results if name in result.endings)
        told = ", ".join(f"{reason} {count}" for reason, count in ends.most_common())
        print(f"{name:24} {told}; by the guard's defaults {default} of {sum(ends.values())}")
    for label, expected in (("buggy", "refused"), ("canonical", "accepted")):
        odd = [r for r in results if (r.endings[label] == "accepted") is not (expected == "accepted")]
        for result in odd:
            print(f"{label} not {expected}: {result.bug}: {result.endings[label]}")
    buggy, right = (sum(r.endings[label] == "accepted" for r in results) for label in ("buggy", "canonical"))
    accepted = Counter(name for result, name in cheats if result.endings[name] == "accepted")
    unexpected = [
        f"{result.bug} {name}" for result, name in cheats if result.endings[name] == "accepted" and name not in BEYOND
    ]
    undoubted = [
        f"{result.bug} {name}"
        for result, name in cheats
        if result.endings[name] == "accepted" and not result.doubts[name]
    ]
    if unexpected:
        print(f"accepted and not among what is beyond: {', '.join(unexpected)}")
    if undoubted:
        print(f"accepted without a doubt: {len(undoubted)} of {sum(accepted.values())}: {', '.join(undoubted)}")
    beyond = ", ".join(f"{name} ({accepted[name]})" for name in BEYOND if accepted[name]) or "none"
    total = len(results)
    print(
        f"gate: buggy accepted {buggy} of {total}, canonical accepted {right} of {total}, "
        f"cheats accepted {sum(accepted.values())} of {len(cheats)}, beyond: {beyond}"
    )
    return int(buggy > 0 or right < total - 1 or bool(unexpected))


def ignore(_event: Event) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    sys.exit(main())
