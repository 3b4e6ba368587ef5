"""The repository builder does what a user does, and its fingerprint sees whatever is the user's."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gitbuddy.testing.repo import RepoBuilder


@pytest.fixture
def builder(tmp_path: Path) -> RepoBuilder:
    builder = RepoBuilder(tmp_path / "repo")
    builder.commit("start", files={"a.txt": "a\n", "b/c.txt": b"\xff"})
    return builder


def test_commits_are_the_same_every_time(tmp_path: Path) -> None:
    def history(path: Path) -> list[str]:
        builder = RepoBuilder(path)
        return [builder.commit("one", files={"a": "1"}), builder.commit("two"), builder.amend("three")]

    assert history(tmp_path / "x") == history(tmp_path / "y")


def test_each_commit_is_a_minute_later(builder: RepoBuilder) -> None:
    builder.commit("next")
    times = [int(line) for line in builder.git("log", "--format=%ct").split()]

    assert times[0] - times[1] == 60


def test_branches_squash_pick_and_rebase(builder: RepoBuilder) -> None:
    builder.checkout("side")
    side = builder.commit("side", files={"side.txt": "s"})
    builder.checkout("main")
    builder.commit("main", files={"main.txt": "m"})
    builder.branch("kept", side)
    picked = builder.cherry_pick(side)
    builder.git("reset", "--quiet", "--hard", "HEAD~1")
    squashed = builder.squash("side", "all of side")
    builder.git("reset", "--quiet", "--hard", "HEAD~1")
    builder.checkout("side")
    rebased = builder.rebase("main")

    assert len({side, picked, squashed, rebased}) == 4
    assert builder.git("log", "-1", "--format=%s", squashed) == "all of side\n"
    assert builder.git("rev-parse", "kept").strip() == side


def test_an_existing_repository_is_taken_as_it_is(builder: RepoBuilder) -> None:
    assert RepoBuilder(builder.path).head() == builder.head()


def test_a_failing_git_is_an_error(builder: RepoBuilder) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        builder.git("checkout", "nowhere")
    assert b"nowhere" in caught.value.stderr


def test_the_environment_of_a_hook_does_not_redirect_it(
    builder: RepoBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = RepoBuilder(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))

    assert builder.git("log", "-1", "--format=%s") == "start\n"


def stash(builder: RepoBuilder) -> None:
    builder.write({"a.txt": "stashed\n"})
    builder.git("stash", "push", "--quiet")


def hook(builder: RepoBuilder) -> None:
    builder.write({".git/hooks/pre-commit": "#!/bin/sh\n"})


SEEN: list[Callable[[RepoBuilder], object]] = [
    lambda builder: builder.write({"a.txt": "b\n"}),
    lambda builder: builder.write({"new.txt": ""}),
    lambda builder: (builder.path / "a.txt").chmod(0o755),
    lambda builder: (builder.path / "a.txt").unlink(),
    lambda builder: (builder.path / "link").symlink_to("a.txt"),
    lambda builder: (builder.path / "empty").mkdir(),
    lambda builder: builder.git("rm", "--cached", "a.txt"),
    lambda builder: builder.git("checkout", "--detach"),
    lambda builder: builder.git("branch", "other"),
    lambda builder: builder.git("tag", "v1"),
    lambda builder: builder.git("config", "x.y", "z"),
    lambda builder: builder.commit("next"),
    stash,
    hook,
]


@pytest.mark.parametrize("change", SEEN)
def test_the_manifest_sees_what_is_the_users(builder: RepoBuilder, change: Callable[[RepoBuilder], object]) -> None:
    before = builder.manifest()
    assert builder.manifest() == before
    change(builder)

    assert builder.manifest() != before


OURS: list[Callable[[RepoBuilder], object]] = [
    lambda builder: builder.git("update-ref", "refs/buddy/v1/jobs/xx/x", "HEAD"),
    lambda builder: builder.git("branch", "buddy/x"),
    lambda builder: builder.git("notes", "--ref=buddy", "add", "-m", "x"),
    lambda builder: builder.git("hash-object", "-w", "a.txt"),
    lambda builder: builder.git("pack-refs", "--all"),
]


@pytest.mark.parametrize("change", OURS)
def test_the_manifest_does_not_see_what_is_ours(builder: RepoBuilder, change: Callable[[RepoBuilder], object]) -> None:
    before = builder.manifest()
    change(builder)

    assert builder.manifest() == before
