"""Cases A26 to A37: what a repository or a command can do to git, and to what git runs."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest
from given import edit, given_pool, given_repo, patch_of
from trial import PROJECT, RIGHT, Given

from gitbuddy.cli import examination
from gitbuddy.core.message import branch_name, slug
from gitbuddy.core.rules.paths import is_readable
from gitbuddy.errors import GitbuddyError, UsageError
from gitbuddy.git.repo import Repo
from gitbuddy.git.run import run_git
from gitbuddy.testing.repo import RepoBuilder
from gitbuddy.values import Kind, Origin, Task


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


@pytest.fixture
def builder(tmp_path: Path) -> RepoBuilder:
    return given_repo(tmp_path / "repo")


def test_a26_a_rewritten_pointer_runs_nothing(builder: RepoBuilder, tmp_path: Path, proof: Path, program: str) -> None:
    evil = tmp_path / "evil"
    subprocess.run(["git", "init", "--quiet", str(evil)], check=True)
    subprocess.run(["git", "-C", str(evil), "config", "core.fsmonitor", program], check=True)
    repo, pool = given_pool(builder, tmp_path / "cache")
    with pool.slot(repo.head()) as slot:
        (slot.path / ".git").write_text(f"gitdir: {evil}/.git\n")
        subprocess.run(["git", "status"], cwd=slot.path, capture_output=True, check=True)
        assert proof.exists()  # the trap works for whoever follows the pointer
        proof.unlink()
        slot.settle()

    assert not proof.exists()


WRITING = """\
import pathlib

for place in PLACES:
    for name in ("config", "hooks/pre-commit", "info/attributes"):
        try:
            pathlib.Path(place, name).write_text("x")
        except OSError:
            pass


"""


def test_a27_a_check_cannot_write_the_users_git_folder(given: Given) -> None:
    trial = given(PROJECT)
    places = [str(trial.repo.path / ".git"), str(trial.slot.path / ".git"), ".git"]
    code = WRITING.replace("PLACES", str(places))
    before = _hashes(trial.repo.path / ".git")

    trial.reason({"calc.py": code + RIGHT})

    assert _hashes(trial.repo.path / ".git") == before


def _hashes(git: Path) -> dict[str, str]:
    files = [git / "config", git / "HEAD", *sorted(git.glob("hooks/*")), *sorted(git.glob("info/*"))]
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_a28_a_bare_repository_in_the_tree_runs_nothing(tmp_path: Path, proof: Path, program: str) -> None:
    builder = given_repo(tmp_path / "repo", {"a.txt": "a\n"})
    inner = {"HEAD": "ref: refs/heads/main\n", "config": f"[core]\n\tbare = true\n\tfsmonitor = {program}\n"}
    builder.commit("inner", files={f"inner/{name}": text for name, text in inner.items()})
    for folder in ("objects", "refs"):
        (builder.path / "inner" / folder).mkdir()
        (builder.path / "inner" / folder / "keep").touch()
    builder.commit("folders")
    repo, pool = given_pool(builder, tmp_path / "cache")
    with pool.slot(repo.head()) as slot:
        slot.lay_out(patch_of(edit(repo, "a.txt", "b\n")))
        slot.settle()

    assert not proof.exists()


def test_a29_settings_of_user_and_repository_run_nothing(
    builder: RepoBuilder, tmp_path: Path, proof: Path, program: str, sealed: Path
) -> None:
    keys = ("core.fsmonitor", "diff.external", "core.pager", "filter.x.smudge", "filter.x.clean", "diff.x.textconv")
    for key in (*keys, "gpg.program", "core.editor", "alias.status"):
        builder.git("config", key, program)
        subprocess.run(["git", "config", "--global", key, program], check=True)
    builder.git("config", "commit.gpgSign", "true")
    builder.git("config", "core.hooksPath", str(tmp_path))
    (builder.path / ".git/info/attributes").write_text("* filter=x diff=x\n")
    repo, pool = given_pool(builder, tmp_path / "cache")
    with pool.slot(repo.head()) as slot:
        slot.lay_out(patch_of(edit(repo, "calc.py", "x\n")))
        slot.settle()
    commit = repo.commit_tree(repo.tree_of(repo.head()), [repo.head()], "x")

    assert repo.diff(repo.head(), commit) == ""
    assert not proof.exists()


def test_a30_attributes_neither_hide_nor_change_a_file(tmp_path: Path) -> None:
    attributes = "* -diff linguist-generated export-ignore\n*.txt eol=crlf\n*.u16 working-tree-encoding=UTF-16LE\n"
    files = {".gitattributes": attributes, "a.txt": "x\n", "b.u16": "x\n", "c.py": "x\n"}
    builder = given_repo(tmp_path / "repo", files)
    repo, pool = given_pool(builder, tmp_path / "cache")
    with pool.slot(repo.head()) as slot:
        for path, entry in repo.listing(repo.head()).entries.items():
            data = (slot.path / os.fsdecode(path)).read_bytes()
            assert hashlib.sha1(b"blob %d\0%s" % (len(data), data)).hexdigest() == entry.oid
    changed = builder.commit("change", files={"c.py": "y\n"})

    assert "+y" in repo.diff(repo.parents(changed)[0], changed)


@pytest.mark.parametrize("url", ["ext::sh -c 'touch /tmp/x'", "-u./p", "file:///etc", "https://example.org/x\r"])
def test_a31_no_submodule_is_ever_initialised(tmp_path: Path, url: str) -> None:
    builder = given_repo(tmp_path / "repo", {"a.txt": "a\n"})
    modules = f'[submodule "m"]\n\tpath = m\n\turl = "{url}"\n'
    builder.write({".gitmodules": modules})
    builder.git("update-index", "--add", "--cacheinfo", f"160000,{builder.head()},m")
    builder.git("add", ".gitmodules")
    builder.git("commit", "--quiet", "-m", "module")
    repo, pool = given_pool(builder, tmp_path / "cache")
    with pool.slot(repo.head()) as slot:
        assert list((slot.path / "m").iterdir()) == []
    assert not (builder.path / ".git/modules").exists()


TITLES = ["-x", "--upload-pack=x", "a..b", "x.lock", "@{1}", "@", "$(id)", "`id`", "`{curl,-s}`"]
TITLES += ["a\nb", "a\u202eb", "t" * 300]


@pytest.mark.parametrize("title", TITLES)
def test_a32_a_title_becomes_a_plain_branch_name(title: str) -> None:
    name = branch_name(Task(Kind.CHANGE, title, "b", Origin("cli")))
    plain = name.removeprefix("buddy/").rpartition("-")

    assert subprocess.run(["git", "check-ref-format", "--branch", name], capture_output=True).returncode == 0
    assert len(plain[0]) <= 40
    assert set(plain[0]) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert slug(title)


@pytest.mark.parametrize("name", ["--output=x", "-x", "--upload-pack=touch x"])
def test_a33_a_name_that_begins_like_an_option_is_none(builder: RepoBuilder, name: str) -> None:
    repo = Repo.open(builder.path)

    with pytest.raises(UsageError):
        repo.resolve(name)
    assert not (builder.path / "x").exists()
    assert is_readable("-x")  # a file may be called so; a new one may not, see A16


def test_a34_replaced_objects_are_not_believed(builder: RepoBuilder, tmp_path: Path) -> None:
    first = builder.head()
    second = builder.commit("other", files={"calc.py": "replaced\n"})
    builder.git("replace", first, second)
    repo, pool = given_pool(builder, tmp_path / "cache")
    found = repo.read(first, "calc.py")

    assert found
    assert found.data != b"replaced\n"
    assert b"replaced" not in run_git(["show", f"{first}:calc.py"], git_dir=repo.common_dir)
    with pool.slot(first) as slot:
        assert (slot.path / "calc.py").read_bytes() == found.data


DOT_GITS = [".git", ".GIT", "git~1", "..", ".git ", ".g\u200cit", ".git::$INDEX_ALLOCATION"]


def with_entry(builder: RepoBuilder, name: str, *, below: bool) -> str:
    """A commit with a folder of this name, written as a fetch would: no porcelain makes one."""

    def written(data: bytes) -> bytes:
        words = ["git", "hash-object", "-w", "--literally", "-t", "tree", "--stdin"]
        done = subprocess.run(words, cwd=builder.path, input=data, capture_output=True, check=True)
        return bytes.fromhex(done.stdout.decode())

    inner = bytes.fromhex(builder.git("rev-parse", "HEAD:pkg").strip())
    tree = written(b"40000 " + name.encode() + b"\0" + inner)
    top = written(b"40000 docs\0" + tree) if below else tree
    commit = builder.git("commit-tree", "-m", "evil", top.hex()).strip()
    builder.git("branch", "evil", commit)
    return commit


@pytest.mark.parametrize("below", [False, True])
@pytest.mark.parametrize("name", DOT_GITS)
def test_a35_a_base_with_a_git_folder_in_its_tree_is_refused(
    builder: RepoBuilder, tmp_path: Path, name: str, below: bool
) -> None:
    commit = with_entry(builder, name, below=below)
    repo, pool = given_pool(builder, tmp_path / "cache")

    with pytest.raises(GitbuddyError, match=r"a path that could take the place of \.git: ") as caught:
        repo.paths(commit)
    assert caught.value.hint
    with pytest.raises(GitbuddyError, match=r"could take the place of \.git"), pool.slot(commit):
        pass


def test_a35_names_that_only_resemble_it_are_fine(builder: RepoBuilder) -> None:
    names = (".github/x", ".gitignore", ".gitmodules", "x.git/y", "a\t.git", "...", "git~10/x", "..x/y")
    builder.commit("fine", files=dict.fromkeys(names, ""))

    assert set(names) <= set(Repo.open(builder.path).paths(builder.head()))


def test_a36_a_clone_that_would_fetch_is_refused(builder: RepoBuilder) -> None:
    builder.git("config", "remote.origin.promisor", "true")
    builder.git("config", "remote.origin.url", "https://example.invalid/x")

    with pytest.raises(GitbuddyError, match="partial clone") as caught:
        Repo.open(builder.path)
    assert "full clone" in caught.value.hint


def test_a37_a_git_below_the_floor_is_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "bin/git"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho git version 2.20.1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    found = examination._git()

    assert (found.mark, found.words) == ("BAD", "git version 2.20.1")
    assert found.fix.startswith("install git ")
