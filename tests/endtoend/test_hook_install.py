"""`git buddy hook`, with real commits: what was there runs first and counts, and everybody gets along."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hooked import buddy, commit, laid_out, own_hook, said, stand_in, write_hook

from gitbuddy.git import hooks, shims
from gitbuddy.git.shims import HOOKS
from gitbuddy.testing.repo import RepoBuilder

OURS = "-P -m gitbuddy hook run pre-commit"


@pytest.fixture
def repo(tmp_path: Path) -> RepoBuilder:
    made = RepoBuilder(tmp_path / "repo")
    made.commit("start", files={"a.txt": "a\n"})
    return made


def states(repo: RepoBuilder) -> dict[str, str]:
    return {row["hook"]: row["state"] for row in buddy(repo.path, "hook", "status", "--json").json()}


def test_the_real_hooks_let_a_commit_through_and_leave_no_trace(repo: RepoBuilder) -> None:
    own_hook(repo)
    before = laid_out(repo.path / ".git/hooks")

    assert buddy(repo.path, "hook", "install", "--queue", "--message").code == 0
    assert set(states(repo).values()) == {"installed"}
    ran = commit(repo.path)
    assert (ran.code, said(repo, "own")) == (0, ["pre-commit"]), ran.err
    assert buddy(repo.path, "hook", "uninstall").code == 0

    assert laid_out(repo.path / ".git/hooks") == before
    assert states(repo) == {
        "pre-commit": "foreign",
        "post-commit": "not installed",
        "prepare-commit-msg": "not installed",
    }


def test_only_pre_commit_is_installed_unless_more_is_asked_for(repo: RepoBuilder) -> None:
    buddy(repo.path, "hook", "install")

    assert [name for name, state in states(repo).items() if state == "installed"] == ["pre-commit"]


@pytest.mark.parametrize(("own", "buddys", "code"), [(0, 0, 0), (3, 0, 1), (0, 1, 1)])
def test_the_users_hook_comes_first_and_each_can_stop_the_commit(
    repo: RepoBuilder, own: int, buddys: int, code: int
) -> None:
    own_hook(repo, code=own)
    hooks.install(repo.path, ["pre-commit"], stand_in(repo.path / ".git", buddys))

    assert commit(repo.path).code == code
    assert said(repo, "own") == ["pre-commit"]
    assert said(repo, "buddy") == ([] if own else [OURS])


def test_every_hook_gets_its_arguments(repo: RepoBuilder) -> None:
    for name in HOOKS:
        own_hook(repo, name)
    hooks.install(repo.path, HOOKS, stand_in(repo.path / ".git"))

    commit(repo.path)

    words = ["pre-commit", "prepare-commit-msg .git/COMMIT_EDITMSG message", "post-commit"]
    assert said(repo, "own") == words
    assert said(repo, "buddy") == [f"-P -m gitbuddy hook run {word}" for word in words]


def test_nothing_happens_in_a_commit_that_gitbuddy_makes(repo: RepoBuilder) -> None:
    own_hook(repo, code=1)
    hooks.install(repo.path, HOOKS, stand_in(repo.path / ".git", code=1))

    assert commit(repo.path, extra={"GITBUDDY_HOOK": "1"}).code == 0

    assert (said(repo, "own"), said(repo, "buddy")) == ([], [])
    assert buddy(repo.path, "hook", "run", "prepare-commit-msg", "a.txt", extra={"GITBUDDY_HOOK": ""}).code == 0
    assert (repo.path / "a.txt").read_text() == "a\n"


def test_a_python_that_is_gone_stops_no_commit(repo: RepoBuilder) -> None:
    hooks.install(repo.path, ["pre-commit"], "/gone/python")

    ran = commit(repo.path)

    assert ran.code == 0
    assert "gitbuddy is gone from where this hook looks for it: .git/hooks/pre-commit" in ran.err


def test_a_gitbuddy_that_is_gone_stops_no_commit(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shims, "MODULE", Path("/gone/gitbuddy/__main__.py"))
    hooks.install(repo.path, ["pre-commit"], stand_in(repo.path / ".git", code=1))

    assert (commit(repo.path).code, said(repo, "buddy")) == (0, [])


def test_no_file_of_the_work_tree_becomes_a_part_of_gitbuddy(repo: RepoBuilder) -> None:
    names = ("gitbuddy", "click", "json", "yaml", "sitecustomize")
    buddy(repo.path, "hook", "install", "--message")
    repo.write({f"{name}.py": "raise SystemExit('taken over')\n" for name in names})

    ran = commit(repo.path)

    assert "taken over" not in ran.err
    assert ran.code == 0


def test_a_commit_in_a_linked_worktree_runs_it(repo: RepoBuilder, tmp_path: Path) -> None:
    repo.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    own_hook(repo)
    hooks.install(tmp_path / "linked", ["pre-commit"], stand_in(repo.path / ".git"))

    assert commit(tmp_path / "linked").code == 0

    assert (tmp_path / "linked/own").read_text() == "pre-commit\n"
    assert (tmp_path / "linked/buddy").read_text() == f"{OURS}\n"


def test_a_new_message_explains_the_trailers_and_git_takes_the_words_out(repo: RepoBuilder) -> None:
    buddy(repo.path, "hook", "install", "--message")
    editor = write_hook(repo.path / ".git/editor", '#!/bin/sh\ncp "$1" seen\n{ echo Subject; cat seen; } > "$1"\n')

    ran = commit(repo.path, "--quiet", extra={"GIT_EDITOR": str(editor)})

    assert ran.code == 0, ran.err
    assert "# To ask gitbuddy for something" in (repo.path / "seen").read_text()
    assert repo.git("log", "-1", "--format=%B").strip() == "Subject"


def test_a_message_from_the_command_line_is_not_explained(repo: RepoBuilder) -> None:
    buddy(repo.path, "hook", "install", "--message")
    editor = write_hook(repo.path / ".git/editor", '#!/bin/sh\ncp "$1" seen\n')

    commit(repo.path, "--message=x", "--edit", extra={"GIT_EDITOR": str(editor)})

    assert "gitbuddy" not in (repo.path / "seen").read_text()


def test_an_empty_message_still_ends_the_commit(repo: RepoBuilder) -> None:
    buddy(repo.path, "hook", "install", "--message")
    head = repo.head()

    for options in (("--quiet",), ("--no-edit",)):
        assert "empty commit message" in commit(repo.path, *options, extra={"GIT_EDITOR": "true"}).err

    assert repo.head() == head


def test_a_tracked_folder_of_hooks_is_told_the_line(repo: RepoBuilder) -> None:
    repo.commit("hooks", files={".githooks/pre-commit": "#!/bin/sh\nexit 0\n"})
    repo.git("config", "core.hooksPath", ".githooks")

    ran = buddy(repo.path, "hook", "install")

    assert ran.code == 1
    assert ran.err.startswith("error: the hooks here are another's (core.hooksPath), so gitbuddy adds none: ")
    assert 'then git buddy hook run pre-commit "$@"; fi\n' in ran.err
    assert repo.git("status", "--short") == ""
    assert states(repo)["pre-commit"] == "foreign"


def test_husky_runs_it_from_its_own_file(repo: RepoBuilder) -> None:
    """husky's layout: `core.hooksPath` names a folder of stubs that start the files beside it."""
    stub = '#!/usr/bin/env sh\n. "$(dirname "$0")/husky.sh"\n'
    runner = 'sh -e "$(dirname "$(dirname "$0")")/$(basename "$0")" "$@"\nexit $?\n'
    repo.write({".husky/_/husky.sh": runner, ".husky/_/.gitignore": "*\n", ".husky/pre-commit": "echo husky >> own\n"})
    write_hook(repo.path / ".husky/_/pre-commit", stub)
    repo.git("config", "core.hooksPath", ".husky/_")
    ran = buddy(repo.path, "hook", "install")
    line = ran.err.splitlines()[-1].removeprefix("hint: ")
    with (repo.path / ".husky/pre-commit").open("a") as file:
        file.write(f"{line}\n")
    write_hook(repo.path / "bin/git-buddy", '#!/bin/sh\necho "$@" >> buddy\n')

    done = commit(repo.path, extra={"PATH": f"{repo.path}/bin:/usr/bin:/bin"})

    assert (ran.code, done.code) == (1, 0), done.err
    assert (said(repo, "own"), said(repo, "buddy")) == (["husky"], ["hook run pre-commit"])
    assert states(repo)["pre-commit"] == "installed"


def test_pre_commit_and_gitbuddy_both_run(repo: RepoBuilder) -> None:
    entry = 'sh -c "echo theirs >> own"'
    config = (
        "repos:\n- repo: local\n  hooks:\n  - {id: x, name: x, language: system, always_run: true, "
        f"pass_filenames: false, entry: '{entry}'}}\n"
    )
    repo.commit("pre-commit", files={".pre-commit-config.yaml": config})
    install = [sys.executable, "-m", "pre_commit", "install"]
    subprocess.run(install, cwd=repo.path, check=True, capture_output=True)
    before = laid_out(repo.path / ".git/hooks")
    hooks.install(repo.path, ["pre-commit"], stand_in(repo.path / ".git"))

    assert commit(repo.path).code == 0
    assert (said(repo, "own"), said(repo, "buddy")) == (["theirs"], [OURS])

    subprocess.run(
        install, cwd=repo.path, check=True, capture_output=True
    )  # as a project's set-up does again and again
    assert commit(repo.path).code == 0
    assert (said(repo, "own"), said(repo, "buddy")) == (["theirs"], [OURS])
    assert hooks.uninstall(repo.path) == ()
    assert laid_out(repo.path / ".git/hooks") == before


def test_what_is_left_is_said(repo: RepoBuilder) -> None:
    buddy(repo.path, "hook", "install")
    shim = repo.path / ".git/hooks/pre-commit"
    shim.write_text(f"{shim.read_text()}# mine\n")

    ran = buddy(repo.path, "hook", "uninstall")

    assert ran.code == 1
    assert ran.err == f"warning: left pre-commit as it is, somebody changed it: {shim}\n"
    assert states(repo)["pre-commit"] == "edited"


def test_a_hook_loads_no_more_than_it_needs(repo: RepoBuilder) -> None:
    program = (
        "import sys; from gitbuddy.cli.root import run_command_line; "
        "run_command_line(['hook', 'run', 'prepare-commit-msg', 'missing']); "
        "print(sorted({'pygit2', 'pydantic', 'httpx', 'rich', 'yaml'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=repo.path, capture_output=True, text=True, check=True)

    assert ran.stdout == "[]\n"
