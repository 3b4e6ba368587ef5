"""What the gate costs on top of the project's own command, and what a remembered result costs.

    python benchmarks/gate_overhead.py [--runs N]

A project whose tests take one second. *Bare* is its test command in a plain subprocess in a copy of the candidate;
*gate* is the whole examination of the same candidate: laid out, run in the sandbox with reports and negative controls,
put back, judged. The two are run in turns, and the ratio is taken pair by pair.

Last line: `gate_overhead: +P % over the bare command (limit 15 %), cache hit T ms (limit 20 ms)`. Exit 1 over a limit.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from gitbuddy import wiring
from gitbuddy.config import GuardSettings
from gitbuddy.core.apply import apply
from gitbuddy.core.guard import guard
from gitbuddy.gate.bench import Bench
from gitbuddy.gate.gate import Gate
from gitbuddy.git.worktree import Slot
from gitbuddy.session import open_session
from gitbuddy.testing.repo import RepoBuilder
from gitbuddy.values import Accepted, Event, Kind, Origin, Task, WriteFile

MOST_PERCENT, MOST_MILLISECONDS = 15.0, 20.0
CONFIG = '[checks.test]\ncommand = ["python3", "-m", "pytest", "-q"]\nkind = "test"\n'
TESTS = "import time\nfrom calc import add\n\n\ndef test_add():\n    time.sleep(1)\n    assert add(2, 3) == 5\n"
CALC = "def add(a, b):\n    return b + a\n"


def main() -> int:
    """Measure and print; exit 1 over a limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="gitbuddy-bench-") as name:
        os.environ["XDG_CACHE_HOME"] = f"{name}/cache"
        percent, hit = measure(Path(name), runs)
    print(
        f"gate_overhead: +{percent:.1f} % over the bare command (limit {MOST_PERCENT:.0f} %), "
        f"cache hit {hit:.1f} ms (limit {MOST_MILLISECONDS:.0f} ms)"
    )
    return int(percent > MOST_PERCENT or hit > MOST_MILLISECONDS)


def measure(folder: Path, runs: int) -> tuple[float, float]:
    """(percent more than bare, milliseconds of a cache hit), medians."""
    builder = RepoBuilder(folder / "project")
    base = builder.commit("start", files={"calc.py": CALC, "test_calc.py": TESTS, ".buddy/config.toml": CONFIG})
    session = open_session(str(builder.path), {}, ignore)
    task = Task(Kind.CHANGE, "Tidy up.", base, Origin("cli", base), ("calc.py",))
    means = wiring.means_of(session, task, folder / "checks")
    command = [sys.executable, *means.checks[0].command[1:]]
    with means.pool.slot(base) as slot:
        gate = Gate(task, Bench(slot, means.runner, means.checks, means.project), ignore)
        baseline = gate.baseline()

        def examine(number: int) -> None:
            patch = apply([WriteFile("calc.py", f"# {number}\n{CALC}")], slot.read)
            allowed = guard(patch, task, GuardSettings(), slot.tracked, slot.read)
            examined = gate.examine(allowed, session.repo.write_tree(slot.base_tree, allowed), baseline)
            assert isinstance(examined.verdict, Accepted), examined.verdict

        def bare(_number: int) -> None:
            subprocess.run(command, cwd=builder.path, check=True, capture_output=True)

        bare(0)
        examine(0)
        ratios = [seconds(examine, number) / seconds(bare, number) for number in range(1, runs + 1)]
        means.runner.remember(slot.base_tree, slot.mounts, baseline.results)
        hits = [seconds(lambda _: hit(means, slot), 0) for _ in range(20)]
    print("ratios pair by pair: " + ", ".join(f"{ratio:.3f}" for ratio in ratios))
    return (statistics.median(ratios) - 1) * 100, statistics.median(hits) * 1000


def hit(means: wiring.Means, slot: Slot) -> None:
    results = means.runner.run(means.checks, slot.base_tree, slot.mounts)
    assert all(result.cached for result in results)


def seconds(deed: Callable[[int], None], number: int) -> float:
    started = time.perf_counter()
    deed(number)
    return time.perf_counter() - started


def ignore(_event: Event) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    sys.exit(main())
