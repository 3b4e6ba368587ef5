"""A project on a slot, ready for candidates; and one with a model server, for the whole command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sample import Project, left_alone, projects
from trial import Given, Trial, trials


@pytest.fixture
def given(tmp_path: Path) -> Iterator[Given]:
    with trials(tmp_path) as make:
        yield make


@pytest.fixture
def trial(given: Given) -> Trial:
    """A fix of the usual project."""
    return given()


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with projects(tmp_path) as made:
        yield made


@pytest.fixture
def untouched(project: Project) -> Iterator[Callable[[], str]]:
    with left_alone(project) as again:
        yield again
