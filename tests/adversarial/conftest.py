"""A project on a slot, ready for candidates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from trial import Given, Trial, trials


@pytest.fixture
def given(tmp_path: Path) -> Iterator[Given]:
    with trials(tmp_path) as make:
        yield make


@pytest.fixture
def trial(given: Given) -> Trial:
    """A fix of the usual project."""
    return given()
