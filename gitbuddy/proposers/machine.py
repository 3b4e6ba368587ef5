"""How much memory this machine has for a model: graphics cards first, else the memory that everything shares.

Nothing here can fail or hang: what cannot be read is not there, and a driver that does not answer is left behind.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

MIB = 1 << 20
LEAST_CARD = 3 << 30
"""Bytes of video memory from which a card is one. Below, it is the part of the common memory that a processor's own
graphics takes."""
PATIENCE = 5.0
"""Seconds that `nvidia-smi` may take; with a broken driver it never ends."""
LONGEST = 64 << 10
NVIDIA = ("nvidia-smi", "--query-gpu=memory.total,memory.used,name", "--format=csv,noheader,nounits")
UNLIMITED = 1 << 60
"""A control group without a limit says a number of about this size (cgroup v1) or `max` (v2)."""


@dataclass(frozen=True, slots=True)
class Card:
    """A graphics card with memory of its own, in bytes."""

    name: str
    memory: int
    used: int = 0


@dataclass(frozen=True, slots=True)
class Machine:
    """`memory` is what this process may use, in bytes (0: not known), `free` what of it nobody uses now.

    `limited` says that a control group allows less than the machine has. `notes` are sentences about what could not
    be read.
    """

    memory: int = 0
    free: int = 0
    cards: tuple[Card, ...] = ()
    limited: bool = False
    notes: tuple[str, ...] = ()

    @property
    def video(self) -> int:
        """Bytes of video memory on all cards: the servers spread the layers of a model over them."""
        return sum(card.memory for card in self.cards)


def read_machine(root: Path = Path("/"), nvidia: Sequence[str] = NVIDIA, patience: float = PATIENCE) -> Machine:
    """This machine now. `root` is where `proc` and `sys` are mounted."""
    total, free = _shared(root / "proc/meminfo")
    limit, used = _control_group(root)
    limited = 0 < limit < total
    if limited:
        total, free = limit, max(0, min(free, limit - used))
    nvidia_cards, notes = _nvidia(nvidia, patience)
    return Machine(total, free, (*nvidia_cards, *_amd(root / "sys/class/drm")), limited, notes)


def _shared(meminfo: Path) -> tuple[int, int]:
    """`MemTotal` and `MemAvailable` in bytes (proc_meminfo(5))."""
    found = dict(re.findall(r"^(\w+):\s+(\d+) kB$", _read(meminfo), re.MULTILINE))
    return int(found.get("MemTotal", 0)) * 1024, int(found.get("MemAvailable", 0)) * 1024


def _control_group(root: Path) -> tuple[int, int]:
    """The narrowest memory limit above this process and what is used of it, in bytes; zero for none (cgroups(7))."""
    narrowest = (0, 0)
    for folder, limit_name, used_name in _groups(root):
        limit = _number(folder / limit_name)
        if 0 < limit < UNLIMITED and (not narrowest[0] or limit < narrowest[0]):
            narrowest = (limit, _number(folder / used_name))
    return narrowest


def _groups(root: Path) -> Iterator[tuple[Path, str, str]]:
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        if ".." in path.split("/"):
            continue  # the group lies outside of what this container sees
        if not controllers:
            mount, names = root / "sys/fs/cgroup", ("memory.max", "memory.current")
        elif "memory" in controllers.split(","):
            mount, names = root / "sys/fs/cgroup/memory", ("memory.limit_in_bytes", "memory.usage_in_bytes")
        else:
            continue
        folder = mount / path.strip("/")
        yield from ((each, *names) for each in (folder, *folder.parents) if each.is_relative_to(mount))


def _nvidia(command: Sequence[str], patience: float) -> tuple[tuple[Card, ...], tuple[str, ...]]:
    program = shutil.which(command[0])
    if program is None:
        return (), ()
    said = _said_by([program, *command[1:]], patience)
    if said is None:
        return (), (f"the driver of the NVIDIA card did not answer within {patience:g} s, so the card is not counted",)
    found = re.findall(r"^\s*(\d+), *(\d+), *(.+?)\s*$", said, re.MULTILINE)
    cards = (Card(_shown(name), int(total) * MIB, int(used) * MIB) for total, used, name in found)
    return tuple(card for card in cards if card.memory >= LEAST_CARD), ()


def _amd(folder: Path) -> tuple[Card, ...]:
    """Cards of the amdgpu driver, which tells its memory in files (the kernel's documentation, "GPU amdgpu")."""
    cards: dict[str, Card] = {}
    for device in sorted(folder.glob("card*/device")):
        total = _number(device / "mem_info_vram_total")
        if total >= LEAST_CARD:
            name = _shown(_read(device / "product_name").strip()) or "AMD card"
            cards[os.path.realpath(device)] = Card(name, total, _number(device / "mem_info_vram_used"))
    return tuple(cards.values())


def _said_by(command: Sequence[str], patience: float) -> str | None:
    """What a program prints; None when it does not come to an end in time.

    It is killed then and not waited for: a process that hangs in its driver cannot even be killed.
    """
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return ""
    assert process.stdout is not None
    with process.stdout as output:
        said = _drained(output, time.monotonic() + patience)
    if said is None:
        process.kill()
    with suppress(subprocess.TimeoutExpired):
        process.wait(0.5)
    return said


def _drained(output: IO[bytes], end: float) -> str | None:
    data = b""
    while len(data) < LONGEST and (left := end - time.monotonic()) > 0:
        if select.select([output], [], [], left)[0]:
            chunk = os.read(output.fileno(), 4096)
            if not chunk:
                return data.decode("utf-8", "replace")
            data += chunk
    return None


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(LONGEST).decode("utf-8", "replace")
    except OSError:
        return ""


def _number(path: Path) -> int:
    text = _read(path).strip()
    return int(text) if re.fullmatch(r"\d{1,19}", text) else 0


def _shown(name: str) -> str:
    return "".join(char for char in name if char.isprintable())[:60]
