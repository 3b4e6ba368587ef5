"""What most tests of the git room start from: a repository with a little project, and its records."""

from __future__ import annotations

from pathlib import Path

import pytest
from given import given_repo

from gitbuddy.git.records import Records
from gitbuddy.git.repo import Repo
from gitbuddy.testing.repo import RepoBuilder


@pytest.fixture
def builder(tmp_path: Path) -> RepoBuilder:
    return given_repo(tmp_path / "repo")


@pytest.fixture
def repo(builder: RepoBuilder) -> Repo:
    return Repo.open(builder.path)


@pytest.fixture
def records(repo: Repo) -> Records:
    return Records(repo)
