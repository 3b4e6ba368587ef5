"""Repositories that cannot be used are named by what they are, with a way on."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from given import given_repo

from gitbuddy.errors import GitbuddyError, UsageError
from gitbuddy.git.repo import Repo
from gitbuddy.testing.repo import RepoBuilder


def plain_folder(path: Path) -> None:
    path.mkdir()


def bare(path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", str(path)], check=True)


def unborn(path: Path) -> None:
    RepoBuilder(path)


def sha256(path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--object-format=sha256", str(path)], check=True)


def partial(path: Path) -> None:
    given_repo(path).git("config", "extensions.partialClone", "origin")
    RepoBuilder(path).git("config", "core.repositoryFormatVersion", "1")


def promisor(path: Path) -> None:
    given_repo(path).git("config", "remote.origin.promisor", "true")


def reftable(path: Path) -> None:
    builder = given_repo(path)
    builder.git("config", "core.repositoryFormatVersion", "1")
    builder.git("config", "extensions.refStorage", "reftable")


def inside_dot_git(path: Path) -> None:
    given_repo(path.parent / "real")
    path.symlink_to(path.parent / "real/.git")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (plain_folder, "not a git repository"),
        (bare, "this repository is bare"),
        (unborn, "this branch has no commit yet"),
        (sha256, "sha256 object names"),
        (partial, "this is a partial clone"),
        (promisor, "this is a partial clone"),
        (reftable, "uses reftable"),
        (inside_dot_git, "not inside a work tree"),
    ],
)
def test_what_cannot_be_used_is_named_with_a_way_on(tmp_path: Path, make: Callable[[Path], None], words: str) -> None:
    make(tmp_path / "repo")

    with pytest.raises(GitbuddyError, match=words) as caught:
        Repo.open(tmp_path / "repo")
    assert caught.value.hint


def test_a_folder_that_is_not_there_is_a_wrong_request(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        Repo.open(tmp_path / "nowhere")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_somebody_else_is_refused_until_it_is_declared_safe(tmp_path: Path, sealed: Path) -> None:
    builder = given_repo(tmp_path / "a repo")
    for path in (builder.path, builder.path / ".git"):
        os.chown(path, 12345, 12345)

    with pytest.raises(GitbuddyError, match="belongs to another user") as caught:
        Repo.open(builder.path / "pkg" / "..")
    assert caught.value.message.endswith(f": {builder.path}")

    subprocess.run(shlex.split(caught.value.hint), check=True)
    assert Repo.open(builder.path).head() == builder.head()


def test_a_subfolder_opens_the_repository_around_it(tmp_path: Path) -> None:
    builder = given_repo(tmp_path / "repo")
    repo = Repo.open(builder.path / "pkg")

    assert repo.top == builder.path.resolve()


def test_all_worktrees_of_a_repository_share_its_identity(tmp_path: Path) -> None:
    builder = given_repo(tmp_path / "repo")
    builder.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "other"))
    main, other = Repo.open(builder.path), Repo.open(tmp_path / "other")

    assert main.identity == other.identity
    assert main.top != other.top
    assert len(main.identity) == 16


def test_a_split_index_is_fine(tmp_path: Path) -> None:
    builder = given_repo(tmp_path / "repo")
    builder.git("update-index", "--split-index")

    assert Repo.open(builder.path).paths(builder.head())


def test_the_environment_of_a_hook_does_not_redirect_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = given_repo(tmp_path / "here"), given_repo(tmp_path / "there")
    there.commit("another")
    monkeypatch.setenv("GIT_DIR", str(there.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(there.path / ".git/index"))

    assert Repo.open(here.path).head() == here.head()


def test_a_bare_repository_among_the_files_of_a_project_is_never_the_repository(tmp_path: Path) -> None:
    inner = given_repo(tmp_path / "repo").path / "docs/bare"
    bare(inner)
    for key, value in (("core.bare", "false"), ("core.worktree", str(inner.parent))):
        subprocess.run(["git", "config", "--file", str(inner / "config"), key, value], check=True)

    with pytest.raises(GitbuddyError, match="this repository is bare") as caught:
        Repo.open(inner)
    assert caught.value.hint
