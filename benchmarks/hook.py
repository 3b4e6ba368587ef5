"""What the hook costs a person who has nothing to mend.

    python benchmarks/hook.py [--runs N]

Three questions, each asked in turns with what it is compared to, so that both meet the same machine:

- one clean file: `git-buddy fix-lint FILE` over the very command by which it asks ruff, in milliseconds (limit 60);
- the same through pre-commit, over pre-commit with a hook that does nothing (limit 1.5 times);
- 1,000 clean files of the Python that runs this, over ruff's command alone (limit 1.15 times), with the rules that the
  other benchmark of lint has; told beside it, without a limit: with hardly any rule, where ruff itself takes a fifth of
  a second and what Python needs to start weighs most.

Python keeps what it has compiled, as where it is installed. Last line: `hook: one file +A ms (limit 60), through
pre-commit B x (limit 1.5), 1,000 files C x (limit 1.15)`. Exit 1 over a limit.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from fix_lint import RULES

from gitbuddy.linters import LINTERS
from gitbuddy.testing.repo import RepoBuilder

MOST_MILLISECONDS, MOST_PRE_COMMIT, MOST_MANY = 60.0, 1.5, 1.15
FILES = 1000
FEW = "[lint]\nselect = ['F63', 'F7']\n"
MANY = f"[lint]\nselect = {[rule for rule in RULES if rule != 'RUF']}\n"
"""Without the rules that complain of `noqa` itself, by which a thousand real files are made clean."""
ASKED = ("ruff", "check", "--no-cache", "--output-format=json")
LOCAL = """\
repos:
- repo: local
  hooks:
  - {{id: {name}, name: {name}, language: system, entry: "{entry}", types: [python], require_serial: true}}
"""


def main() -> int:
    """Measure and print; exit 1 over a limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="gitbuddy-hook-") as folder:
        top = Path(folder)
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(top / "bytecode")
        os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        one, many = project(top / "one", 1, MANY), project(top / "many", FILES, MANY)
        few = project(top / "few", FILES, FEW)
        single, thousand, plain = (repo.git("ls-files", "*.py").split() for repo in (one, many, few))
        alone = [a - b for a, b in pairs(buddy(single), ruff(single), one.path, runs)]
        through = [a / b for a, b in pairs(pre_commit(top, "buddy"), pre_commit(top, "empty"), one.path, runs)]
        large = [a / b for a, b in pairs(buddy(thousand), ruff(thousand), many.path, runs)]
        light = [a / b for a, b in pairs(buddy(plain), ruff(plain), few.path, runs)]
    print(f"1,000 files with hardly any rule: {statistics.median(light):.2f} x")
    extra, ratio, many_ratio = statistics.median(alone) * 1000, statistics.median(through), statistics.median(large)
    print(
        f"hook: one file +{extra:.0f} ms (limit {MOST_MILLISECONDS:.0f}), "
        f"through pre-commit {ratio:.2f} x (limit {MOST_PRE_COMMIT}), "
        f"1,000 files {many_ratio:.2f} x (limit {MOST_MANY})"
    )
    return int(extra > MOST_MILLISECONDS or ratio > MOST_PRE_COMMIT or many_ratio > MOST_MANY)


def project(path: Path, count: int, settings: str) -> RepoBuilder:
    """A repository with so many files of the standard library; what ruff has against them is waved through."""
    repo = RepoBuilder(path)
    found = (file for file in sorted(Path(os.__file__).parent.rglob("*.py")) if fitting(file))
    for number, file in enumerate(islice(found, 2 * count)):
        shutil.copyfile(file, path / f"m{number:04}.py")
    (path / "ruff.toml").write_text(settings)
    for _ in range(2):  # a comment can make a line too long
        subprocess.run(["ruff", "check", "--add-noqa", "--no-cache", "--quiet", "."], cwd=path, check=False)
    rows = json.loads(subprocess.run([*ASKED, "."], cwd=path, capture_output=True, check=False).stdout)
    dirty = {Path(row["filename"]).name for row in rows}
    clean = [file for file in sorted(path.glob("m*.py")) if file.name not in dirty]
    for file in {*path.glob("m*.py")} - set(clean[:count]):
        file.unlink()
    repo.commit("start")
    return repo


def fitting(file: Path) -> bool:
    """Whether it is a file of some size that today's Python reads."""
    if not 2000 < file.stat().st_size < 200_000 or "lib2to3" in file.parts:
        return False
    try:
        compile(file.read_bytes(), str(file), "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def buddy(files: Sequence[str]) -> list[str]:
    return ["git-buddy", "fix-lint", *files]


def ruff(files: Sequence[str]) -> list[str]:
    return [*next(linter for linter in LINTERS if linter.name == "ruff check").look, "--", *files]


def pre_commit(top: Path, name: str) -> list[str]:
    """A run of pre-commit with one hook, ours or one that does nothing."""
    entry = "git-buddy fix-lint --budget 5" if name == "buddy" else "true"
    os.environ["PRE_COMMIT_HOME"] = str(top / "pre-commit")
    config = top / f"{name}.yaml"
    config.write_text(LOCAL.format(name=name, entry=entry))
    return ["pre-commit", "run", "--config", str(config), "--all-files"]


def pairs(first: Sequence[str], second: Sequence[str], folder: Path, runs: int) -> list[tuple[float, float]]:
    """Seconds of both commands, run in turns; the first turn warms up and does not count."""
    return [(timed(first, folder), timed(second, folder)) for _ in range(runs + 1)][1:]


def timed(command: Sequence[str], folder: Path) -> float:
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} found something, or failed: {(done.stdout + done.stderr).decode()[-500:]}")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
