"""What stands in a record is read as it was written, or said to be damaged in a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gitbuddy.errors import GitbuddyError
from gitbuddy.git.codec import State, state_from_json, state_to_json

STATE = State("queued", 3, 1_700_000_000.5, "n", None, {"reason": "x"})


def changed(**fields: Any) -> bytes:
    return json.dumps({**json.loads(state_to_json(STATE)), **fields}).encode()


def test_a_state_comes_back_as_it_was() -> None:
    assert state_from_json(state_to_json(STATE)) == STATE
    assert state_from_json(changed(created=7)).created == 7.0


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(changed(created=10**400), id="a time beyond all numbers"),
        pytest.param(changed(created=1e300), id="a time beyond all years"),
        pytest.param(changed(created=-1), id="a time before all records"),
        pytest.param(changed(created=True), id="a truth for a time"),
        pytest.param(changed(created="7"), id="a text for a time"),
        pytest.param(changed(created=float("nan")), id="no number"),
        pytest.param(changed(details={"x": float("inf")}), id="an endless number"),
        pytest.param(state_to_json(STATE).replace(b'"epoch": 3', b'"epoch": 3, "epoch": 4'), id="a key twice"),
        pytest.param(changed(epoch="3"), id="a text for a number"),
        pytest.param(changed(state="gone"), id="an unknown state"),
        pytest.param(b"[" * 100_000, id="too deep"),
    ],
)
def test_what_is_damaged_is_said(data: bytes) -> None:
    with pytest.raises(GitbuddyError, match=r"state\.json is (damaged|not valid JSON): "):
        state_from_json(data)
