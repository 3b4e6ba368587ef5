"""When a dear count is made, and what it says."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from gitbuddy.sandboxes import descent, usage, watch
from gitbuddy.sandboxes.watch import Watch


class Machine:
    """What is left of it, what the command has taken of that, and how often somebody counted."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.used = 0
        self.counted = 0

    def count(self) -> int:
        self.counted += 1
        return self.used

    def watch(self, limit: int) -> Watch:
        return Watch("words", limit, lambda: self.left, self.count)


@pytest.fixture(autouse=True)
def never_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_PAUSE", 3600.0)


def test_nobody_counts_while_enough_is_left() -> None:
    machine = Machine(100)
    bound = machine.watch(10)
    machine.left = 90

    assert not bound.exceeded()
    assert machine.counted == 0


def test_what_the_command_took_is_over_the_limit() -> None:
    machine = Machine(100)
    bound = machine.watch(10)
    machine.left, machine.used = 89, 11

    assert bound.exceeded()


def test_what_others_took_is_not_and_is_counted_once() -> None:
    machine = Machine(100)
    bound = machine.watch(10)
    machine.left, machine.used = 50, 4

    assert [bound.exceeded() for _ in range(3)] == [False] * 3
    assert machine.counted == 1

    machine.left, machine.used = 43, 11  # 7 more, which with the 4 is over the limit

    assert bound.exceeded()


def test_what_others_gave_back_does_not_hide_the_next_fall() -> None:
    machine = Machine(100)
    bound = machine.watch(10)
    machine.left = 200
    assert not bound.exceeded()
    machine.left, machine.used = 189, 11

    assert bound.exceeded()


def test_it_is_counted_now_and_then_whatever_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_PAUSE", 0.0)
    machine = Machine(100)
    bound = machine.watch(10)
    machine.left, machine.used = 100, 11  # somebody else gave as much back

    assert bound.exceeded()


def test_new_files_count_with_all_their_blocks_and_old_ones_and_holes_do_not(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"x" * (1 << 20))
    time.sleep(0.05)
    since = time.time()
    time.sleep(0.05)
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "new").write_bytes(b"x" * (1 << 20))
    os.utime(tmp_path / "deep" / "er" / "new", (0, 0))  # no program can set the time that counts
    with (tmp_path / "hole").open("wb") as file:
        file.truncate(1 << 30)
    (tmp_path / "loop").symlink_to(tmp_path)

    assert 1 << 20 <= usage.disk((tmp_path,), since, (), ()) < 2 << 20


def test_a_folder_that_cannot_be_read_counts_as_everything(tmp_path: Path) -> None:
    """A path longer than the kernel takes, which a program can make step by step."""
    before = Path.cwd()
    try:
        os.chdir(tmp_path)
        for _ in range(20):
            Path("x" * 250).mkdir()
            os.chdir("x" * 250)
        assert usage.disk((tmp_path,), 0, (), ()) >= usage.ALL
    finally:
        os.chdir(before)


def test_folders_that_are_gone_count_for_nothing(tmp_path: Path) -> None:
    assert usage.disk((tmp_path / "gone",), 0, (), ()) == 0


def test_processes_that_are_gone_hold_nothing() -> None:
    assert usage.memory((1 << 30,)) == 0


def test_a_process_is_measured_by_what_it_touched() -> None:
    before = usage.memory((os.getpid(),))
    held = bytearray(b"x" * (64 << 20))

    assert usage.memory((os.getpid(),)) - before > 48 << 20
    assert len(held) == 64 << 20


def test_every_thread_counts_as_a_task() -> None:
    before = descent.count_tasks(os.getuid())
    hold = threading.Event()
    threads = [threading.Thread(target=hold.wait) for _ in range(200)]
    for thread in threads:
        thread.start()
    during = descent.count_tasks(os.getuid())
    hold.set()
    for thread in threads:
        thread.join()

    assert during - before > 100  # other programs of this user come and go
