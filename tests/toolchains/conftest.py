"""A small project, its own checks as they are detected, and its test run in the real sandbox."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from bench import Bench, Prove, Ran

from gitbuddy.checks.detect import detect
from gitbuddy.checks.runners.runner import Folders
from gitbuddy.sandboxes.bubblewrap import Bubblewrap
from gitbuddy.sandboxes.toolchain import find_toolchain
from gitbuddy.values import CheckKind, Mounts


@pytest.fixture
def modules() -> Path | None:
    """A folder `node_modules` with jest and vitest, as the environment names it; None if there is none."""
    named = os.environ.get("NODE_MODULES")
    return Path(named) if named else None


@pytest.fixture
def bench(tmp_path: Path, require: Callable[[str], str], modules: Path | None) -> Bench:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    sandbox = Bubblewrap(find_toolchain({"PATH": path}, Path.home()), Path(require("bwrap")))
    for name in ("slot", "repo", "tools", "reports"):
        (tmp_path / name).mkdir()
    mounts = Mounts(tmp_path / "slot", tmp_path / "repo", (modules,) if modules else ())
    return Bench(sandbox, mounts, Folders(tmp_path / "tools", tmp_path / "reports"))


@pytest.fixture
def prove(bench: Bench) -> Prove:
    """Write the files, build the project and run its tests."""

    def run(files: Mapping[str, str]) -> Ran:
        bench.write(files)
        checks = detect(list(files), lambda name: files[name].encode() if name in files else None)
        for check in (check for check in checks if check.kind is CheckKind.BUILD):
            bench.run(check)
        return bench.test(next(check for check in checks if check.kind is CheckKind.TEST))

    return run
