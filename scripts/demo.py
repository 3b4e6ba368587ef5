"""`make demo`: a real little project with a lint mess, a failing test and a wish, served by `git buddy` as you watch.

Needs no network and no model server. The lint is mended by ruff, the failing test by a search for a small repair. The
wish goes through a cascade of two tiers: your local Ollama if one answers and has a model, else replies recorded for
this demo, the first two of them wrong.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from gitbuddy.errors import GitbuddyError, ModelUnavailable
from gitbuddy.proposers import catalogue
from gitbuddy.proposers.endpoint import Endpoint, parse_endpoint
from gitbuddy.proposers.installed import PORT, list_models
from gitbuddy.sandboxes.choose import choose

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "demo-project"
OLLAMA = os.environ.get("OLLAMA_HOST", "http://127.0.0.1:11434")

PYPROJECT = """\
[project]
name = "shelf"
version = "0.1"

[tool.pytest.ini_options]
pythonpath = ["src"]

[tool.ruff.lint]
select = ["E", "F", "I", "UP"]
"""

LOANS = '''\
"""Library loans: how long a book may stay out, and what it costs to forget it."""
import sys, os
from typing import List
from datetime import date, timedelta

LOAN_DAYS = 21


def due(taken: date, renewals: int = 0) -> date:
    """The day a loan ends; each renewal adds a full loan period."""
    return taken + timedelta(days=LOAN_DAYS * (renewals + 1))


def fine(taken: date, returned: date, renewals: int = 0) -> int:
    """Cents to pay: ten for each day late, at most five euros."""
    late = (returned - due(taken, renewals)).days
    return min(late * 10, 500)


def overdue(loans: List[date], today: date) -> List[date]:
    """The loans whose day has passed."""
    return [taken for taken in loans if due(taken) <= today]
'''

TESTS = """\
from datetime import date

from loans import due, fine, overdue

TAKEN = date(2026, 3, 2)


def test_a_loan_ends_after_three_weeks():
    assert due(TAKEN) == date(2026, 3, 23)


def test_a_renewal_adds_three_weeks():
    assert due(TAKEN, renewals=1) == date(2026, 4, 13)


def test_a_fine_grows_by_the_day():
    assert fine(TAKEN, date(2026, 3, 28)) == 50


def test_a_fine_is_capped():
    assert fine(TAKEN, date(2027, 3, 2)) == 500


def test_overdue_lists_late_loans_only():
    assert overdue([TAKEN, date(2026, 3, 20)], date(2026, 3, 30)) == [TAKEN]


def test_a_loan_is_not_overdue_on_its_last_day():
    assert overdue([TAKEN], date(2026, 3, 23)) == []
"""

WISH = """

def test_returning_early_costs_nothing():
    assert fine(TAKEN, date(2026, 3, 10)) == 0


def test_the_first_day_is_free():
    assert fine(TAKEN, date(2026, 3, 24)) == 0
    assert fine(TAKEN, date(2026, 3, 25)) == 20
"""
ACCEPT = ("test_returning_early_costs_nothing", "test_the_first_day_is_free")

BLOCK = """\
src/loans.py
```python
<<<<<<< SEARCH
{search}
=======
{replace}
>>>>>>> REPLACE
```
"""


def block(search: str, replace: str) -> str:
    """One search/replace block for the demo's module, as a model would write it."""
    return BLOCK.format(search=search, replace=replace)


FINE = "    return min(late * 10, 500)"
UNCAPPED, NO_FREE_DAY, RIGHT = (
    "    return max(0, late * 10)",
    "    return max(0, min(late * 10, 500))",
    "    return min(late * 10, 500) if late > 1 else 0",
)

REPLIES = (
    ("fast", 1, "A fine is never negative.\n\n" + block(FINE, UNCAPPED)),
    ("fast", 2, "I see, the cap stays.\n\n" + block(FINE, NO_FREE_DAY)),
    ("deep", 1, "Neither an early return nor one late day costs anything.\n\n" + block(FINE, RIGHT)),
)


def main() -> None:
    """Build the project, run both jobs, show what came of it."""
    build_project()
    environment = dict(os.environ) | sandbox_setting()
    say("1. fix-lint: ruff proposes, the project's checks decide")
    buddy(environment, "run", "--kind", "fix-lint", "Tidy what the linter complains about")
    taken = [take_newest()]
    say("2. fix: a search for a small repair, no model needed")
    buddy(environment, "run", "--kind", "fix", "Make the failing test pass")
    taken.append(take_newest())
    say("3. change, tests first: a cascade of two tiers, " + cascade())
    add_wish()
    accepted = [word for name in ACCEPT for word in ("--accept", name)]
    buddy(environment, "run", "--kind", "change", "-f", "src/loans.py", *accepted, "No fine for a day late or less")
    taken.append(newest_branch())
    say("What git shows now")
    git("log", "--graph", "--oneline", "--decorate", "--branches")
    say("git buddy log")
    buddy(environment, "log")
    for branch in taken:
        say(f"git show {branch}")
        git("show", "--format=%an <%ae>%n%n%B", branch)
    print(f"\nLook around: cd {PROJECT.relative_to(Path.cwd()) if PROJECT.is_relative_to(Path.cwd()) else PROJECT}")


def take_newest() -> str:
    """Take the newest result as a person would after a look at it; its name."""
    branch = newest_branch()
    git("merge", "--quiet", "--ff-only", branch)
    print(f"(taken as you would: git merge --ff-only {branch})")
    return branch


def add_wish() -> None:
    """Commit tests that say what is wished for."""
    tests = PROJECT / "tests" / "test_loans.py"
    tests.write_text(tests.read_text() + WISH)
    git("commit", "--quiet", "--all", "-m", "Tests for fines that forgive a day")


def build_project() -> None:
    """A fresh repository in `demo-project`, with an identity of its own."""
    if PROJECT.exists():
        shutil.rmtree(PROJECT)
    for path, text in {"pyproject.toml": PYPROJECT, "src/loans.py": LOANS, "tests/test_loans.py": TESTS}.items():
        (PROJECT / path).parent.mkdir(parents=True, exist_ok=True)
        (PROJECT / path).write_text(text)
    git("init", "--quiet", "--initial-branch=main")
    git("config", "user.name", "Demo User")
    git("config", "user.email", "demo@example.org")
    git("add", ".")
    git("commit", "--quiet", "-m", "Loans and fines")


def sandbox_setting() -> dict[str, str]:
    """Nothing where a sandbox works. Else limits only: fit for this demo's own content and for nothing else."""
    try:
        choose("auto")
    except GitbuddyError as error:
        print(f"note: {error.message}\nnote: this demo's content is ours, so it runs with limits only")
        return {"GITBUDDY_SANDBOX": "external"}
    return {}


def cascade() -> str:
    """Choose who answers the third job, and say who."""
    try:
        if models := catalogue.tiers_for(list_models(Endpoint(parse_endpoint(OLLAMA, PORT)), 10), OLLAMA):
            return "your local Ollama: " + ", ".join(tier.model for tier in models)
    except ModelUnavailable:
        pass
    transcript = PROJECT / ".git" / "demo-replies.jsonl"
    lines = [{"task": "*", "tier": tier, "attempt": number, "reply": reply} for tier, number, reply in REPLIES]
    transcript.write_text("".join(json.dumps(line) + "\n" for line in lines))
    git("config", "buddy.tiers", "fast deep")
    for tier in ("fast", "deep"):
        git("config", f"buddy.tier.{tier}.proposer", "replay")
        git("config", f"buddy.tier.{tier}.model", str(transcript))
    return "answered by recorded replies (no Ollama with a model answers here)"


def newest_branch() -> str:
    """The result branch that was made last."""
    arguments = ["for-each-ref", "--sort=-creatordate", "--format=%(refname:short)", "--count=1", "refs/heads/buddy"]
    return subprocess.run(["git", *arguments], cwd=PROJECT, check=True, capture_output=True, text=True).stdout.strip()


def say(title: str) -> None:
    """A heading."""
    print(f"\n== {title}", flush=True)


def git(*arguments: str) -> None:
    """Run git in the demo's project."""
    subprocess.run(["git", "--no-pager", *arguments], cwd=PROJECT, check=True)


def buddy(environment: dict[str, str], *arguments: str) -> None:
    """Run `git buddy` in the demo's project, showing the command; its failure ends the demo."""
    print("$ git buddy " + " ".join(f'"{word}"' if " " in word else word for word in arguments), flush=True)
    result = subprocess.run([sys.executable, "-m", "gitbuddy", *arguments], cwd=PROJECT, env=environment, check=False)
    if result.returncode:
        sys.exit(f"the demo failed: git buddy {arguments[0]} ended with {result.returncode}")


if __name__ == "__main__":
    main()
