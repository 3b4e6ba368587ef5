"""How much memory there is: read from files as a kernel writes them, and from a driver that may hang."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from gitbuddy.proposers.machine import NVIDIA, Card, Machine, read_machine

GIB = 1 << 30
KIB_PER_GIB = 1 << 20
NOBODY = ("no-such-program",)


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def meminfo(total: int, available: int) -> dict[str, str]:
    lines = f"MemTotal: {total * KIB_PER_GIB} kB\nMemFree: 1 kB\nMemAvailable: {available * KIB_PER_GIB} kB\n"
    return {"proc/meminfo": lines}


def program(path: Path, script: str) -> tuple[str, ...]:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return (str(path), *NVIDIA[1:])


def test_common_memory_is_read(tmp_path: Path) -> None:
    write(tmp_path, meminfo(32, 20))

    assert read_machine(tmp_path, NOBODY) == Machine(32 * GIB, 20 * GIB)


def test_a_machine_that_tells_nothing_has_nothing(tmp_path: Path) -> None:
    assert read_machine(tmp_path, NOBODY) == Machine()


GROUPS = [
    ("v2", "0::/user/me\n", {"sys/fs/cgroup/user/me/memory.max": "max", "sys/fs/cgroup/user/memory.max": str(8 * GIB)}),
    ("v2 root", "0::/\n", {"sys/fs/cgroup/memory.max": str(8 * GIB)}),
    ("v1", "4:cpu,memory:/x\n", {"sys/fs/cgroup/memory/x/memory.limit_in_bytes": str(8 * GIB)}),
    ("v1 seen from inside", "4:memory:/x\n", {"sys/fs/cgroup/memory/memory.limit_in_bytes": str(8 * GIB)}),
]


@pytest.mark.parametrize(("name", "groups", "files"), GROUPS, ids=[name for name, _, _ in GROUPS])
def test_the_limit_of_a_control_group_counts(name: str, groups: str, files: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path, meminfo(32, 20) | {"proc/self/cgroup": groups} | files)
    machine = read_machine(tmp_path, NOBODY)

    assert (machine.memory, machine.free, machine.limited) == (8 * GIB, 8 * GIB, True)


def test_what_the_group_uses_is_not_free(tmp_path: Path) -> None:
    files = {"sys/fs/cgroup/memory.max": str(8 * GIB), "sys/fs/cgroup/memory.current": str(5 * GIB)}
    write(tmp_path, meminfo(32, 20) | {"proc/self/cgroup": "0::/\n"} | files)

    assert read_machine(tmp_path, NOBODY).free == 3 * GIB


@pytest.mark.parametrize("limit", ["max", "9223372036854771712", "", "nonsense", "-1", str(64 * GIB)])
def test_no_limit_is_none(limit: str, tmp_path: Path) -> None:
    write(tmp_path, meminfo(32, 20) | {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": limit})

    assert read_machine(tmp_path, NOBODY) == Machine(32 * GIB, 20 * GIB)


@pytest.mark.parametrize("groups", ["0::/../../other\n", "nonsense\n", "0::", ""])
def test_a_group_out_of_sight_is_no_limit(groups: str, tmp_path: Path) -> None:
    write(tmp_path, meminfo(32, 20) | {"proc/self/cgroup": groups})

    assert read_machine(tmp_path, NOBODY).memory == 32 * GIB


def test_nvidia_cards_are_counted_together(tmp_path: Path) -> None:
    said = "printf '24564, 500, RTX 4090\\n8192, 0, Old card\\n'"
    machine = read_machine(tmp_path, program(tmp_path / "smi", said))

    assert [card.name for card in machine.cards] == ["RTX 4090", "Old card"]
    assert machine.video == (24564 + 8192) << 20
    assert machine.cards[0].used == 500 << 20


@pytest.mark.parametrize("said", ["echo '[N/A], [N/A], GB10'", "echo no devices were found; exit 6", "exit 9", "true"])
def test_a_driver_that_tells_no_memory_has_no_card(said: str, tmp_path: Path) -> None:
    machine = read_machine(tmp_path, program(tmp_path / "smi", said))

    assert (machine.cards, machine.notes) == ((), ())


@pytest.mark.parametrize("said", ["exec sleep 60", "while :; do echo x; done", "sleep 60 & echo '24564, 0, x'; wait"])
def test_a_driver_that_hangs_is_left_behind(said: str, tmp_path: Path) -> None:
    machine = read_machine(tmp_path, program(tmp_path / "smi", said), patience=0.2)

    assert machine.cards == ()
    assert "did not answer" in machine.notes[0]


def test_a_program_that_cannot_start_is_no_card(tmp_path: Path) -> None:
    (tmp_path / "smi").write_bytes(b"\x7fELF nothing")
    (tmp_path / "smi").chmod(0o755)

    assert read_machine(tmp_path, (str(tmp_path / "smi"),)).cards == ()


def test_an_amd_card_is_read_once(tmp_path: Path) -> None:
    card = "sys/class/drm/card0/device"
    write(tmp_path, {f"{card}/mem_info_vram_total": str(16 * GIB), f"{card}/mem_info_vram_used": str(GIB)})
    (tmp_path / "sys/class/drm/card1").mkdir()
    (tmp_path / "sys/class/drm/card1/device").symlink_to(tmp_path / card)

    assert read_machine(tmp_path, NOBODY).cards == (Card("AMD card", 16 * GIB, GIB),)


def test_a_small_part_of_common_memory_is_no_card(tmp_path: Path) -> None:
    write(tmp_path, {"sys/class/drm/card0/device/mem_info_vram_total": str(GIB // 2)})

    assert read_machine(tmp_path, NOBODY).cards == ()


def test_this_machine_has_memory() -> None:
    machine = read_machine()

    assert 0 < machine.free <= machine.memory
