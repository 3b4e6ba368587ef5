"""Fixtures of the end-to-end tests: the sample project, and the proof that the user's side stays as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from linted import linted
from sample import Project, left_alone, projects


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with projects(tmp_path) as made:
        yield made


@pytest.fixture
def untouched(project: Project) -> Iterator[Callable[[], str]]:
    with left_alone(project) as again:
        yield again


@pytest.fixture
def lint(tmp_path: Path) -> Iterator[Project]:
    with linted(tmp_path) as made:
        yield made
