"""Measurements are remembered for exactly one model, and nothing damaged is believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gitbuddy.calibration.store import Store
from gitbuddy.values import Calibration, Identity, Tally

IDENTITY = Identity("m:4b", "http://127.0.0.1:1", "ab" * 32, "Q4_K_M", "ollama 0.32.9")
KNOWN = Calibration(
    IDENTITY,
    "2026-01-02",
    "whole-file",
    think="low",
    window=16384,
    samples=2,
    prompt_rate=80.5,
    tallies=(Tally("whole-file", 3, 4, 900, 12.5),),
    notes=("no time was left",),
)


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    store = Store(tmp_path / "new")
    store.put(KNOWN)

    assert store.recall(IDENTITY) == KNOWN
    assert store.listing() == (KNOWN,)
    assert (store.is_damaged(IDENTITY), store.unreadable()) == (False, ())


CHANGES = [{"digest": "cd" * 32}, {"server": "ollama 0.33.0"}, {"quantization": "Q8_0"}, {"endpoint": "http://b:1"}]


@pytest.mark.parametrize("change", CHANGES)
def test_another_digest_quantization_or_server_is_another_model(change: dict[str, str], tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(KNOWN)

    assert store.recall(replace(IDENTITY, **change)) is None


def test_the_last_measurement_of_a_model_holds(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(KNOWN)
    store.put(replace(KNOWN, format="udiff"))

    assert [each.format for each in store.listing()] == ["udiff"]


def test_an_empty_or_missing_folder_has_nothing(tmp_path: Path) -> None:
    assert Store(tmp_path / "none").recall(IDENTITY) is None
    assert Store(tmp_path / "none").listing() == ()


def damage(text: str, **changes: object) -> str:
    value = json.loads(text)
    value["calibration"].update(changes)
    return json.dumps(value)


DAMAGED: dict[str, Callable[[str], str]] = {
    "empty": lambda text: "",
    "half": lambda text: text[: len(text) // 2],
    "no JSON": lambda text: "\0\0",
    "deep": lambda text: "[" * 100_000,
    "older": lambda text: text.replace('"version": 1', '"version": 0'),
    "unknown format": lambda text: damage(text, format="telepathy"),
    "unknown key": lambda text: text.replace('"version": 1', '"version": 1, "more": 1'),
    "no day": lambda text: damage(text, at="yesterday"),
    "negative": lambda text: damage(text, window=-1),
    "too many samples": lambda text: damage(text, samples=900),
    "no number": lambda text: damage(text, prompt_rate="NaN"),
    "of another model": lambda text: text.replace("m:4b", "m:9b"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_or_older_file_counts_as_not_there(name: str, tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put(KNOWN)
    (path,) = tmp_path.glob("*.json")
    path.write_text(DAMAGED[name](path.read_text()))

    assert store.recall(IDENTITY) is None
    assert store.is_damaged(IDENTITY)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "0a.json").write_text("nonsense")

    assert Store(tmp_path).unreadable() == (tmp_path / "0a.json",)
    assert Store(tmp_path).listing() == ()
