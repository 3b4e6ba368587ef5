"""Fixtures of the end-to-end tests: the sample project, and the proof that the user's side stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sample import CALC, CONFIG, MODEL, RIGHT, TEST, Project

from gitbuddy.testing.ollama_server import ChatRequest, OllamaServer, Reply
from gitbuddy.testing.repo import RepoBuilder


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """The buggy project, committed; its model gives the right answer unless told otherwise."""
    repo = RepoBuilder(tmp_path / "project")
    repo.commit("start", files={"calc.py": CALC, "test_calc.py": TEST, ".buddy/config.toml": CONFIG})
    replies: list[Reply] = [Reply(RIGHT)]

    def script(_request: ChatRequest) -> Reply:
        return replies.pop(0) if len(replies) > 1 else replies[0]

    with OllamaServer(models=[MODEL], script=script) as server:
        yield Project(repo, server, replies)


@pytest.fixture
def untouched(project: Project) -> Iterator[Callable[[], str]]:
    """Whatever the test does, the user's checkout, index, stash, HEAD, config and hooks are as before."""
    before = [project.repo.manifest()]

    def again() -> str:
        before[0] = project.repo.manifest()
        return before[0]

    yield again

    assert project.repo.manifest() == before[0]
    assert project.repo.git("fsck", "--strict", "--no-dangling") == ""
