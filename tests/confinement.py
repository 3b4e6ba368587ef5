"""Fixtures that run commands in every sandbox this machine has, and in every one that confines.

A test module asks for them with `pytest_plugins = ["confinement"]`.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sandboxed import Run, alive, make, runner

from gitbuddy.protocols import Sandbox
from gitbuddy.sandboxes.toolchain import Toolchain, find_toolchain
from gitbuddy.values import Mounts


@pytest.fixture
def toolchain() -> Toolchain:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return find_toolchain({"PATH": path}, Path.home())


@pytest.fixture
def mounts(tmp_path: Path) -> Mounts:
    for name in ("slot", "repo"):
        (tmp_path / name).mkdir()
    (tmp_path / "slot" / ".git").write_text("gitdir: /somewhere\n")
    return Mounts(tmp_path / "slot", tmp_path / "repo")


@pytest.fixture(params=["plain", "landlock", "bubblewrap"])
def sandbox(request: pytest.FixtureRequest, toolchain: Toolchain, require: Callable[[str], str]) -> Sandbox:
    return make(request.param, toolchain, require)


@pytest.fixture(params=["landlock", "bubblewrap"])
def confining(request: pytest.FixtureRequest, toolchain: Toolchain, require: Callable[[str], str]) -> Sandbox:
    return make(request.param, toolchain, require)


@pytest.fixture
def run(sandbox: Sandbox, mounts: Mounts) -> Run:
    return runner(sandbox, mounts)


@pytest.fixture
def confined(confining: Sandbox, mounts: Mounts) -> Run:
    return runner(confining, mounts)


@pytest.fixture
def token() -> Iterator[str]:
    """An argument by which processes of this test are found again; whatever a failing test left is ended."""
    name = f"gitbuddy-test-{os.getpid()}-{time.monotonic_ns()}"
    yield name
    for pid in alive(name):
        os.kill(pid, signal.SIGKILL)
