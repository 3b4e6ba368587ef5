"""`git buddy verify`: a landed commit once more through the gate."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sample import CALC, RIGHT, Project

from gitbuddy.git.objects import Blob
from gitbuddy.git.repo import Repo

Again = Callable[[], str]
TESTS = """\
from calc import add, double


def test_double():
    assert double(4) == 8


def test_add():
    assert add(2, 3) == 5
"""
CONFIG = '[checks.test]\ncommand = ["python3", "-m", "pytest", "-q"]\nkind = "test"\n'


@pytest.fixture
def landed(project: Project, untouched: Again) -> str:
    """The branch of a fix that has landed."""
    project.repo.commit("pytest", files={"test_calc.py": TESTS, ".buddy/config.toml": CONFIG})
    untouched()
    project.answer(RIGHT)
    ran = project.buddy("run", "--kind", "fix", "-f", "calc.py", "Make add add.", "--json")
    assert ran.code == 0, ran.err
    return str(ran.json()["branch"])


def test_what_landed_holds(project: Project, landed: str) -> None:
    ran = project.buddy("verify", landed, "--json")

    assert (ran.code, ran.json()["holds"], ran.json()["differences"]) == (0, True, [])
    assert ran.json()["checks"]["test"]["tests"] == 2
    assert "holds: it would land again" in project.buddy("verify", landed).out


def test_a_commit_with_another_tree_does_not_hold(project: Project, landed: str, untouched: Again) -> None:
    ran = project.buddy("verify", forged(project, landed, CALC.replace("a - b", "b + a")), "--json")

    assert (ran.code, ran.json()["holds"]) == (1, False)
    assert ran.json()["differences"] == ["the tree of the commit is not the one that was checked"]


def test_a_commit_that_breaks_the_tests_does_not_hold(project: Project, landed: str, untouched: Again) -> None:
    ran = project.buddy("verify", forged(project, landed, CALC.replace("a * 2", "a * 3")), "--json")

    assert (ran.code, ran.json()["verdict"]["reason"]) == (1, "new-failure")


def test_a_commit_that_no_job_landed_is_said(project: Project, untouched: Again) -> None:
    ran = project.buddy("verify", "HEAD")

    assert (ran.code, ran.out) == (1, "")
    assert "no job on record has landed this commit" in ran.err


def forged(project: Project, landed: str, calc: str) -> str:
    """A commit with other content and the note of one that landed."""
    repo = Repo.open(project.repo.path)
    tip = repo.resolve(landed)
    tree = repo.objects.write_tree(tip, {"calc.py": Blob(calc.encode())})
    commit = repo.commit_tree(tree, repo.parents(tip), "forged")
    repo.add_note(commit, repo.note(tip) or "")
    return commit
