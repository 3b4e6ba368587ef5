"""The self-test and the choice that follows from it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sandboxed import fake_bubblewrap

from gitbuddy.errors import GitbuddyError, UsageError
from gitbuddy.sandboxes import canary
from gitbuddy.sandboxes import choose as choice
from gitbuddy.sandboxes.bubblewrap import Bubblewrap
from gitbuddy.sandboxes.canary import ESCAPES, self_test
from gitbuddy.sandboxes.choose import choose
from gitbuddy.sandboxes.landlock import NEEDED, Landlock, version
from gitbuddy.sandboxes.plain import Plain
from gitbuddy.sandboxes.toolchain import Toolchain
from gitbuddy.values import CompletedCommand, Limits, Mounts

pytest_plugins = ["confinement"]

ALL = {*ESCAPES.values(), "writes files of this machine"} - {ESCAPES["environment"]}


@pytest.fixture
def landlock(toolchain: Toolchain) -> Landlock:
    if version() < NEEDED:
        pytest.skip("this kernel's Landlock is too old")
    return Landlock(toolchain)


# What drops bubblewrap's own words and runs the command as it is.
PASS_THROUGH = 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"'


def test_bubblewrap_passes(toolchain: Toolchain, require: Callable[[str], str]) -> None:
    assert self_test(Bubblewrap(toolchain, Path(require("bwrap"))), ("loopback",)) == ()


def test_landlock_passes_and_has_no_loopback(landlock: Landlock) -> None:
    assert self_test(landlock) == ()
    assert self_test(landlock, ("loopback",)) == ("does not offer: loopback",)


def test_limits_alone_are_found_out(toolchain: Toolchain) -> None:
    assert set(self_test(Plain(toolchain))) == ALL


def test_a_sandbox_that_says_yes_without_running_anything_is_found_out(tmp_path: Path, toolchain: Toolchain) -> None:
    assert self_test(Bubblewrap(toolchain, fake_bubblewrap(tmp_path, "exit 0"))) == (
        "cannot run a command: it printed nothing",
    )


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

    def old(toolchain: Toolchain, passed_over: tuple[str, ...]) -> Landlock:
        raise GitbuddyError("Landlock version 6 is needed and this kernel has: 4", "use Linux 6.12 or later")

    program = fake_bubblewrap(folder, script)
    tiers = {"bubblewrap": (lambda tools, over: Bubblewrap(tools, program), ("loopback",)), "landlock": (old, ())}
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


@pytest.mark.parametrize(
    ("wanted", "min_tier", "environment", "expected"),
    [
        ("auto", "auto", {}, "landlock"),
        ("auto", "auto", {"CI": "true"}, "bubblewrap"),
        ("auto", "auto", {"CI": "1"}, "bubblewrap"),
        ("auto", "auto", {"CI": "false"}, "landlock"),
        ("auto", "auto", {"CI": "0"}, "landlock"),
        ("auto", "auto", {"CI": ""}, "landlock"),
        ("landlock", "auto", {"CI": "true"}, "landlock"),
        ("landlock", "bubblewrap", {}, "bubblewrap"),
        ("auto", "propose-only", {"CI": "true"}, "propose-only"),
    ],
)
def test_the_least_tier_is_the_users_word_else_stricter_in_ci(
    wanted: str, min_tier: str, environment: Mapping[str, str], expected: str
) -> None:
    assert choice._least(wanted, min_tier, environment) == expected


def test_in_ci_the_default_is_not_satisfied_with_landlock(
    tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch, landlock: Landlock
) -> None:
    broken(monkeypatch, tmp_path, REFUSED)
    monkeypatch.setitem(choice._TIERS, "landlock", (Landlock, ()))
    monkeypatch.setenv("CI", "true")
    with pytest.raises(GitbuddyError, match="weaker than the one demanded, bubblewrap"):
        choose("auto", toolchain)


def test_a_weaker_one_that_was_asked_for_by_name_is_still_too_weak(toolchain: Toolchain, landlock: Landlock) -> None:
    with pytest.raises(GitbuddyError, match="it is the one that was asked for: landlock") as caught:
        choose("landlock", toolchain, min_tier="bubblewrap")

    assert "set the sandbox to auto or bubblewrap" in caught.value.hint


def test_the_operators_word_is_above_every_demand(toolchain: Toolchain) -> None:
    assert choose("external", toolchain, min_tier="bubblewrap").name == "external"


@pytest.mark.parametrize("wanted", ["auto", "bubblewrap"])
def test_who_settles_for_proposals_gets_no_commands_run(
    tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    broken(monkeypatch, tmp_path, REFUSED)
    chosen = choose(wanted, toolchain, min_tier="propose-only")
    done = chosen.run(["touch", str(tmp_path / "ran")], Mounts(tmp_path, tmp_path), Limits(), {})

    assert (chosen.name, chosen.runs, chosen.confines, chosen.findings) == ("propose-only", False, False, ())
    assert "setting up uid map" in chosen.passed_over[0]
    assert done.exit_code is None
    assert not (tmp_path / "ran").exists()


def test_a_working_sandbox_is_used_by_who_would_settle_for_less(
    toolchain: Toolchain, require: Callable[[str], str]
) -> None:
    require("bwrap")

    assert choose("auto", toolchain, min_tier="propose-only").name == "bubblewrap"


def test_a_writable_folder_that_cannot_be_filled_is_a_finding(toolchain: Toolchain) -> None:
    assert self_test(Unfilled(toolchain)) == ("does not offer: writable",)


class Unfilled(Landlock):
    """Forgets the writable folders."""

    def run(
        self, command: Sequence[str], mounts: Mounts, limits: Limits, environment: Mapping[str, str]
    ) -> CompletedCommand:
        return super().run(command, replace(mounts, writable=()), limits, environment)


def test_the_home_folder_is_part_of_the_self_test(sealed: Path, landlock: Landlock) -> None:
    """Settings and keys in it, whatever else of it is shown."""
    (sealed / ".ssh").mkdir()

    assert {str(sealed / ".gitconfig"), str(sealed / ".ssh")} <= set(canary._private())
    assert self_test(landlock) == ()
