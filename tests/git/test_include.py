"""`.worktreeinclude`: ignored files of the checkout that come along."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from given import given_pool, given_repo, snapshot

from gitbuddy.errors import GitbuddyError
from gitbuddy.testing.repo import RepoBuilder

IGNORE = ".env\n/local/\n*.secret\n"


def build(tmp_path: Path, patterns: str, extra: Mapping[str, str | bytes]) -> RepoBuilder:
    builder = given_repo(tmp_path / "repo", {"a.py": "x\n", ".gitignore": IGNORE, ".worktreeinclude": patterns})
    builder.write(extra)
    return builder


def test_ignored_files_that_match_come_along(tmp_path: Path) -> None:
    extra = {".env": "KEY=1\n", "pkg/.env": "KEY=2\n", "local/a/b": "x", "x.secret": "no", "untracked.txt": "no"}
    builder = build(tmp_path, "# what tests need\n.env\nlocal/\nuntracked.txt\na.py\n!pkg/.env\n", extra)
    (builder.path / "local/tool").write_text("#!/bin/sh\n")
    (builder.path / "local/tool").chmod(0o755)
    repo, pool = given_pool(builder, tmp_path / "cache")
    with pool.slot(repo.head()) as slot:
        found = snapshot(slot.path)

        assert set(found) == {
            "a.py",
            ".gitignore",
            ".worktreeinclude",
            ".env",
            "local",
            "local/a",
            "local/a/b",
            "local/tool",
        }
        assert found["local/tool"][0] & 0o111
        assert slot.settle() == ()
        assert snapshot(slot.path) == found


def test_they_are_kept_as_they_were_copied(tmp_path: Path) -> None:
    builder = build(tmp_path, ".env\n", {".env": "KEY=1\n"})
    repo, pool = given_pool(builder, tmp_path / "cache")
    with pool.slot(repo.head()) as slot:
        (slot.path / ".env").write_text("KEY=2\n")
        slot.settle()
        assert (slot.path / ".env").read_text() == "KEY=1\n"
        slot.wipe()
        assert (slot.path / ".env").read_text() == "KEY=1\n"
    assert (builder.path / ".env").read_text() == "KEY=1\n"


def test_symlinks_are_not_followed(tmp_path: Path) -> None:
    builder = build(tmp_path, "local/\n.env\n", {})
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/key").write_text("secret")
    (builder.path / "local").symlink_to(tmp_path / "outside")
    (builder.path / ".env").symlink_to(tmp_path / "outside/key")
    repo, pool = given_pool(builder, tmp_path / "cache")
    with pool.slot(repo.head()) as slot:
        assert not {".env", "local", "local/key"} & set(snapshot(slot.path))


def test_the_list_is_that_of_the_base(tmp_path: Path) -> None:
    builder = build(tmp_path, "", {".env": "KEY=1\n", ".worktreeinclude": ".env\n"})
    repo, pool = given_pool(builder, tmp_path / "cache")
    with pool.slot(repo.head()) as slot:
        assert not (slot.path / ".env").exists()


def test_none_are_wanted(tmp_path: Path) -> None:
    builder = build(tmp_path, ".env\n", {".env": "KEY=1\n"})
    repo, pool = given_pool(builder, tmp_path / "cache")
    with pool.slot(repo.head(), include="") as slot:
        assert not (slot.path / ".env").exists()


def test_too_many_are_refused(tmp_path: Path) -> None:
    builder = build(tmp_path, "local/\n", {f"local/{number}": "" for number in range(501)})
    repo, pool = given_pool(builder, tmp_path / "cache")

    with pytest.raises(GitbuddyError, match="more than 500 files: 501"), pool.slot(repo.head()):
        pass


def test_too_large_ones_stay_at_home(tmp_path: Path) -> None:
    builder = build(tmp_path, "local/\n", {"local/big": b"x" * ((1 << 20) + 1), "local/small": "x"})
    repo, pool = given_pool(builder, tmp_path / "cache")
    with pool.slot(repo.head()) as slot:
        assert {"local/small"} == {path for path in snapshot(slot.path) if path.startswith("local/")}
