"""Commands of the user's own tools, run side by side and bounded."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from gitbuddy.mending.plain import Command, run


@pytest.fixture(params=["told by the kernel", "asked again and again"])
def waiting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the end of a command is learnt: kernels before 5.3 do not tell it."""

    def refused(_: int) -> int:
        raise OSError

    if request.param == "asked again and again":
        monkeypatch.setattr(os, "pidfd_open", refused)
    return str(request.param)


def shell(script: str) -> Command:
    return Command("", ("/bin/sh", "-c", script))


@pytest.mark.usefixtures("waiting")
def test_each_command_has_its_exit_code_and_what_it_printed(tmp_path: Path) -> None:
    ended = run([shell("sleep 0.1; echo one; exit 3"), shell("echo two >&2"), shell("kill -9 $$")], tmp_path, 60.0)

    assert [(each.exit_code, each.output, each.late) for each in ended] == [
        (3, "one\n", False),
        (0, "two\n", False),
        (-9, "", False),
    ]


@pytest.mark.usefixtures("waiting")
def test_what_takes_longer_than_there_is_time_is_late_and_has_ended(tmp_path: Path) -> None:
    slow, quick = run([shell("echo $$; exec sleep 600"), shell("echo done")], tmp_path, 0.3)

    assert (slow.exit_code, slow.late) == (None, True)
    assert (quick.exit_code, quick.output) == (0, "done\n")
    assert not Path("/proc", slow.output.strip()).exists()


def test_a_program_that_is_not_there_was_not_started(tmp_path: Path) -> None:
    (ended,) = run([Command("", (str(tmp_path / "absent"),))], tmp_path, 60.0)

    assert (ended.exit_code, ended.late) == (None, False)


def test_any_time_may_be_given(tmp_path: Path) -> None:
    (ended,) = run([shell("sleep 0.1")], tmp_path, 1e12)

    assert ended.exit_code == 0


def test_the_end_of_a_command_is_not_slept_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def asleep(seconds: float) -> None:
        raise AssertionError(f"slept for {seconds} s")

    monkeypatch.setattr(time, "sleep", asleep)
    (ended,) = run([shell("sleep 0.2; exit 1")], tmp_path, 60.0)

    assert ended.exit_code == 1
