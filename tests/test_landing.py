"""An accepted change lands only where the base still stands, whatever was missed on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gitbuddy import wiring
from gitbuddy.git.watch import Watch
from gitbuddy.session import open_session
from gitbuddy.testing.repo import RepoBuilder
from gitbuddy.testing.scripted import ScriptedProposer
from gitbuddy.values import Brief, Event, Kind, Origin, Outcome, Task

EDIT = "calc.py\n```\n<<<<<<< SEARCH\nvalue = 0\n=======\nvalue = 1\n>>>>>>> REPLACE\n```\n"
FILES = {"calc.py": "value = 0\n", "other.py": "", ".buddy/config.toml": '[checks.test]\ncommand = ["true"]\n'}


@pytest.fixture
def builder(tmp_path: Path, require: Callable[[str], str]) -> RepoBuilder:
    require("bwrap")
    builder = RepoBuilder(tmp_path / "repo")
    builder.commit("start", files=FILES)
    return builder


def run(builder: RepoBuilder, deed: Callable[[Path], object]) -> Outcome:
    """One job with one good proposal, and something that happens in its worktree after it was judged."""
    worktrees: list[Path] = []

    def answer(brief: Brief) -> str:
        worktrees.append(brief.mounts.worktree)
        return EDIT

    def emit(event: Event) -> None:
        if event.name == "verification_pass":
            deed(worktrees[0])

    session = open_session(str(builder.path), {"model": "scripted"}, emit)
    task = Task(Kind.CHANGE, "set the value", builder.head(), Origin("cli", "x"), ("calc.py",))
    engine = wiring.build_engine(session, task)
    return replace(engine, proposers=dict.fromkeys(engine.proposers, ScriptedProposer(answer))).run(task)


def remembered(builder: RepoBuilder) -> int:
    """How many results of checks are kept."""
    folder = open_session(str(builder.path), {}, lambda event: None).cache / "checks"
    return sum(path.is_file() for path in folder.rglob("*"))


def test_what_only_the_thorough_pass_finds_keeps_a_change_from_landing(
    builder: RepoBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Watch, "touched", lambda watch: frozenset())  # as if it had missed everything
    before = builder.manifest()
    outcome = run(builder, lambda worktree: (worktree / "other.py").write_text("x"))

    assert (outcome.state, outcome.branch) == ("gave-up", None)
    assert outcome.reason.endswith(": other.py")
    assert remembered(builder) == 1  # what was said of the base
    assert builder.manifest() == before


def test_where_the_base_stands_it_lands(builder: RepoBuilder) -> None:
    assert run(builder, lambda worktree: (worktree / "other.py").read_text()).state == "landed"
    assert remembered(builder) == 2
