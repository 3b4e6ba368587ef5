"""Each of the five ways to hand in a task, end to end: real git, checks, sandbox and HTTP server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sample import Project

FIXED = "def add(a, b):\n    return a + b\n\n\ndef double(a):\n    return a * 2\n"
TASK_FILE = "---\nkind: fix\nfiles: [calc.py]\n---\nMake add add.\n"
TRAILERS = "Notes for later\n\nBuddy-Task: Make add add.\nBuddy-Kind: fix\nBuddy-Files: calc.py\n"
JSON_TASK = json.dumps({"description": "Make add add.", "filesOwned": ["calc.py"], "kind": "fix"})

Again = Callable[[], str]


def test_a_text_on_the_command_line(project: Project, untouched: Again) -> None:
    ran = project.buddy("run", "--kind", "fix", "-f", "calc.py", "Make add add.")

    assert (ran.code, ran.out.split()) == (0, project.branches()), ran.err
    assert project.content(ran.out.strip()) == FIXED


def test_json_on_stdin(project: Project, untouched: Again) -> None:
    ran = project.buddy("run", "--task", "-", "--json", stdin=JSON_TASK)

    assert ran.code == 0, ran.err
    assert ran.json()["state"] == "landed"
    assert project.content(ran.json()["branch"]) == FIXED


def test_json_in_a_file(project: Project, untouched: Again, tmp_path: Path) -> None:
    (tmp_path / "task.json").write_text(JSON_TASK)

    ran = project.buddy("run", "--task", str(tmp_path / "task.json"))

    assert ran.code == 0, ran.err
    assert project.content(ran.out.strip()) == FIXED


def test_a_task_file_on_a_branch_that_is_not_checked_out(project: Project, untouched: Again) -> None:
    project.repo.git("checkout", "--quiet", "-b", "ideas")
    project.repo.commit("an idea", files={".buddy/tasks/add.md": TASK_FILE})
    project.repo.git("checkout", "--quiet", "main")
    untouched()

    ran = project.buddy("work")

    assert ran.code == 0, ran.err
    assert [branch.rpartition("-")[0] for branch in project.branches()] == ["buddy/add"]
    assert project.content(ran.out.strip()) == FIXED


def test_a_trailer_on_a_commit(project: Project, untouched: Again) -> None:
    project.repo.commit(TRAILERS, files={"notes.txt": "later\n"})
    untouched()

    ran = project.buddy("work")

    assert ran.code == 0, ran.err
    assert project.content(ran.out.strip()) == FIXED
    assert project.repo.git("log", "-1", "--format=%s", f"{ran.out.strip()}~1").strip() == "Notes for later"


@pytest.mark.parametrize("carry", ["squash", "rebase", "cherry-pick"])
def test_a_trailer_runs_once_however_git_carries_it_along(project: Project, untouched: Again, carry: str) -> None:
    project.repo.git("checkout", "--quiet", "-b", "feature")
    carried = project.repo.commit(TRAILERS, files={"notes.txt": "later\n"})
    assert project.buddy("work").code == 0
    project.repo.git("checkout", "--quiet", "main")
    project.repo.commit("meanwhile", files={"other.txt": "x\n"})
    if carry == "squash":
        project.repo.git("merge", "--quiet", "--squash", "feature")
        project.repo.git("commit", "--quiet", "-m", TRAILERS)
    elif carry == "rebase":
        project.repo.git("rebase", "--quiet", "main", "feature")
    else:
        project.repo.git("cherry-pick", carried)
    untouched()

    ran = project.buddy("work")

    assert (ran.code, ran.out, len(project.branches())) == (0, "", 1), ran.err
    assert "nothing is ready" in ran.err


def test_the_landed_commit_says_how_it_was_shown_to_be_right(project: Project, untouched: Again) -> None:
    branch = project.buddy("run", "--kind", "fix", "-f", "calc.py", "Make add add.").out.strip()

    trailers = project.repo.git("log", "-1", "--format=%(trailers:only,unfold)", branch).split("\n")
    note = json.loads(project.repo.git("notes", "--ref=buddy", "show", branch))
    tree = project.repo.git("rev-parse", f"{branch}^{{tree}}").strip()

    assert [line.partition(":")[0] for line in trailers if line] == ["Buddy-Job", "Buddy-Verified", "Assisted-by"]
    assert trailers[1] == f"Buddy-Verified: test@{tree[:12]}"
    assert (note["tree"], note["verdict"]["accepted"]) == (tree, True)
