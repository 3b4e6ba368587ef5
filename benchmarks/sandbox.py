"""What a sandbox costs: the launch of `/bin/true` over limits alone, and our own memory while a command prints.

    python benchmarks/sandbox.py [--runs N] [--gigabytes N]

The sandboxes take turns, so that a machine whose speed drifts drifts for all of them alike; run it on one that does
nothing else. Those that this machine does not have are left out by name.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from gitbuddy.errors import GitbuddyError
from gitbuddy.protocols import Sandbox
from gitbuddy.sandboxes.bubblewrap import Bubblewrap
from gitbuddy.sandboxes.choose import SYSTEM_PATH
from gitbuddy.sandboxes.landlock import Landlock
from gitbuddy.sandboxes.plain import Plain
from gitbuddy.sandboxes.toolchain import Toolchain, find_toolchain
from gitbuddy.values import Limits, Mounts

MAX_OVER, MAX_MEMORY = 10.0, 64.0
"""Milliseconds over plain; megabytes."""
WARM = 3


def main() -> int:
    """Measure and print; exit 1 when a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--gigabytes", type=int, default=10)
    options = parser.parse_args()
    tools = find_toolchain(os.environ, Path.home())
    with tempfile.TemporaryDirectory(prefix="gitbuddy-bench-") as folder:
        mounts = Mounts(Path(folder), Path(folder))
        medians = launches(available(tools), mounts, options.runs)
        grown = output(Plain(tools), mounts, options.gigabytes)
    over = {name: median - medians["plain"] for name, median in medians.items() if name != "plain"}
    launched = ", ".join(f"{name} {more:+.1f} ms" for name, more in over.items()) or "none but plain here"
    print(
        f"sandbox: {launched} over plain (limit {MAX_OVER:.0f} ms), "
        f"{options.gigabytes} GB of output in {grown:.0f} MB more memory (limit {MAX_MEMORY:.0f} MB)"
    )
    return int(max(over.values(), default=0.0) > MAX_OVER or grown > MAX_MEMORY)


def available(tools: Toolchain) -> list[Sandbox]:
    """Every sandbox of this machine, plain first."""
    found: list[Sandbox] = [Plain(tools)]
    try:
        found.append(Landlock(tools))
    except GitbuddyError as error:
        print(f"left out: {error.message}")
    if program := shutil.which("bwrap", path=SYSTEM_PATH):
        found.append(Bubblewrap(tools, Path(program)))
    else:
        print("left out: bubblewrap is not installed")
    return found


def launches(sandboxes: list[Sandbox], mounts: Mounts, runs: int) -> dict[str, float]:
    """Median milliseconds of a command that does nothing, by the sandbox's name."""
    taken: dict[str, list[float]] = {sandbox.name: [] for sandbox in sandboxes}
    for run in range(runs + WARM):
        for sandbox in sandboxes:
            started = time.perf_counter()
            done = sandbox.run(["/bin/true"], mounts, Limits(seconds=20), {})
            milliseconds = (time.perf_counter() - started) * 1000
            if done.exit_code != 0:
                raise SystemExit(f"{sandbox.name} does not work here: {done.output.decode('utf-8', 'replace')}")
            if run >= WARM:
                taken[sandbox.name].append(milliseconds)
    for name, values in taken.items():
        print(f"{name:10} median {statistics.median(values):5.1f} ms  min {min(values):5.1f}  of {runs}")
    return {name: statistics.median(values) for name, values in taken.items()}


def output(sandbox: Sandbox, mounts: Mounts, gigabytes: int) -> float:
    """Megabytes by which the peak of our own memory grows while a command prints that much."""
    before, started = peak(), time.perf_counter()
    command = ["head", "-c", f"{gigabytes}G", "/dev/zero"]
    done = sandbox.run(command, mounts, Limits(seconds=600), {})
    seconds = time.perf_counter() - started
    if done.exit_code != 0 or b"bytes left out" not in done.output:
        raise SystemExit(f"the output did not come through: exit code {done.exit_code}")
    print(f"{gigabytes} GB of output: {seconds:.1f} s, {len(done.output)} bytes kept, peak {peak():.0f} MB")
    return peak() - before


def peak() -> float:
    """Largest resident size of this process so far, in megabytes; getrusage(2) counts in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
