"""What one attempt costs beside the model and the checks, on a repository of 100 and of 20,000 files.

    python benchmarks/attempt_overhead.py [--jobs N]

An attempt is brief, parse, guard, tree, worktree, checks, verdict. Its overhead is its wall time less the time of the
proposer and of the checks. It is set against `git worktree add` + `remove` on the same repository, in turn with it.
The whole job (claim, warm slot, attempt, landing, record) is printed beside it, and the peak memory of the engine.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from gitbuddy import wiring
from gitbuddy.session import open_session
from gitbuddy.testing.repo import RepoBuilder
from gitbuddy.testing.scripted import ScriptedProposer
from gitbuddy.values import Event, Kind, Origin, Outcome, Task

SIZES = (100, 20_000)
CONFIG = '[checks.test]\ncommand = ["true"]\nkind = "test"\n'
EDIT = "{path}\n```\n<<<<<<< SEARCH\nvalue = 0\n=======\nvalue = {number}\n>>>>>>> REPLACE\n```\n"
MAX_RATIO, MAX_SHARE, MAX_MEMORY = 3.0, 0.25, 120


@dataclass(frozen=True)
class Figures:
    """Milliseconds: medians and 95th percentiles."""

    attempt: float
    attempt_p95: float
    job: float
    worktree: float


def main() -> int:
    """Measure both sizes and print; exit 1 when a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=15)
    jobs: int = parser.parse_args().jobs
    figures = {}
    memory_disk = Path("/dev/shm")  # noqa: S108 - on a disk, adding and removing worktrees in turn slows ext4 tenfold
    place = str(memory_disk) if memory_disk.is_dir() else None
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="gitbuddy-bench-", dir=place) as folder:
            os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
            figures[size] = found = measure(Path(folder), size, jobs)
        print(
            f"{size:6} files: attempt median {found.attempt:.0f} ms p95 {found.attempt_p95:.0f} ms, "
            f"whole job {found.job:.0f} ms, git worktree add+remove {found.worktree:.0f} ms"
        )
    small, large = figures[SIZES[0]], figures[SIZES[1]]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    ratio, share = large.attempt / small.attempt, large.attempt / large.worktree
    print(
        f"attempt_overhead: 20,000/100 files {ratio:.2f}x (limit {MAX_RATIO:.0f}x), of worktree add+remove {share:.2f} "
        f"(limit {MAX_SHARE}), memory {memory} MB (limit {MAX_MEMORY} MB)"
    )
    return int(ratio > MAX_RATIO or share > MAX_SHARE or memory > MAX_MEMORY)


def measure(folder: Path, size: int, jobs: int) -> Figures:
    """Jobs and worktree additions in turn on one repository."""
    builder = RepoBuilder(folder / "repo")
    files = {f"src/d{index // 100:03}/m{index:05}.py": f"value = 0\nname = {index}\n" for index in range(size)}
    base = builder.commit("start", files=files | {".buddy/config.toml": CONFIG})
    attempts, whole, worktrees = [], [], []
    for number in range(jobs + 2):
        started = time.perf_counter()
        outcome = run(builder, base, f"src/d000/m{number % 90:05}.py", number + 1)
        taken = time.perf_counter() - started
        if number >= 2:  # the first two fill the slot and the caches
            attempts.append(overhead(outcome))
            whole.append(taken)
            worktrees.append(add_and_remove(builder, folder / "plain"))
    ordered = sorted(attempts)
    return Figures(
        statistics.median(attempts) * 1000,
        ordered[int(len(ordered) * 0.95)] * 1000,
        statistics.median(whole) * 1000,
        statistics.median(worktrees) * 1000,
    )


def run(builder: RepoBuilder, base: str, path: str, number: int) -> Outcome:
    """One job with one accepted attempt."""
    session = open_session(str(builder.path), {"model": "scripted"}, ignore)
    task = Task(Kind.CHANGE, f"set the value to {number}", base, Origin("cli", base), (path,))
    engine = wiring.build_engine(session, task)
    scripted = ScriptedProposer([EDIT.format(path=path, number=number)])
    outcome = replace(engine, proposers=dict.fromkeys(engine.proposers, scripted)).run(task)
    if outcome.state != "landed":
        raise SystemExit(f"the benchmark's job did not land: {outcome.reason}")
    return outcome


def overhead(outcome: Outcome) -> float:
    """Seconds of the attempt less those of its checks; the scripted proposer takes none."""
    (attempt,) = outcome.attempts
    return attempt.seconds - sum(result.seconds for result in attempt.results)


def add_and_remove(builder: RepoBuilder, path: Path) -> float:
    """Seconds of `git worktree add` and `remove` on the same repository."""
    git = ["git", "-C", str(builder.path), "worktree"]
    started = time.perf_counter()
    subprocess.run([*git, "add", "--quiet", "--detach", str(path)], check=True)
    subprocess.run([*git, "remove", "--force", str(path)], check=True)
    return time.perf_counter() - started


def ignore(_event: Event) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    sys.exit(main())
