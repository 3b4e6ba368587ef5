"""A project, and a search for its repair through the real engine, gate and sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gitbuddy import wiring
from gitbuddy.session import open_session
from gitbuddy.testing.repo import RepoBuilder
from gitbuddy.values import Accepted, Attempt, Event, Kind, Origin, Outcome, Refused, Task

CONFIG = '[checks.test]\ncommand = ["python3", "-m", "pytest", "-q"]\nkind = "test"\ntimeout = 20\n'
CALC = """\
# Money, in cents.
def total(prices, rebate=0):
    result = 0
    for price in prices:
        result += price
    return   result + rebate  # keep   this


def cheapest(prices):
    return min(prices)
"""
TESTS = """\
from calc import cheapest, total


def test_total():
    assert total([1, 2, 3]) == 6


def test_rebate():
    assert total([10, 20], 5) == 25
    assert total([10], 3) == 7


def test_cheapest():
    assert cheapest([3, 1, 2]) == 1
"""


@dataclass
class Searched:
    """How a task of kind `fix` ended with the search as its only tier; `events` in their order."""

    repo: RepoBuilder
    outcome: Outcome
    events: list[Event] = field(default_factory=list)

    @property
    def last(self) -> Attempt:
        return self.outcome.attempts[-1]

    @property
    def refusal(self) -> str:
        verdict = self.last.verdict
        assert isinstance(verdict, Refused), verdict
        return f"{verdict.reason}: {verdict.words}"

    @property
    def doubts(self) -> tuple[str, ...]:
        verdict = self.last.verdict
        assert isinstance(verdict, Accepted), verdict
        return verdict.doubts

    def landed(self, path: str = "calc.py") -> str:
        assert self.outcome.branch, self.outcome.reason
        return self.repo.git("show", f"{self.outcome.branch}:{path}")

    def names(self) -> list[str]:
        return [event.name for event in self.events]


def searched(
    folder: Path,
    files: Mapping[str, str | bytes],
    seconds: float = 20,
    config: str = CONFIG,
    only: tuple[str, ...] = (),
) -> Searched:
    """Commit these files and search for what mends their tests; `only` are the files that the task names."""
    repo = RepoBuilder(folder / "project")
    base = repo.commit("start", files={".buddy/config.toml": config, **files})
    repo.git("config", "buddy.mutateSeconds", str(seconds))
    repo.git("config", "buddy.endpoint", "http://127.0.0.1:9")
    events: list[Event] = []
    session = open_session(str(repo.path), {}, events.append)
    task = Task(Kind.FIX, "Make the tests pass.", base, Origin("cli", base), only)
    return Searched(repo, wiring.run_task(session, task), events)
