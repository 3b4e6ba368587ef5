"""How long `git buddy scan` takes on a checkout, cold and warm, and the memory it needs.

    python benchmarks/scan.py PATH [--files N]

PATH is a git checkout, or a folder that is copied into a new repository first; with `--files` only so many source
files of it are taken. Each scan is a new process, cold with an empty cache. `rss` is the peak of the resident memory
of the process and its workers together, added up every few milliseconds; pages that they share count several times.
`changed` is a scan after one file was changed. Limits hold for 5,000 files on two cores.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from gitbuddy.core.endings import language_of
from gitbuddy.testing.repo import RepoBuilder

COLD, WARM, MEMORY = 20.0, 0.5, 300.0
"""Seconds, seconds, MB, for 5,000 files."""
WARM_RUNS = 5
GLANCE = 0.01
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Run:
    """One finished scan: seconds on the wall and of all processors, and the peak of its memory in MB."""

    seconds: float
    processor: float
    rss: float


def main() -> int:
    """Measure and print; exit 1 when a limit for 5,000 files is not met, scaled for more files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--files", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gitbuddy-scan-") as folder:
        top = Path(folder)
        checkout = options.path.resolve()
        ours = not (checkout / ".git").exists() or options.files > 0
        if ours:
            checkout = copied(checkout, top / "checkout", options.files)
        count = len(sources(checkout))
        cold = scanned(checkout, top / "cache")
        print(f"cold    {told(cold)}  {count} files", flush=True)
        warm = [scanned(checkout, top / "cache") for _ in range(WARM_RUNS)]
        for run in warm:
            print(f"warm    {told(run)}")
        if ours:
            change(checkout)
            changed = scanned(checkout, top / "cache")
            print(f"changed {told(changed)}")
        seconds, rss = statistics.median(run.seconds for run in warm), max(cold.rss, *(run.rss for run in warm))
    scale = max(1.0, count / 5000)
    print(f"scan: files {count}, cold {cold.seconds:.1f} s, warm {seconds:.2f} s, rss {rss:.0f} MB")
    return int(cold.seconds > COLD * scale or seconds > WARM * scale or rss > MEMORY * scale)


def told(run: Run) -> str:
    """One run in a line; where other programs run, its processor seconds say more than the wall's."""
    return f"{run.seconds:6.2f} s  processor {run.processor:6.2f} s  {run.rss:5.0f} MB"


def copied(folder: Path, target: Path, most: int) -> Path:
    """A repository with the source files of a folder, all or the first so many by path."""
    builder = RepoBuilder(target)
    found = sorted(path for path in folder.rglob("*") if language_of(path.name) and ".git" not in path.parts)
    taken = list(islice((path for path in found if path.is_file() and not path.is_symlink()), most or None))
    if not taken:
        raise SystemExit(f"no source files in a language that is read: {folder}")
    for path in taken:
        place = target / path.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    builder.git("add", "--all", "--force")
    builder.git("commit", "--quiet", "--message=tree")
    builder.git("gc", "--quiet")
    return target


def sources(checkout: Path) -> list[str]:
    """Tracked files in a language that is read."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=checkout, capture_output=True, check=True).stdout
    return [path for path in os.fsdecode(listed).split("\0") if language_of(path)]


def change(checkout: Path) -> None:
    """Commit another line in one file."""
    with (checkout / sources(checkout)[0]).open("a") as file:
        file.write("\n")
    RepoBuilder(checkout).commit("changed")


def scanned(checkout: Path, cache: Path) -> Run:
    """Scan in a new process, and watch the memory of it and of its children."""
    command = [sys.executable, "-m", "gitbuddy", "-C", str(checkout), "scan"]
    environment = dict(os.environ) | {"GITBUDDY_CACHE": str(cache)}
    started, before = time.perf_counter(), _processor()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as scan:
        peaks: list[float] = [0.0]
        watch = threading.Thread(target=_watch, args=(scan, peaks))
        watch.start()
        code = scan.wait()
        seconds = time.perf_counter() - started
        watch.join()
    if code:
        raise SystemExit(f"the scan failed with exit code {code}: {' '.join(command)}")
    return Run(seconds, _processor() - before, peaks[0])


def _processor() -> float:
    """Processor seconds of all that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch(scan: subprocess.Popen[bytes], peaks: list[float]) -> None:
    while scan.poll() is None:
        peaks[0] = max(peaks[0], sum(map(_resident, family(scan.pid))))
        time.sleep(GLANCE)


def family(pid: int) -> Sequence[int]:
    """A process and all that descend from it."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:
        return [pid]
    return [pid, *(one for child in children for one in family(child))]


def _resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    sys.exit(main())
