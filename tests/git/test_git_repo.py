"""Reading and writing objects, branches and notes of a real repository."""

from __future__ import annotations

import resource
import subprocess
from pathlib import Path

import pytest
from given import FILES, edit, patch_of

from gitbuddy.errors import GitbuddyError, Rejected, UsageError
from gitbuddy.git.repo import Repo
from gitbuddy.testing.repo import RepoBuilder
from gitbuddy.values import Change, SourceFile


@pytest.mark.parametrize("revision", ["HEAD", "main", "main~0", "v1", "refs/heads/main"])
def test_revisions_name_commits(builder: RepoBuilder, repo: Repo, revision: str) -> None:
    builder.git("tag", "-m", "one", "v1")

    assert repo.resolve(revision) == builder.head()


@pytest.mark.parametrize("revision", ["", "nope", "-x", "--output=f", "HEAD:calc.py", "a^{bad}", "..", "\0", "0" * 40])
def test_what_names_no_commit_is_a_wrong_request(repo: Repo, revision: str) -> None:
    with pytest.raises(UsageError, match="no such commit"):
        repo.resolve(revision)


def test_paths_are_the_tracked_regular_files(builder: RepoBuilder, repo: Repo) -> None:
    (builder.path / "link").symlink_to("calc.py")
    (builder.path / "b\udcff").write_text("not UTF-8 in its name")
    head = builder.commit("a link")

    assert sorted(repo.paths(head)) == sorted(FILES)
    assert repo.paths(repo.tree_of(head)) is repo.paths(head)


def test_reading_gives_bytes_and_mode(builder: RepoBuilder, repo: Repo) -> None:
    (builder.path / "link").symlink_to("/etc/passwd")
    (builder.path / "tool").write_bytes(b"#!/bin/sh\r\n\xff")
    (builder.path / "tool").chmod(0o755)
    head = builder.commit("more")

    assert repo.read(head, "tool") == SourceFile("tool", b"#!/bin/sh\r\n\xff", 0o100755)
    assert repo.read(head, "link") == SourceFile("link", b"/etc/passwd", 0o120000)
    for nothing in ("pkg", "none", "calc.py/x", "", "/", "../x", "pkg/../calc.py"):
        assert repo.read(head, nothing) is None


def test_a_submodule_is_read_as_such(builder: RepoBuilder, repo: Repo) -> None:
    builder.git("update-index", "--add", "--cacheinfo", f"160000,{builder.head()},sub")
    builder.git("commit", "--quiet", "-m", "sub")

    assert repo.read(builder.head(), "sub") == SourceFile("sub", b"", 0o160000)
    assert "sub" not in repo.paths(builder.head())


def test_a_tree_has_the_patch_and_nothing_else(builder: RepoBuilder, repo: Repo) -> None:
    allowed = patch_of(
        edit(repo, "calc.py", "fixed\r\n"),
        edit(repo, "pkg/text.py", None),
        edit(repo, "new/deep/file.py", b"\xff", 0o100755),
        edit(repo, "pkg/deep/er/far.py", None),
    )
    tree = repo.write_tree(repo.tree_of(repo.head()), allowed)

    assert builder.git("diff-tree", "-r", "--name-status", "HEAD", tree).split() == (
        ["M", "calc.py", "A", "new/deep/file.py", "D", "pkg/deep/er/far.py", "D", "pkg/text.py"]
    )
    assert builder.git("ls-tree", "-r", tree, "new").startswith("100755 blob")
    assert builder.git("ls-tree", tree, "pkg/deep") == ""
    assert builder.git("status", "--porcelain") == ""
    assert builder.git("fsck", "--strict", "--no-dangling") == ""


def test_an_empty_patch_is_the_same_tree(repo: Repo) -> None:
    tree = repo.tree_of(repo.head())

    assert repo.write_tree(tree, patch_of()) == tree


@pytest.mark.parametrize(
    "path",
    [
        "calc.py/x",
        "pkg",
        ".git/config",
        ".GIT/hooks/x",
        "a/.git",
        "git~1/x",
        "a//b",
        "../x",
        "/x",
        "",
        "a/.g\u200cit/x",
        "a/./b",
    ],
)
def test_a_path_that_cannot_be_in_a_tree_is_refused(repo: Repo, path: str) -> None:
    change = Change(path, None, b"x")

    with pytest.raises(Rejected) as caught:
        repo.write_tree(repo.tree_of(repo.head()), patch_of(change))
    assert caught.value.refused.stage == "apply"


def test_a_file_and_a_folder_of_one_name_are_refused(repo: Repo) -> None:
    both = patch_of(Change("n", None, b"x"), Change("n/m", None, b"x"))

    with pytest.raises(Rejected, match="a file and a folder"):
        repo.write_tree(repo.tree_of(repo.head()), both)


def test_a_patch_for_another_content_is_refused(repo: Repo) -> None:
    with pytest.raises(GitbuddyError, match=r"another content of this file: calc\.py"):
        repo.write_tree(repo.tree_of(repo.head()), patch_of(Change("calc.py", b"something else", b"x")))


def test_a_disk_that_takes_nothing_is_named(builder: RepoBuilder, repo: Repo) -> None:
    for number in range(256):
        folder = builder.path / f".git/objects/{number:02x}"
        if not folder.exists():
            folder.write_text("in the way")

    changes = [Change(f"{number}.txt", None, str(number).encode()) for number in range(100)]

    with pytest.raises(GitbuddyError, match="nothing can be written to the repository") as caught:
        repo.write_tree(repo.tree_of(repo.head()), patch_of(*changes))
    assert "free space" in caught.value.hint


def test_modes_are_reduced_to_the_two_of_files(builder: RepoBuilder, repo: Repo) -> None:
    tree = repo.write_tree(repo.tree_of(repo.head()), patch_of(Change("l", None, b"/etc", 0o120000)))

    assert builder.git("ls-tree", tree, "l").startswith("100644 blob")


def test_a_diff_shows_text_and_names_binary_files(builder: RepoBuilder, repo: Repo) -> None:
    old = builder.head()
    new = builder.commit(
        "x", files={".gitattributes": "*.py -diff\n", "calc.py": "hidden\n", "b": b"\0\xff", "l": b"\xe9\n"}
    )
    diff = repo.diff(old, new)

    assert "-    return a - b\n+hidden\n" in diff
    assert "a/b b/b\nBinary files differ\n" in diff
    assert "+\ufffd\n" in diff


def test_commits_are_made_in_the_users_name(builder: RepoBuilder, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2026-03-04T05:06:07-0230")
    commit = repo.commit_tree(repo.tree_of(repo.head()), [repo.head()], "topic: words\n\nmore\n")

    assert builder.git("log", "-1", "--format=%an <%ae> %ai|%cn|%s|%P", commit) == (
        f"Ada Author <ada@example.org> 2026-03-04 05:06:07 -0230|Carl Committer|topic: words|{builder.head()}\n"
    )
    assert builder.git("rev-list", "--all", "--count") == "1\n"


def test_without_environment_the_configuration_names_the_user(
    builder: RepoBuilder, repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_the_user(monkeypatch)
    commit = repo.commit_tree(repo.tree_of(repo.head()), [], "x")

    assert builder.git("log", "-1", "--format=%an %ce", commit) == "Una User una@example.org\n"


def test_where_git_knows_nobody_gitbuddy_signs(
    builder: RepoBuilder, repo: Repo, sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_the_user(monkeypatch)
    (sealed / ".gitconfig").write_text("")
    commit = repo.commit_tree(repo.tree_of(repo.head()), [], "x")

    assert builder.git("log", "-1", "--format=%an <%ae>", commit) == "gitbuddy <gitbuddy@localhost>\n"


def forget_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    for who in ("AUTHOR", "COMMITTER"):
        for what in ("NAME", "EMAIL", "DATE"):
            monkeypatch.delenv(f"GIT_{who}_{what}")
    monkeypatch.delenv("EMAIL", raising=False)


def test_a_branch_is_made_once_and_never_moved(builder: RepoBuilder, repo: Repo) -> None:
    first = builder.head()
    second = builder.commit("second")

    assert repo.branch("buddy/x") is None
    assert repo.create_branch("buddy/x", first)
    assert repo.create_branch("buddy/x", first)
    assert not repo.create_branch("buddy/x", second)
    assert repo.branch("buddy/x") == first
    assert repo.branches() == {"buddy/x": first, "main": second}


def test_a_packed_branch_is_seen(builder: RepoBuilder, repo: Repo) -> None:
    repo.create_branch("buddy/x", builder.head())
    builder.git("pack-refs", "--all", "--prune")
    second = builder.commit("second")

    assert not repo.create_branch("buddy/x", second)
    assert repo.create_branch("buddy/y", second)


def test_a_branch_in_the_way_is_named(builder: RepoBuilder, repo: Repo) -> None:
    builder.branch("buddy")

    with pytest.raises(GitbuddyError, match="cannot write the ref refs/heads/buddy/x") as caught:
        repo.create_branch("buddy/x", builder.head())
    assert caught.value.hint == "rename the ref that is in the way: refs/heads/buddy"


def test_a_branch_needs_a_possible_name_and_a_commit(builder: RepoBuilder, repo: Repo) -> None:
    with pytest.raises(GitbuddyError, match="not valid"):
        repo.create_branch("a..b", builder.head())
    with pytest.raises(UsageError, match="no such commit"):
        repo.create_branch("x", "1" * 40)


def test_notes_are_git_notes_and_add_up(builder: RepoBuilder, repo: Repo) -> None:
    commit = builder.head()
    repo.add_note(commit, '{"job": 1}')
    repo.add_note(commit, '{"job": 2}\n')
    repo.add_note(commit, '{"job": 1}')

    assert repo.note(commit) == '{"job": 1}\n{"job": 2}\n'
    assert builder.git("notes", "--ref=buddy", "show", commit) == '{"job": 1}\n{"job": 2}\n'


def test_notes_that_git_wrote_are_found_and_kept(builder: RepoBuilder, repo: Repo) -> None:
    first, second = builder.head(), builder.commit("second")
    builder.git("notes", "--ref=buddy", "add", "-m", "by hand", first)
    repo.add_note(first, "one")
    repo.add_note(second, "two")

    assert builder.git("notes", "--ref=buddy", "show", first) == "by hand\none\n"
    assert builder.git("notes", "--ref=buddy", "show", second) == "two\n"
    assert len(builder.git("notes", "--ref=buddy", "list").splitlines()) == 2
    assert repo.note("1" * 40) is None


def test_combining_takes_the_newest_or_merges(builder: RepoBuilder, repo: Repo) -> None:
    start = builder.head()
    builder.checkout("left")
    left = builder.commit("left", files={"left.txt": "l"})
    builder.git("checkout", "--quiet", "-b", "right", start)
    right = builder.commit("right", files={"right.txt": "r"})
    both = repo.combine([start, left, right])

    assert repo.combine([start, left]) == left
    assert repo.combine([left, start, left]) == left
    assert {"left.txt", "right.txt"} <= set(repo.paths(both))
    assert builder.git("rev-list", "--parents", "-1", both).split()[1:] == [left, right]


def test_what_does_not_combine_is_named(builder: RepoBuilder, repo: Repo) -> None:
    start = builder.head()
    builder.checkout("left")
    left = builder.commit("left", files={"calc.py": "left\n"})
    builder.git("checkout", "--quiet", "-b", "right", start)
    right = builder.commit("right", files={"calc.py": "right\n"})

    with pytest.raises(GitbuddyError, match=r"change the same lines: calc\.py"):
        repo.combine([left, right])


def test_what_git_is_in_the_middle_of_is_known(builder: RepoBuilder, repo: Repo) -> None:
    start = builder.head()
    builder.commit("main", files={"calc.py": "main\n"})
    builder.git("checkout", "--quiet", "-b", "side", start)
    builder.commit("side", files={"calc.py": "side\n"})

    assert repo.operation() == ""
    for command, name in (("rebase", "rebase"), ("merge", "merge"), ("cherry-pick", "cherry-pick")):
        with pytest.raises(subprocess.CalledProcessError):
            builder.git(command, "main")

        assert repo.operation() == name
        builder.git(command, "--abort")
    builder.git("bisect", "start")

    assert repo.operation() == "bisect"


def test_the_branch_that_is_checked_out(builder: RepoBuilder, repo: Repo) -> None:
    assert repo.head_branch() == "main"
    builder.git("checkout", "--quiet", "--detach")

    assert repo.head_branch() is None
    assert repo.head() == builder.head()


def test_only_ignored_folders_of_the_checkout_are_dependencies(
    builder: RepoBuilder, repo: Repo, tmp_path: Path
) -> None:
    builder.write({"build/x": "", "pkg/x.log": "", ".env/x": "", "plain/x": "", "venv.log": "a file"})
    (tmp_path / "elsewhere").mkdir()
    (builder.path / "out.log").symlink_to(tmp_path / "elsewhere")
    (builder.path / "in.log").symlink_to("build")
    names = ("build", ".env", "plain", "venv.log", "none", "out.log", "in.log", "pkg/x.log", "..", ".git", "", "pkg")

    assert [path.name for path in repo.ignored_dependencies(names)] == ["build", ".env", "in.log"]
    assert all(path.parent == repo.top for path in repo.ignored_dependencies(names))


def test_the_users_own_ignore_file_counts_for_dependencies(builder: RepoBuilder, repo: Repo, sealed: Path) -> None:
    builder.write({".venv/x": ""})
    (sealed / "ignore").write_text(".venv\n")
    builder.git("config", "--global", "core.excludesFile", str(sealed / "ignore"))

    assert repo.ignored_dependencies((".venv",)) == (repo.top / ".venv",)


def test_a_commit_for_which_the_disk_has_no_room_is_not_taken_for_written(repo: Repo, builder: RepoBuilder) -> None:
    """libgit2 gives the id of a commit that it could not write, and says nothing."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        with pytest.raises(GitbuddyError, match="nothing can be written to the repository"):
            repo.commit_tree(repo.tree_of(builder.head()), [builder.head()], "more than ten bytes")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
