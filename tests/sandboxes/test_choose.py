"""The self-test and the choice that follows from it."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from gitbuddy.errors import GitbuddyError, UsageError
from gitbuddy.sandboxes import choose as choice
from gitbuddy.sandboxes.bubblewrap import Bubblewrap
from gitbuddy.sandboxes.canary import ESCAPES, self_test
from gitbuddy.sandboxes.choose import choose
from gitbuddy.sandboxes.landlock import NEEDED, Landlock, version
from gitbuddy.sandboxes.plain import Plain
from gitbuddy.sandboxes.toolchain import Toolchain, find_toolchain
from gitbuddy.values import CompletedCommand, Limits, Mounts

ALL = {*ESCAPES.values(), "writes files of this machine"} - {ESCAPES["environment"]}


@pytest.fixture
def toolchain() -> Toolchain:
    return find_toolchain({"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}, Path.home())


@pytest.fixture
def landlock(toolchain: Toolchain) -> Landlock:
    if version() < NEEDED:
        pytest.skip("this kernel's Landlock is too old")
    return Landlock(toolchain)


def fake(folder: Path, script: str) -> Path:
    program = folder / "bwrap"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


# What drops bubblewrap's own words and runs the command as it is.
PASS_THROUGH = 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"'


def test_bubblewrap_passes(toolchain: Toolchain, require: Callable[[str], str]) -> None:
    assert self_test(Bubblewrap(toolchain, Path(require("bwrap"))), ("loopback",)) == ()


def test_landlock_passes_and_has_no_loopback(landlock: Landlock) -> None:
    assert self_test(landlock) == ()
    assert self_test(landlock, ("loopback",)) == ("does not offer: loopback",)


def test_limits_alone_are_found_out(toolchain: Toolchain) -> None:
    assert set(self_test(Plain(toolchain))) == ALL


def test_a_sandbox_that_only_runs_the_command_is_found_out(tmp_path: Path, toolchain: Toolchain) -> None:
    findings = self_test(Bubblewrap(toolchain, fake(tmp_path, PASS_THROUGH)))

    assert set(findings) >= {ESCAPES["host-file"], ESCAPES["network"], "writes files of this machine"}


def test_a_sandbox_that_says_yes_without_running_anything_is_found_out(tmp_path: Path, toolchain: Toolchain) -> None:
    assert self_test(Bubblewrap(toolchain, fake(tmp_path, "exit 0"))) == ("cannot run a command: it printed nothing",)


class Leaky(Plain):
    """Runs with the environment of its parent and leaves what it started alone."""

    def run(
        self, command: Sequence[str], mounts: Mounts, limits: Limits, environment: Mapping[str, str]
    ) -> CompletedCommand:
        pid = os.posix_spawn("/bin/sh", ["sh", "-c", 'cd "$0"; "$@" > out', str(mounts.worktree), *command], os.environ)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return CompletedCommand(code, (mounts.worktree / "out").read_bytes(), 0.0)


def test_a_leaked_environment_and_a_daemon_left_behind_are_found_out(toolchain: Toolchain) -> None:
    assert set(self_test(Leaky(toolchain))) == {*ALL, ESCAPES["environment"], "leaves processes behind"}


def test_the_bait_is_taken_away(toolchain: Toolchain) -> None:
    before = dict(os.environ)
    self_test(Plain(toolchain))

    assert dict(os.environ) == before


def test_the_strongest_is_chosen(toolchain: Toolchain, require: Callable[[str], str]) -> None:
    require("bwrap")

    assert choose("auto", toolchain).name == "bubblewrap"


@pytest.mark.parametrize("name", ["bubblewrap", "landlock"])
def test_the_wanted_one_is_given(toolchain: Toolchain, require: Callable[[str], str], name: str) -> None:
    if name == "bubblewrap":
        require("bwrap")
    elif version() < NEEDED:
        pytest.skip("this kernel's Landlock is too old")
    chosen = choose(name, toolchain)

    assert (chosen.name, chosen.confines) == (name, True)


def test_a_declared_sandbox_is_believed_and_reported(toolchain: Toolchain) -> None:
    chosen = choose("external", toolchain)

    assert (chosen.name, chosen.confines) == ("external", True)
    assert set(getattr(chosen, "findings", ())) == ALL


def test_an_unknown_name_is_a_usage_error(toolchain: Toolchain) -> None:
    with pytest.raises(UsageError, match="no such sandbox: docker"):
        choose("docker", toolchain)


def broken(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Make bubblewrap on this machine a program that behaves as `script`, and Landlock too old."""

    def old(toolchain: Toolchain) -> Landlock:
        raise GitbuddyError("Landlock version 6 is needed and this kernel has: 4", "use Linux 6.12 or later")

    program = fake(folder, script)
    tiers = {"bubblewrap": (lambda tools: Bubblewrap(tools, program), ("loopback",)), "landlock": (old, ())}
    monkeypatch.setattr(choice, "_TIERS", tiers)


REFUSED = "echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1"


def test_no_sandbox_at_all_is_an_error_that_names_every_reason(
    tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, tmp_path, REFUSED)
    with pytest.raises(GitbuddyError, match="no sandbox works on this machine") as caught:
        choose("auto", toolchain)

    assert "setting up uid map" in caught.value.message
    assert "this kernel has: 4" in caught.value.message
    assert "AppArmor" in caught.value.hint


def test_the_next_one_is_taken_when_the_strongest_does_not_work(
    tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch, landlock: Landlock
) -> None:
    broken(monkeypatch, tmp_path, REFUSED)
    monkeypatch.setitem(choice._TIERS, "landlock", (lambda tools: landlock, ()))

    assert choose("auto", toolchain).name == "landlock"


def test_a_wanted_sandbox_that_fails_is_never_replaced_by_another(
    tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, tmp_path, PASS_THROUGH)
    with pytest.raises(GitbuddyError, match="sandbox bubblewrap failed its self-test: reads files of this machine"):
        choose("bubblewrap", toolchain)


def test_a_missing_bubblewrap_names_the_package(toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "SYSTEM_PATH", "/nonexistent")
    with pytest.raises(GitbuddyError) as caught:
        choose("bubblewrap", toolchain)

    assert "apt install bubblewrap" in caught.value.hint
