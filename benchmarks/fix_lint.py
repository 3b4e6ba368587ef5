"""What `git buddy fix-lint` does to real packages, without a model: how much is mended, and what must not happen.

    python benchmarks/fix_lint.py [--package NAME==VERSION]... [--downloads FOLDER]

Source distributions from the Python package index, pinned by version, each made into a repository of its own. Two runs
on each: with a broad set of ruff's rules, and from the start again with layout only (`ruff format`). What is counted is
asked of ruff anew, not taken from what gitbuddy says.

Last line: `fix_lint: before B, after A, new N, syntax changed M, time ratio R`. *before* and *after*: diagnostics over
all packages. *new*: diagnostics of a file beyond those it had, by rule and message without numbers. *syntax changed*:
files that are another program after the run with layout only (documentation and comments aside, which a formatter lays
out too). *time ratio*: seconds of the first run, which looks twice and shows that each file is better, over those of
`ruff check --fix`. Where a package brings tests that pass before, they are run again after the first run.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gitbuddy.core.languages import skeleton
from gitbuddy.testing.repo import RepoBuilder

PACKAGES = (
    "click==8.1.7",
    "httpx==0.27.0",
    "requests==2.31.0",
    "rich==13.7.0",
    "docopt==0.6.2",
    "tabulate==0.8.9",
    "Markdown==3.3.7",
)
RULES = ("E", "W", "F", "I", "B", "C4", "UP", "SIM", "RET", "PIE", "PERF", "RUF")
BROAD = f"[lint]\nselect = {json.dumps(RULES)}\n"
LAYOUT = "[lint]\nselect = []\n[format]\nquote-style = 'double'\n"
BUDGET = "900"
OTHERS = re.compile(r"^\[\[?tool\.(?:mypy|isort|black|pylint|ruff)\b.*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL)
"""Tables of `pyproject.toml` that set up linters."""
TESTS = 300.0
"""Seconds for a package's own tests."""
Diagnostics = Counter[tuple[str, str, str]]


@dataclass(frozen=True)
class Measured:
    """One package: diagnostics, files that are another program, seconds, and what its tests say."""

    before: int
    after: int
    new: int
    syntax: int
    seconds: float
    bare: float
    tests: str


def main() -> int:
    """Measure all packages; exit 1 when anything new came up or a layout changed a program."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", action="append", help="instead of the usual ones; may be repeated")
    parser.add_argument("--downloads", type=Path, help="folder in which source distributions are kept")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gitbuddy-fix-lint-") as folder:
        top = Path(folder)
        subprocess.run([*buddy(), "--help"], env=compiled(top), capture_output=True, check=True)
        downloads = given.downloads or top / "downloads"
        rows = [measure(package, top, downloads) for package in given.package or PACKAGES]
    before, after = sum(row.before for row in rows), sum(row.after for row in rows)
    new, syntax = sum(row.new for row in rows), sum(row.syntax for row in rows)
    ratio = sum(row.seconds for row in rows) / sum(row.bare for row in rows)
    worse = [row for row in rows if row.tests == "worse"]
    print(f"fix_lint: before {before}, after {after}, new {new}, syntax changed {syntax}, time ratio {ratio:.1f}")
    return int(bool(new or syntax or worse))


def measure(package: str, top: Path, downloads: Path) -> Measured:
    """One package, told in a line."""
    source = fetched(package, top, downloads)
    broad, bare, layout = (RepoBuilder(top / f"{source.name}-{name}") for name in ("broad", "bare", "layout"))
    for repo, settings in ((broad, BROAD), (bare, BROAD), (layout, LAYOUT)):
        shutil.copytree(source, repo.path, dirs_exist_ok=True)
        leave_ruff_alone(repo.path)
        repo.commit("as released", files={"ruff.toml": settings})
    before, passing = diagnostics(broad.path), tests_pass(broad.path)
    seconds = timed(buddy(), broad.path)
    after = diagnostics(broad.path)
    again = tests_pass(broad.path) if passing else None
    told = "do not run here" if not passing else ("pass" if again else "worse")
    plain = timed(["ruff", "check", "--fix", "--no-cache", "--quiet", "."], bare.path)
    timed(buddy(), layout.path)
    found = Measured(
        before.total(), after.total(), (after - before).total(), programs_changed(layout), seconds, plain, told
    )
    print(
        f"{package:18} before {found.before:5}, after {found.after:5}, new {found.new}, syntax changed {found.syntax}, "
        f"{found.seconds:6.2f} s, ruff alone {found.bare:5.2f} s (leaves {diagnostics(bare.path).total()}), "
        f"its tests {found.tests}",
        flush=True,
    )
    return found


def leave_ruff_alone(folder: Path) -> None:
    """Take out what sets up other linters, so that both sides do the same work."""
    for other in ("setup.cfg", "tox.ini", ".flake8", ".pre-commit-config.yaml", "Makefile", "noxfile.py"):
        (folder / other).unlink(missing_ok=True)
    shutil.rmtree(folder / ".github", ignore_errors=True)
    settings = folder / "pyproject.toml"
    if settings.exists():
        settings.write_text(OTHERS.sub("", settings.read_text()))


def fetched(package: str, top: Path, downloads: Path) -> Path:
    """The unpacked source distribution."""
    downloads.mkdir(parents=True, exist_ok=True)
    name = package.replace("==", "-").lower()
    archive = next((file for file in downloads.glob("*.tar.gz") if file.name.lower().startswith(name)), None)
    if archive is None:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*pip, "--dest", str(downloads), package], check=True)
        archive = next(file for file in downloads.glob("*.tar.gz") if file.name.lower().startswith(name))
    folder = top / name
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    (inner,) = folder.iterdir()
    return inner.rename(top / f"{name}-source")


def buddy() -> list[str]:
    return [sys.executable, "-P", "-m", "gitbuddy", "fix-lint", "--no-model", "--budget", BUDGET, "."]


def timed(command: Sequence[str], folder: Path) -> float:
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=compiled(folder.parent), capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr.decode())
    return time.perf_counter() - started


def compiled(top: Path) -> dict[str, str]:
    """An environment in which Python keeps what it has compiled, as where it is installed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(top / "bytecode")}


def diagnostics(folder: Path) -> Diagnostics:
    """What ruff says, by file, rule and message without numbers."""
    command = ["ruff", "check", "--no-cache", "--exit-zero", "--output-format=json", "."]
    rows = json.loads(subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout)
    return Counter((row["filename"], row["code"] or "", re.sub(r"\d+", "#", row["message"])) for row in rows)


def tests_pass(folder: Path) -> bool:
    """Whether the package's own tests run here and pass, as released or changed."""
    if not any(folder.glob("test*")):
        return False
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-W", "ignore"]
    paths = os.pathsep.join(str(place) for place in (folder / "src", folder))
    environment = os.environ | {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=TESTS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def programs_changed(repo: RepoBuilder) -> int:
    """Python files that are another program than in the commit; those that cannot be read on either side aside."""
    changed = 0
    for name in repo.git("diff", "--name-only", "-z").split("\0"):
        if name.endswith(".py"):
            before = repo.git("show", f"HEAD:{name}").encode("utf-8", "surrogateescape")
            changed += skeleton(before, name) != skeleton((repo.path / name).read_bytes(), name)
    return changed


if __name__ == "__main__":
    sys.exit(main())
