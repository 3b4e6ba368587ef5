"""What a hostile command leaves in a worktree, or a repository has in its settings, runs nothing on the host."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from given import FILES, edit, given_pool, given_repo, patch_of, snapshot

from gitbuddy.git.slot import Slot
from gitbuddy.testing.repo import RepoBuilder


@pytest.fixture(params=[False, True], ids=["full pass", "watch"])
def watch(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    return tmp_path / "proof"


@pytest.fixture
def program(tmp_path: Path, proof: Path) -> str:
    """A program that shows that it ran."""
    path = tmp_path / "program"
    path.write_text(f"#!/bin/sh\necho ran >> '{proof}'\ncat\n")
    path.chmod(0o755)
    return str(path)


def point_elsewhere(slot: Slot, tmp_path: Path, program: str) -> None:
    """Make the worktree's .git lead to a repository whose settings start a program."""
    evil = slot.path / "evil"
    subprocess.run(["git", "init", "--quiet", str(evil)], check=True)
    subprocess.run(["git", "-C", str(evil), "config", "core.fsmonitor", program], check=True)
    (slot.path / ".git").unlink(missing_ok=True)
    shutil.rmtree(slot.path / ".git", ignore_errors=True)
    (slot.path / ".git").write_text(f"gitdir: {evil}/.git\n")


def test_a_rewritten_pointer_is_not_followed(
    builder: RepoBuilder, tmp_path: Path, proof: Path, program: str, watch: bool
) -> None:
    repo, pool = given_pool(builder, tmp_path / "cache", watch=watch)
    with pool.slot(repo.head()) as slot:
        slot.settle()
        pointer = (slot.path / ".git").read_text()
        point_elsewhere(slot, tmp_path, program)
        subprocess.run(["git", "status"], cwd=slot.path, capture_output=True, check=True)
        assert proof.exists()  # the trap works for whoever follows the pointer
        proof.unlink()
        (slot.path / "calc.py").write_text("x")

        assert slot.settle() == ("calc.py",)
        assert (slot.path / ".git").read_text() == pointer
        point_elsewhere(slot, tmp_path, program)
    with pool.slot(repo.head()) as slot:
        slot.settle()
        assert (slot.path / ".git").read_text() == pointer
    assert not proof.exists()


def test_a_symlink_as_pointer_is_replaced(builder: RepoBuilder, tmp_path: Path, watch: bool) -> None:
    (tmp_path / "mine").write_text("mine")
    repo, pool = given_pool(builder, tmp_path / "cache", watch=watch)
    with pool.slot(repo.head()) as slot:
        slot.settle()
        (slot.path / ".git").unlink()
        (slot.path / ".git").symlink_to(tmp_path / "mine")
        slot.settle()

        assert (tmp_path / "mine").read_text() == "mine"
        assert not (slot.path / ".git").is_symlink()


def test_filters_and_other_programs_of_the_repository_do_not_run(
    builder: RepoBuilder, tmp_path: Path, proof: Path, program: str, watch: bool
) -> None:
    for key in ("core.fsmonitor", "filter.x.clean", "filter.x.smudge", "filter.x.process", "diff.external"):
        builder.git("config", key, program)
    builder.git("config", "filter.x.required", "true")
    (builder.path / ".git/info/attributes").write_text("*.py filter=x\n")
    repo, pool = given_pool(builder, tmp_path / "cache", watch=watch)
    with pool.slot(repo.head()) as slot:
        slot.settle()
        slot.lay_out(patch_of(edit(repo, "calc.py", "x\n"), edit(repo, ".gitattributes", "*.py filter=x diff=x\n")))
        slot.settle()
        (slot.path / "calc.py").write_text("x")
        (slot.path / ".gitattributes").write_text("* filter=x\n")
        slot.settle()

        assert (slot.path / "calc.py").read_text() == FILES["calc.py"]
    with pool.slot(repo.head()):
        pass
    assert not proof.exists()


def test_files_stand_as_in_their_blobs_whatever_the_attributes_say(tmp_path: Path, watch: bool) -> None:
    attributes = "*.bat eol=crlf\n*.u16 working-tree-encoding=UTF-16LE\n*.id ident\n*.txt text\n"
    files = {".gitattributes": attributes, "a.bat": "x\n", "b.u16": "x\n", "c.id": "$Id$\n", "d.txt": "x\n"}
    builder = given_repo(tmp_path / "repo", files)
    builder.git("config", "core.autocrlf", "true")
    repo, pool = given_pool(builder, tmp_path / "cache", watch=watch)
    with pool.slot(repo.head()) as slot:
        slot.settle()
        for path, (_, data) in snapshot(slot.path).items():
            blob = repo.read(slot.base, path)
            assert blob
            assert data == blob.data
        assert slot.settle() == ()
        slot.lay_out(patch_of(edit(repo, "a.bat", "y\n")))
        assert slot.settle() == ()


def test_an_exec_bit_is_seen_where_the_repository_ignores_it(builder: RepoBuilder, tmp_path: Path, watch: bool) -> None:
    builder.git("config", "core.fileMode", "false")
    repo, pool = given_pool(builder, tmp_path / "cache", watch=watch)
    with pool.slot(repo.head()) as slot:
        slot.settle()
        (slot.path / "calc.py").chmod(0o755)

        assert slot.settle() == ("calc.py",)


def test_a_sparse_checkout_of_the_user_does_not_thin_the_slot(
    builder: RepoBuilder, tmp_path: Path, watch: bool
) -> None:
    builder.git("sparse-checkout", "set", "docs")
    assert not (builder.path / "pkg/text.py").exists()
    repo, pool = given_pool(builder, tmp_path / "cache", watch=watch)
    with pool.slot(repo.head()) as slot:
        slot.settle()
        assert set(FILES) <= set(snapshot(slot.path))
        assert slot.settle() == ()


def test_the_users_repository_is_the_same_afterwards(
    builder: RepoBuilder, tmp_path: Path, program: str, watch: bool
) -> None:
    before = builder.manifest()
    repo, pool = given_pool(builder, tmp_path / "cache", watch=watch)
    with pool.slot(repo.head()) as slot:
        slot.settle()
        point_elsewhere(slot, tmp_path, program)

    assert builder.manifest() == before
