"""The hooks at work in real commits: the staged snapshot is looked at, and nothing of the user's is touched."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from linted import BARE, CAUGHT, CLEAN, MENDED, RUFF, UNUSED
from sample import Project, Ran

CLOSED = {"OLLAMA_HOST": "http://127.0.0.1:9"}


@pytest.fixture(autouse=True)
def hooked(lint: Project) -> None:
    hook(lint.repo.path / ".git/hooks", "pre-commit")


def hook(folder: Path, name: str) -> None:
    folder.mkdir(exist_ok=True)
    command = shlex.join([sys.executable, "-m", "gitbuddy", "hook", "run", name])
    (folder / name).write_text(f"#!/bin/sh\nexec {command}\n")
    (folder / name).chmod(0o755)


def commit(project: Project, *arguments: str, cwd: Path | None = None, extra: Mapping[str, str] = CLOSED) -> Ran:
    done = subprocess.run(
        ["git", "commit", "--quiet", "--message=work", *arguments],
        cwd=cwd or project.repo.path,
        env=project.environment(extra),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in ran.err, ran.err
    return ran


def read(project: Project, name: str) -> str:
    return (project.repo.path / name).read_bytes().decode()


def staged(project: Project, name: str) -> str:
    return project.repo.git("show", f":{name}")


def test_a_clean_commit_passes_in_silence(lint: Project) -> None:
    lint.repo.write({"clean.py": CLEAN.replace("1", "2")})
    lint.repo.git("add", "clean.py")

    ran = commit(lint)

    assert (ran.code, ran.err) == (0, "")


def test_a_complaint_stops_the_commit_and_changes_nothing(lint: Project) -> None:
    lint.repo.write({"unused.py": UNUSED})
    lint.repo.git("add", "unused.py")
    commit(lint)  # git itself refreshes the index before it asks the hook
    before, head = lint.repo.manifest(), lint.repo.head()

    ran = commit(lint)

    assert ran.code == 1
    assert "-import os" in ran.err
    assert "would mend 1 of 1 complaints" in ran.err
    assert ran.err.rstrip().endswith("git buddy apply")
    assert (lint.repo.manifest(), lint.repo.head()) == (before, head)


def test_one_command_takes_the_proposal_into_file_and_index(lint: Project) -> None:
    lint.repo.write({"unused.py": UNUSED})
    lint.repo.git("add", "unused.py")
    commit(lint)

    taken = lint.buddy("apply")

    assert (taken.code, taken.out) == (0, "mended      unused.py\n")
    assert read(lint, "unused.py") == staged(lint, "unused.py") == MENDED
    assert commit(lint).code == 0
    assert lint.buddy("apply").code == 2  # it was taken


def test_what_is_staged_counts_and_not_what_is_on_disk(lint: Project) -> None:
    lint.repo.write({"unused.py": UNUSED})
    lint.repo.git("add", "unused.py")
    lint.repo.write({"unused.py": MENDED})

    ran = commit(lint)

    assert ran.code == 1
    assert "F401" not in ran.out
    assert "-import os" in ran.err

    lint.repo.git("add", "unused.py")
    lint.repo.write({"unused.py": UNUSED})

    assert commit(lint).code == 0  # the bad lines are not in this commit
    assert read(lint, "unused.py") == UNUSED


def test_lines_edited_since_are_kept(lint: Project) -> None:
    lint.repo.write({"unused.py": UNUSED})
    lint.repo.git("add", "unused.py")
    lint.repo.write({"unused.py": UNUSED + "\n\nMORE = 1\n"})
    commit(lint)

    assert lint.buddy("apply").code == 0

    assert staged(lint, "unused.py") == MENDED
    assert read(lint, "unused.py") == MENDED + "\n\nMORE = 1\n"


def test_the_same_lines_edited_since_are_left_alone(lint: Project) -> None:
    lint.repo.write({"unused.py": UNUSED})
    lint.repo.git("add", "unused.py")
    commit(lint)
    lint.repo.write({"unused.py": UNUSED.replace("import os", "import os.path")})

    ran = lint.buddy("apply")

    assert ran.code == 1
    assert "left alone  unused.py: the same lines were edited since" in ran.out
    assert "import os.path" in read(lint, "unused.py")
    assert staged(lint, "unused.py") == UNUSED


def test_a_model_helps_within_the_time(lint: Project) -> None:
    lint.repo.write({"bare.py": BARE})
    lint.repo.git("add", "bare.py")

    ran = commit(lint, extra={})

    assert ran.code == 1
    assert "+    except OSError:" in ran.err
    assert "lines by qwen2.5-coder:7b in: bare.py" in ran.err
    assert lint.buddy("apply").code == 0
    assert staged(lint, "bare.py") == CAUGHT


def test_commit_all_is_judged_by_what_it_commits(lint: Project) -> None:
    lint.repo.write({"clean.py": UNUSED})
    index = (lint.repo.path / ".git/index").read_bytes()

    ran = commit(lint, "--all")

    assert ran.code == 1
    assert (lint.repo.path / ".git/index").read_bytes() == index
    assert lint.buddy("apply").out == "mended      clean.py (not staged: the index holds something else)\n"
    assert read(lint, "clean.py") == MENDED
    assert commit(lint, "--all").code == 0


def test_commit_of_one_path_looks_at_that_path(lint: Project) -> None:
    lint.repo.write({"clean.py": CLEAN.replace("1", "2"), "unused.py": UNUSED})
    lint.repo.git("add", "unused.py")

    assert commit(lint, "clean.py").code == 0
    assert staged(lint, "unused.py") == UNUSED


def test_amend_looks_at_what_changes(lint: Project) -> None:
    lint.repo.write({"clean.py": CLEAN.replace("1", "2")})
    lint.repo.git("add", "clean.py")
    commit(lint)
    lint.repo.write({"unused.py": UNUSED})
    lint.repo.git("add", "unused.py")

    assert commit(lint, "--amend").code == 1


def test_intent_to_add_is_not_yet_a_file(lint: Project) -> None:
    lint.repo.write({"later.py": UNUSED, "clean.py": CLEAN.replace("1", "2")})
    lint.repo.git("add", "--intent-to-add", "later.py")
    lint.repo.git("add", "clean.py")

    assert commit(lint).code == 0


def test_a_removed_file_is_no_concern(lint: Project) -> None:
    lint.repo.git("rm", "--quiet", "clean.py")

    assert commit(lint).code == 0


def test_a_file_that_is_gone_from_the_disk_is_still_staged(lint: Project) -> None:
    lint.repo.write({"unused.py": UNUSED})
    lint.repo.git("add", "unused.py")
    (lint.repo.path / "unused.py").unlink()

    assert commit(lint).code == 1
    assert not (lint.repo.path / "unused.py").exists()


def test_the_first_commit_is_looked_at(lint: Project) -> None:
    lint.repo.git("checkout", "--quiet", "--orphan", "new")
    lint.repo.write({"unused.py": UNUSED})
    lint.repo.git("add", "unused.py")

    assert commit(lint).code == 1
    assert lint.buddy("apply").code == 0
    assert staged(lint, "unused.py") == MENDED


def test_a_merge_is_looked_at_and_nothing_is_proposed(lint: Project) -> None:
    lint.repo.git("checkout", "--quiet", "-b", "side")
    lint.repo.write({"side.py": CLEAN})
    lint.repo.git("add", "side.py")
    commit(lint)
    lint.repo.git("checkout", "--quiet", "main")
    lint.repo.git("merge", "--no-ff", "--no-commit", "side")
    lint.repo.write({"unused.py": UNUSED})
    lint.repo.git("add", "unused.py")

    ran = commit(lint)

    assert ran.code == 1
    assert "only looked, since a merge is in progress" in ran.err
    assert lint.buddy("apply").code == 2


@pytest.mark.parametrize(
    ("operation", "begin"),
    [
        ("bisect", ("bisect", "start")),
        ("rebase", ("-c", "sequence.editor=sed -i s/^pick/edit/", "rebase", "--interactive", "HEAD~1")),
    ],
)
def test_in_the_middle_of_something_it_only_looks(lint: Project, operation: str, begin: tuple[str, ...]) -> None:
    lint.repo.write({"clean.py": CLEAN.replace("1", "2")})
    lint.repo.git("add", "clean.py")
    commit(lint)
    lint.repo.git(*begin)
    lint.repo.write({"unused.py": UNUSED})
    lint.repo.git("add", "unused.py")

    ran = commit(lint)

    assert ran.code == 1
    assert f"only looked, since a {operation} is in progress" in ran.err
    assert lint.buddy("apply").code == 2


def test_a_linked_worktree_has_proposals_of_its_own(lint: Project, tmp_path: Path) -> None:
    other = tmp_path / "other"
    lint.repo.git("worktree", "add", "--quiet", "--detach", str(other))
    (other / "unused.py").write_text(UNUSED)
    subprocess.run(["git", "add", "unused.py"], cwd=other, check=True)
    before = lint.repo.manifest()

    assert commit(lint, cwd=other).code == 1
    assert lint.buddy("apply").code == 2  # in the main worktree nothing waits
    assert lint.buddy("apply", cwd=other).code == 0
    assert (other / "unused.py").read_text() == MENDED
    assert lint.repo.manifest() == before


def test_line_ends_that_git_converts_stay_as_they_are_on_disk(lint: Project) -> None:
    lint.repo.commit("ends", files={".gitattributes": "*.py text eol=crlf\n"})
    lint.repo.write({"unused.py": UNUSED.replace("\n", "\r\n")})
    lint.repo.git("add", "unused.py")

    assert commit(lint).code == 1
    assert lint.buddy("apply").code == 0
    assert staged(lint, "unused.py") == MENDED
    assert read(lint, "unused.py") == MENDED.replace("\n", "\r\n")


def test_a_submodule_is_no_file(lint: Project, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path / "inner")], check=True)
    inner = {"cwd": tmp_path / "inner", "check": True}
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=b", "commit", "-qm", "x", "--allow-empty"], **inner)  # type: ignore[call-overload]
    lint.repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(tmp_path / "inner"), "sub")

    assert commit(lint).code == 0


def test_without_a_linter_nothing_is_said(lint: Project) -> None:
    lint.repo.write({"notes.txt": "words\n"})
    lint.repo.git("add", "notes.txt")

    ran = commit(lint)

    assert (ran.code, ran.err) == (0, "")


def test_a_linter_that_is_not_installed_is_named_and_stops_nothing(lint: Project) -> None:
    lint.repo.write({"a.js": "x\n", "eslint.config.js": "export default [];\n"})
    lint.repo.git("add", "a.js", "eslint.config.js")

    ran = commit(lint, extra={**CLOSED, "PATH": "/usr/bin:/bin"})

    assert ran.code == 0
    assert ran.err == "gitbuddy: not installed, so not asked: eslint\n"


def test_a_commit_inside_the_hook_is_not_hooked(lint: Project) -> None:
    lint.repo.write({"unused.py": UNUSED})
    lint.repo.git("add", "unused.py")

    assert commit(lint, extra={**CLOSED, "GITBUDDY_HOOK": "1"}).code == 0


def test_what_was_committed_all_the_same_is_queued(lint: Project) -> None:
    hook(lint.repo.path / ".git/hooks", "post-commit")
    lint.repo.write({"unused.py": UNUSED})
    lint.repo.git("add", "unused.py")

    ran = commit(lint, "--no-verify")

    assert ran.code == 0
    assert "git buddy work runs it" in ran.err
    (listed,) = lint.buddy("list", "--json").json()
    assert (listed["kind"], listed["files"], listed["state"]) == ("fix-lint", ["unused.py"], "ready")

    worked = lint.buddy("work")

    assert worked.code == 0, worked.err
    (branch,) = lint.branches()
    assert lint.content(branch, "unused.py") == MENDED


def test_a_clean_commit_queues_nothing(lint: Project) -> None:
    hook(lint.repo.path / ".git/hooks", "post-commit")
    lint.repo.write({"clean.py": CLEAN.replace("1", "2")})
    lint.repo.git("add", "clean.py")

    assert commit(lint).err == ""
    assert lint.buddy("list", "--json").json() == []


def test_the_time_can_be_set(lint: Project) -> None:
    lint.repo.git("config", "buddy.hookSeconds", "0.001")
    lint.repo.write({"unused.py": UNUSED})
    lint.repo.git("add", "unused.py")

    ran = commit(lint)

    assert "no time was left" in ran.err
    assert os.path.lexists(lint.repo.path / "unused.py")
    assert RUFF in read(lint, "pyproject.toml")


def test_installed_by_its_own_command_it_does_the_same(lint: Project) -> None:
    (lint.repo.path / ".git/hooks/pre-commit").unlink()
    assert lint.buddy("hook", "install", "--queue").code == 0
    lint.repo.write({"unused.py": UNUSED})
    lint.repo.git("add", "unused.py")

    assert commit(lint).code == 1
    assert lint.buddy("apply").code == 0
    assert commit(lint).code == 0
    assert staged(lint, "unused.py") == MENDED
