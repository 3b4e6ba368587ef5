"""What is remembered, for how long, and what damage does."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gitbuddy.checks import cache as module
from gitbuddy.checks.cache import FAILURE_LIFE, Cache, key_of
from gitbuddy.values import Check, CheckKind, CheckResult, CheckStatus, Mounts

CHECK = Check("test", ("make", "test"), CheckKind.TEST)
PASSED = CheckResult(CHECK, CheckStatus.PASSED, 0, "fine ✓\n", 1.5)
FAILED = CheckResult(CHECK, CheckStatus.FAILED, 1, "no\n", 1.5)


def test_a_result_comes_back_as_it_was_and_says_so(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "checks")
    cache.put("k", PASSED)

    assert cache.get("k", CHECK) == replace(PASSED, cached=True)
    assert cache.get("other", CHECK) is None


@pytest.mark.parametrize("status", [CheckStatus.CANNOT_RUN, CheckStatus.TIMED_OUT])
def test_what_says_nothing_about_the_tree_is_not_kept(tmp_path: Path, status: CheckStatus) -> None:
    cache = Cache(tmp_path)
    cache.put("k", replace(PASSED, status=status))

    assert cache.get("k", CHECK) is None


def test_failures_are_believed_for_an_hour_and_passes_for_good(tmp_path: Path) -> None:
    now = 1000.0
    cache = Cache(tmp_path, now=lambda: now)
    cache.put("passed", PASSED)
    cache.put("failed", FAILED)
    now += FAILURE_LIFE - 1
    young = cache.get("failed", CHECK)
    now += 2

    assert young == replace(FAILED, cached=True)
    assert cache.get("failed", CHECK) is None
    assert cache.get("passed", CHECK) is not None


def test_a_failure_from_the_future_is_not_believed(tmp_path: Path) -> None:
    Cache(tmp_path, now=lambda: 5000.0).put("k", FAILED)

    assert Cache(tmp_path, now=lambda: 1000.0).get("k", CHECK) is None


def test_a_remembered_failure_does_not_grow_younger_by_being_used(tmp_path: Path) -> None:
    now = 1000.0
    cache = Cache(tmp_path, now=lambda: now)
    cache.put("k", FAILED)
    remembered = cache.get("k", CHECK)
    assert remembered
    now += FAILURE_LIFE / 2
    cache.put("k", remembered)
    now += FAILURE_LIFE / 2 + 1

    assert cache.get("k", CHECK) is None


DAMAGE: tuple[Callable[[bytes], bytes], ...] = (
    lambda data: b"",
    lambda data: data[: len(data) // 2],
    lambda data: b"\xff\xfe",
    lambda data: b"[]",
    lambda data: b"null",
    lambda data: b'{"status": "passed"}',
    lambda data: data.replace(b'"passed"', b'"perfect"'),
    lambda data: data.replace(b'"exit_code": 0', b'"exit_code": "0"'),
    lambda data: data.replace(b'"seconds": 1.5', b'"seconds": null'),
)


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_entry_is_a_miss(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    cache = Cache(tmp_path)
    cache.put("k", PASSED)
    entry = next(tmp_path.iterdir())
    entry.write_bytes(damage(entry.read_bytes()))

    assert cache.get("k", CHECK) is None


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    Cache(tmp_path / "file" / "checks").put("k", PASSED)

    assert Cache(tmp_path / "file" / "checks").get("k", CHECK) is None


def test_no_half_written_files_are_left(tmp_path: Path) -> None:
    Cache(tmp_path).put("k", PASSED)

    assert [path.name for path in tmp_path.iterdir()] == ["k.json"]


def test_the_oldest_go_when_there_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 8)
    cache = Cache(tmp_path)
    for number in range(9):
        cache.put(f"k{number}", PASSED)
        os.utime(tmp_path / f"k{number}.json", (number, number)) if number < 8 else None
    kept = {path.stem for path in tmp_path.iterdir()}

    assert len(kept) == 6
    assert "k8" in kept
    assert "k0" not in kept


@pytest.fixture
def mounts(tmp_path: Path) -> Mounts:
    packages = tmp_path / "repo" / ".venv" / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    program = tmp_path / "repo" / ".venv" / "bin" / "tool"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return Mounts(tmp_path / "slot", tmp_path / "repo", (tmp_path / "repo" / ".venv",))


TOOL = Check("tool", ("tool", "a"), CheckKind.LINT)


def test_the_key_is_stable(mounts: Mounts) -> None:
    assert key_of(TOOL, "t", mounts, "bubblewrap") == key_of(TOOL, "t", mounts, "bubblewrap")


def other_keys(mounts: Mounts) -> set[str]:
    return {
        key_of(TOOL, "other", mounts, "bubblewrap"),
        key_of(TOOL, "t", mounts, "plain"),
        key_of(replace(TOOL, command=("tool", "b")), "t", mounts, "bubblewrap"),
        key_of(replace(TOOL, command=("tool a",)), "t", mounts, "bubblewrap"),
        key_of(replace(TOOL, kind=CheckKind.TEST), "t", mounts, "bubblewrap"),
        key_of(replace(TOOL, timeout=1.0), "t", mounts, "bubblewrap"),
        key_of(TOOL, "t", replace(mounts, at=mounts.at / "x"), "bubblewrap"),
        key_of(TOOL, "t", replace(mounts, read_only=()), "bubblewrap"),
    }


def test_whatever_decides_the_result_is_in_the_key(mounts: Mounts) -> None:
    keys = other_keys(mounts)

    assert len(keys) == 8
    assert key_of(TOOL, "t", mounts, "bubblewrap") not in keys


def test_the_name_of_a_check_does_not_decide(mounts: Mounts) -> None:
    assert key_of(TOOL, "t", mounts, "plain") == key_of(replace(TOOL, name="x"), "t", mounts, "plain")


@pytest.mark.parametrize("change", ["program", "packages", "environment", "path"])
def test_an_update_of_the_tools_is_a_miss(mounts: Mounts, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    before = key_of(TOOL, "t", mounts, "plain")
    venv = mounts.at / ".venv"
    if change == "program":
        (venv / "bin" / "tool").write_text("#!/bin/sh\nexit 1\n")
    elif change == "packages":
        os.utime(venv / "lib" / "python3.11" / "site-packages", (1, 1))
    elif change == "environment":
        (venv / "pyvenv.cfg").write_text("home = /usr/bin\n")
    else:
        monkeypatch.setenv("PATH", "/usr/bin")

    assert key_of(TOOL, "t", mounts, "plain") != before
