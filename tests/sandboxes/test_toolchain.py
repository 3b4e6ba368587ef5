"""What of the host is shown, and what is never."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gitbuddy.sandboxes.toolchain import Toolchain, find_toolchain
from gitbuddy.values import Mounts


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def mounts(tmp_path: Path) -> Mounts:
    for name in ("slot", "repo"):
        (tmp_path / name).mkdir()
    return Mounts(tmp_path / "slot", tmp_path / "repo")


def tool(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def find(home: Path, *folders: Path) -> Toolchain:
    return find_toolchain({"PATH": ":".join(map(str, folders))}, home)


def test_an_install_outside_home_is_shown_in_parts(tmp_path: Path, home: Path, mounts: Mounts) -> None:
    tool(tmp_path / "opt" / "bin" / "x")
    (tmp_path / "opt" / "lib").mkdir()
    (tmp_path / "opt" / "secrets").mkdir()
    visible = find(home, tmp_path / "opt" / "bin").visible(mounts)

    assert visible == [tmp_path / "opt" / "bin", tmp_path / "opt" / "lib"]


def test_cargo_is_shown_without_its_credentials(home: Path, mounts: Mounts) -> None:
    tool(home / ".cargo" / "bin" / "cargo")
    (home / ".cargo" / "credentials.toml").write_text("token")
    (home / ".cargo" / "registry").mkdir()
    (home / ".rustup" / "toolchains").mkdir(parents=True)
    found = find(home, home / ".cargo" / "bin")

    visible = [place for place in found.visible(mounts) if place.is_relative_to(home)]  # this machine may have its own
    assert visible == [home / ".cargo" / "bin", home / ".cargo" / "registry", home / ".rustup"]
    assert found.variables["CARGO_HOME"] == str(home / ".cargo")
    assert found.variables["RUSTUP_HOME"] == str(home / ".rustup")


def test_another_cargo_that_comes_upon_rustups_programs_is_told_of_its_toolchains(
    home: Path, mounts: Mounts, tmp_path: Path
) -> None:
    tool(tmp_path / "distribution" / "bin" / "cargo")
    tool(home / ".cargo" / "bin" / "cargo-fmt")
    (home / ".cargo" / "registry").mkdir()
    (home / ".rustup" / "toolchains").mkdir(parents=True)
    found = find(home, tmp_path / "distribution" / "bin")

    assert [place for place in found.visible(mounts) if place.is_relative_to(home)] == [home / ".cargo" / "registry"]
    assert found.variables["CARGO_HOME"] == str(home / ".cargo")
    assert found.variables["RUSTUP_HOME"] == str(home / ".rustup")


@pytest.mark.parametrize("place", ["bin", ".local/bin"])
def test_programs_in_home_do_not_show_what_lies_beside_them(home: Path, mounts: Mounts, place: str) -> None:
    tool(home / place / "x")
    for name in (".ssh", ".config", "lib", "share", ".local/share/keyrings", ".local/lib"):
        (home / name).mkdir(parents=True)

    assert find(home, home / place).visible(mounts) == [home / place]


def test_nothing_private_is_shown_even_if_path_names_it(home: Path, mounts: Mounts) -> None:
    for name in (".ssh", ".config/x/bin"):
        tool(home / name / "x")
    found = find(home, home / ".ssh", home / ".config/x/bin", home)

    assert found.visible(mounts) == []
    assert found.path(mounts) == []


def test_a_linked_program_brings_the_install_it_leads_to(tmp_path: Path, home: Path, mounts: Mounts) -> None:
    real = tool(tmp_path / "venvs" / "ruff" / "bin" / "ruff")
    (tmp_path / "venvs" / "ruff" / "pyvenv.cfg").write_text("home = /usr/bin\n")
    (home / ".local" / "bin").mkdir(parents=True)
    (home / ".local" / "bin" / "ruff").symlink_to(real)
    found = find(home, home / ".local" / "bin")

    assert real.parent in found.visible(mounts)
    assert found.which("ruff", mounts) == home / ".local" / "bin" / "ruff"


def test_folders_that_everybody_may_write_or_that_are_relative_name_no_tools(
    tmp_path: Path, home: Path, mounts: Mounts
) -> None:
    tool(tmp_path / "open" / "x")
    (tmp_path / "open").chmod(0o777)
    found = find_toolchain({"PATH": f"{tmp_path / 'open'}:.:relative::/nonexistent"}, home)

    assert found.path(mounts) == []
    assert found.visible(mounts) == []


def test_tools_inside_the_project_are_not_trusted(home: Path, mounts: Mounts) -> None:
    tool(mounts.at / "bin" / "git")
    tool(mounts.worktree / "bin" / "git")
    found = find(home, mounts.at / "bin", mounts.worktree / "bin")

    assert found.path(mounts) == []
    assert found.which("git", mounts) is None


def test_programs_of_mounted_dependencies_come_first(home: Path, mounts: Mounts, tmp_path: Path) -> None:
    tool(tmp_path / "opt" / "bin" / "ruff")
    own = tool(mounts.at / ".venv" / "bin" / "ruff")
    (mounts.at / ".venv" / "pyvenv.cfg").write_text("home = /usr/bin\n")
    eslint = tool(mounts.at / "node_modules" / ".bin" / "eslint")
    found = find(home, tmp_path / "opt" / "bin")
    with_own = Mounts(mounts.worktree, mounts.at, (mounts.at / ".venv", mounts.at / "node_modules"))

    assert found.which("ruff", mounts) == tmp_path / "opt" / "bin" / "ruff"
    assert found.which("ruff", with_own) == own
    assert found.which("eslint", with_own) == eslint


def test_a_mounted_environment_brings_its_base_interpreter(home: Path, mounts: Mounts, tmp_path: Path) -> None:
    python = tool(tmp_path / "pythons" / "3.11.7" / "bin" / "python3.11")
    (tmp_path / "pythons" / "3.11").symlink_to("3.11.7")
    (tmp_path / "pythons" / "3.11.7" / "lib").mkdir()
    venv = mounts.at / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(python)
    (venv / "pyvenv.cfg").write_text(f"home = {tmp_path / 'pythons' / '3.11' / 'bin'}\n")
    visible = find(home).visible(Mounts(mounts.worktree, mounts.at, (venv,)))

    for version in ("3.11", "3.11.7"):
        for part in ("bin", "lib"):
            assert tmp_path / "pythons" / version / part in visible


def test_a_program_given_by_path_is_looked_for_in_the_worktree(home: Path, mounts: Mounts) -> None:
    run = tool(mounts.worktree / "scripts" / "run")
    found = find(home)

    assert found.which("./scripts/run", mounts) == run
    assert found.which(str(mounts.at / "scripts" / "run"), mounts) == run
    assert found.which("scripts/other", mounts) is None


def test_the_real_path_of_this_machine_gives_no_folder_that_holds_a_home(home: Path, mounts: Mounts) -> None:
    real = Path(os.path.expanduser(f"~{os.environ.get('USER', 'root')}"))  # noqa: PTH111  HOME is sealed here
    visible = find_toolchain(os.environ, home).visible(mounts)

    assert not [folder for folder in visible if folder == real or folder in real.parents]
