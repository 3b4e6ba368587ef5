"""What tests of sandboxes share beside the fixtures of `confinement`: making one, and looking for what it left."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gitbuddy.protocols import Sandbox
from gitbuddy.sandboxes.bubblewrap import Bubblewrap
from gitbuddy.sandboxes.landlock import NEEDED, Landlock, version
from gitbuddy.sandboxes.plain import Plain
from gitbuddy.sandboxes.toolchain import Toolchain
from gitbuddy.values import CompletedCommand, Limits, Mounts

PYTHON = "python3"


def make(name: str, toolchain: Toolchain, require: Callable[[str], str]) -> Sandbox:
    if name == "plain":
        return Plain(toolchain)
    if name == "bubblewrap":
        return Bubblewrap(toolchain, Path(require("bwrap")))
    if version() < NEEDED:
        pytest.skip("this kernel's Landlock is too old")
    return Landlock(toolchain)


Run = Callable[..., CompletedCommand]


def runner(sandbox: Sandbox, mounts: Mounts) -> Run:
    def run(*command: str, limits: Limits | None = None, **environment: str) -> CompletedCommand:
        return sandbox.run(command, mounts, limits or Limits(seconds=20), environment)

    return run


def alive(token: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if token.encode() in line:
                found.append(int(entry.name))
    return found


def wait_for(true: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    return true()


def fake_bubblewrap(folder: Path, script: str) -> Path:
    """A program named bwrap that does what the shell script says."""
    program = folder / "bwrap"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program
