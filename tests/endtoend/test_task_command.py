"""`git buddy task`: what is written down is found again as it was meant, and nothing else is touched."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hooked import buddy, laid_out, own_hook, said, write_hook

from gitbuddy.testing.repo import RepoBuilder


@pytest.fixture
def repo(tmp_path: Path) -> RepoBuilder:
    made = RepoBuilder(tmp_path / "repo")
    made.commit("start", files={"calc.py": "x = 1\n"})
    return made


def listed(repo: RepoBuilder) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = buddy(repo.path, "list", "--json").json()
    return found


def state(repo: RepoBuilder) -> tuple[str, ...]:
    """Index, HEAD and what git sees of the work tree."""
    return repo.git("ls-files", "--stage"), repo.head(), repo.git("status", "--short", "--untracked-files=all")


def test_a_task_file_is_found_once_the_command_that_is_told_has_run(repo: RepoBuilder) -> None:
    index = repo.git("ls-files", "--stage")

    ran = buddy(repo.path, "task", "Make it two.", "--kind", "fix", "-f", "calc.py", "-f", "a b.py", "--accept", "t::x")

    assert (ran.code, ran.out) == (0, ".buddy/tasks/make-it-two.md\n")
    assert repo.git("ls-files", "--stage") == index
    text = (repo.path / ran.out.strip()).read_text()
    assert text == "---\nkind: fix\nfiles: [calc.py, a b.py]\naccept: ['t::x']\n---\nMake it two.\n"
    command = ran.err.partition("once it is committed: ")[2].strip()
    assert command.startswith("git add .buddy/tasks/make-it-two.md && git commit -m ")
    repo.write({"staged.txt": "mine\n"})
    repo.git("add", "staged.txt")
    assert os.system(f"cd '{repo.path}' && {command} >&2") == 0
    assert repo.git("diff", "--cached", "--name-only") == "staged.txt\n"
    (found,) = listed(repo)
    assert (found["text"], found["kind"], found["files"]) == ("Make it two.", "fix", ["calc.py", "a b.py"])


def test_a_text_that_looks_like_an_option_or_a_trailer(repo: RepoBuilder) -> None:
    repo.git("config", "commit.cleanup", "scissors")

    for text in ("--- a", "Buddy-Task: #else"):
        assert buddy(repo.path, "task", "--commit", "--kind", "test", "-f", "calc.py", "--", text).code == 0

    found = [(task["text"], task["kind"], task["files"]) for task in listed(repo)]
    assert found == [("--- a", "test", ["calc.py"]), ("Buddy-Task: #else", "test", ["calc.py"])]
    assert repo.git("diff", "HEAD~2", "--name-only") == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("", "--file"), "it has no text"),
        (("x", "--commit", "--accept", "t::x"), "a commit cannot name tests"),
        (("x", "--kind", "magic"), "magic"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_wrong_request_writes_nothing(repo: RepoBuilder, arguments: tuple[str, ...], words: str) -> None:
    before = state(repo)

    ran = buddy(repo.path, "task", *arguments)

    assert (ran.code, state(repo)) == (2, before)
    assert words in ran.err


def test_no_task_file_is_overwritten(repo: RepoBuilder) -> None:
    repo.write({".buddy/tasks/again.json": "{}"})

    names = [buddy(repo.path, "task", "Again!").out.strip() for _ in range(2)]

    assert names == [".buddy/tasks/again-2.md", ".buddy/tasks/again-3.md"]
    assert (repo.path / ".buddy/tasks/again.json").read_text() == "{}"


@pytest.mark.parametrize(("text", "name"), [("README", "readme-task"), ("日本", "task"), ("../../x", "x")])
def test_a_name_is_made_of_any_text(repo: RepoBuilder, text: str, name: str) -> None:
    assert buddy(repo.path, "task", text).out == f".buddy/tasks/{name}.md\n"


def test_from_a_folder_below_the_path_is_told_from_there(repo: RepoBuilder) -> None:
    (repo.path / "sub").mkdir()

    assert buddy(repo.path / "sub", "task", "x").out == "../.buddy/tasks/x.md\n"


def test_a_folder_that_leads_out_of_the_work_tree_is_refused(repo: RepoBuilder, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (repo.path / ".buddy").symlink_to(tmp_path / "outside")

    ran = buddy(repo.path, "task", "x")

    assert (ran.code, laid_out(tmp_path / "outside")) == (1, {})
    assert "leads out of the work tree" in ran.err


def test_what_is_staged_stays_staged(repo: RepoBuilder) -> None:
    repo.write({"calc.py": "x = 2\n", "new.py": "", "loose.txt": "x"})
    repo.git("add", "calc.py", "new.py")
    index, _, status = state(repo)

    ran = buddy(repo.path, "task", "--commit", "Make it three.")

    assert ran.out == repo.head()[:12] + "\n"
    assert (index, status) == state(repo)[::2]
    assert repo.git("log", "-1", "--format=%an %s") == "Ada Author task: Make it three.\n"


def test_the_users_hooks_run_and_may_refuse(repo: RepoBuilder) -> None:
    before = repo.head()
    own_hook(repo, code=1)

    ran = buddy(repo.path, "task", "--commit", "x")

    assert (ran.code, repo.head()) == (1, before)
    assert "error: git commit made no commit, its exit code: 1" in ran.err
    assert said(repo, "own") == ["pre-commit"]


def test_a_hook_that_adds_a_trailer_is_fine_and_one_that_breaks_the_task_is_told(repo: RepoBuilder) -> None:
    hook = write_hook(repo.path / ".git/hooks/commit-msg", '#!/bin/sh\necho "Change-Id: I1" >> "$1"\n')
    assert buddy(repo.path, "task", "--commit", "x").code == 0
    assert "Change-Id: I1" in repo.git("log", "-1", "--format=%B")

    write_hook(hook, '#!/bin/sh\necho "Something else." > "$1"\n')
    ran = buddy(repo.path, "task", "--commit", "y")

    assert ran.code == 1
    assert f"does not ask for the task as it was given: {repo.head()[:12]}" in ran.err


def test_the_users_signature_is_asked_for(repo: RepoBuilder) -> None:
    signer = write_hook(
        repo.path / ".git/signer",
        "#!/bin/sh\ncat > /dev/null\necho '[GNUPG:] SIG_CREATED ' >&2\necho '-----BEGIN PGP SIGNATURE-----'\n",
    )
    repo.git("config", "gpg.program", str(signer))
    repo.git("config", "commit.gpgSign", "true")

    assert buddy(repo.path, "task", "--commit", "x").code == 0

    assert "gpgsig -----BEGIN PGP SIGNATURE-----" in repo.git("cat-file", "-p", "HEAD")


@pytest.mark.parametrize("where", ["--detach", "buddy/mine"])
def test_a_commit_where_no_task_is_looked_for_is_refused(repo: RepoBuilder, where: str) -> None:
    repo.git("checkout", "--quiet", *([where] if where == "--detach" else ["-b", where]))
    before = repo.head()

    ran = buddy(repo.path, "task", "--commit", "x")

    assert (ran.code, repo.head()) == (1, before)
    assert "gitbuddy looks for tasks on your branches" in ran.err


def test_a_repository_without_a_commit_can_have_a_task_file(tmp_path: Path) -> None:
    repo = RepoBuilder(tmp_path / "empty")

    assert buddy(repo.path, "task", "x").code == 0
    assert buddy(repo.path, "task", "--commit", "x").code == 1
