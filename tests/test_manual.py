"""The manual page says what the commands say, reads without a warning, and is installed where `git help` looks."""

from __future__ import annotations

import os
import runpy
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gitbuddy.cli.root import COMMANDS

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/man/git-buddy.1"

Require = Callable[[str], str]


def test_the_committed_page_is_up_to_date() -> None:
    made: str = runpy.run_path(str(ROOT / "scripts" / "manual.py"))["page"]()

    assert PAGE.read_text(encoding="utf-8") == made, "regenerate it: python scripts/manual.py"


def test_groff_reads_it_without_a_warning(require: Require) -> None:
    command = [require("groff"), "-man", "-Tutf8", "-ww", "-rCHECKSTYLE=3", str(PAGE)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert done.stderr == ""
    assert "GIT-BUDDY(1)" in done.stdout


def test_git_help_shows_every_command(require: Require, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require("man")
    (tmp_path / "man/man1").mkdir(parents=True)
    (tmp_path / "man/man1/git-buddy.1").write_bytes(PAGE.read_bytes())
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git-buddy").write_text("#!/bin/sh\n")
    (tmp_path / "bin/git-buddy").chmod(0o755)
    settings = {"MANPATH": str(tmp_path / "man"), "PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "MANWIDTH": "100"}
    done = subprocess.run(
        ["git", "help", "buddy"], env=os.environ | settings | {"MANPAGER": "cat"}, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert [name for name in COMMANDS if f"git buddy {name}" not in done.stdout] == []
    assert "git buddy hook install" in done.stdout
    assert "hook run" not in done.stdout


def test_a_wheel_carries_the_manual_and_the_shims() -> None:
    targets: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]

    assert targets["wheel"]["shared-data"] == {"docs/man/git-buddy.1": "share/man/man1/git-buddy.1"}
    assert targets["wheel"]["force-include"] == {"hooks": "gitbuddy/hooks_data"}
    assert {"hooks", "docs"} <= set(targets["sdist"]["include"])
