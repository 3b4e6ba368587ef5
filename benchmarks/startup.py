"""How long `git-buddy --version` and `--help` take against a bare interpreter, as ratios of medians.

    python benchmarks/startup.py [--runs N]

The three commands take turns, so that a machine whose speed drifts drifts for all of them alike.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

LIMIT = 5.0


def main() -> int:
    """Measure and print; exit 1 when a ratio is over the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=40)
    runs: int = parser.parse_args().runs
    program = Path(sys.executable).with_name("git-buddy")
    commands = {
        "python": [sys.executable, "-I", "-c", "pass"],
        "version": [str(program), "--version"],
        "help": [str(program), "--help"],
    }
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(runs + 2):
        for name, command in commands.items():
            taken = timed(command)
            if run >= 2:  # the first rounds fill the page cache
                seconds[name].append(taken)
    median = {name: statistics.median(values) for name, values in seconds.items()}
    ratios = {name: median[name] / median["python"] for name in ("version", "help")}
    for name, value in median.items():
        print(f"{name:8} median {value * 1000:6.1f} ms  min {min(seconds[name]) * 1000:6.1f}  of {runs}")
    print(f"startup: version {ratios['version']:.2f}x, help {ratios['help']:.2f}x of python -I (limit {LIMIT:.0f}x)")
    return int(max(ratios.values()) > LIMIT)


def timed(command: list[str]) -> float:
    """Wall seconds of one run."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
