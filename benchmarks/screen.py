"""How many candidates a second the warm test runner screens, and how many one pytest process for each would.

    python benchmarks/screen.py [--candidates 300] [--single 10] [--workers 2]

The suite is ten small tests of ten functions; each candidate edits one and is tried against the whole suite. Every
second one is right. Both are timed with all that they need to start.

Last line: `screen: N candidates/s, K x of one process each`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gitbuddy.checks import inside

NAME = "screen_ab12"
TESTS = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--candidates", type=int, default=300)
    parser.add_argument("--single", type=int, default=10, help="processes that are timed")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        project = top / "project"
        write_project(project)
        screened = options.candidates / screen(top, project, options.candidates, options.workers)
        single = options.single / singles(project, options.single)
    print(f"one process each: {single:.2f} candidates/s, one after another")
    print(f"screen: {screened:.1f} candidates/s, {screened / single:.1f} x of one process each")


def write_project(project: Path) -> None:
    project.mkdir()
    functions = (f"def f{number}(a, b):\n    return a - b\n" for number in range(TESTS))
    tests = (
        f"def test_{number}():\n    assert calc.f{number}(3, {number}) == 3 - {number}\n" for number in range(TESTS)
    )
    (project / "calc.py").write_text("import json\n\n\n" + "\n\n".join(functions))
    (project / "test_calc.py").write_text("import calc\n\n\n" + "\n\n".join(tests))


def screen(top: Path, project: Path, count: int, workers: int) -> float:
    """Seconds for so many candidates."""
    shutil.copytree(Path(inside.__file__).parent / "gitbuddy_screen", top / "tools" / NAME)
    requests, answers = top / "requests", top / "answers"
    at = (project / "calc.py").read_text().rindex("-")
    ids = [f"test_calc.py::test_{number}" for number in range(TESTS)]
    lines = [
        {"id": number, "edits": {"calc.py": [[at, at + 1, "-+"[number % 2]]]}, "tests": ids, "seconds": 10}
        for number in range(count)
    ]
    requests.write_text("".join(json.dumps(line) + "\n" for line in [*lines, {"end": True}]))
    settings = {"requests": str(requests), "answers": str(answers), "workers": workers, "memory": 1 << 30}
    environment = {**os.environ, "PYTHONPATH": str(top / "tools"), "GITBUDDY_SCREEN": json.dumps(settings)}
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "pytest", "-p", NAME], cwd=project, env=environment, check=True)
    seconds = time.monotonic() - started
    told = [json.loads(line).get("ended") for line in answers.read_text().splitlines()]
    assert (told.count("passed"), told.count("failed")) == ((count + 1) // 2, count // 2), told
    return seconds


def singles(project: Path, count: int) -> float:
    started = time.monotonic()
    for _ in range(count):
        subprocess.run([sys.executable, "-m", "pytest", "-xq"], cwd=project, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - started


if __name__ == "__main__":
    main()
