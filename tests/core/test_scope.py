"""For which file of the task an edit is, however its path is written."""

from __future__ import annotations

import pytest

from gitbuddy.core.formats.scope import only_file, placed
from gitbuddy.errors import Rejected
from gitbuddy.values import DeleteFile, Edit, Replace, WriteFile

TASK = ("src/a.py", "src/pkg/b.py", "c.py", "docs/*")


@pytest.mark.parametrize(
    ("path", "task", "file"),
    [
        ("src/a.py", TASK, "src/a.py"),
        ("src\\a.py", TASK, "src/a.py"),
        (".\\src\\a.py", TASK, ".\\src\\a.py"),
        ("a/src/a.py", TASK, "src/a.py"),
        ("b/c.py", TASK, "c.py"),
        ("a/other.py", TASK, "a/other.py"),
        ("/workspace/x/src/pkg/b.py", TASK, "src/pkg/b.py"),
        ("C:\\x\\src\\a.py", TASK, "src/a.py"),
        ("/work/src/c.py", TASK, "/work/src/c.py"),
        ("/work/other.py", TASK, "/work/other.py"),
        ("x/src/a.py", TASK, "x/src/a.py"),
        ("a.py", TASK, "a.py"),
        ("a.py", ("src/a.py",), "src/a.py"),
        ("a.py", ("src/a.py", "docs/*"), "a.py"),
        ("lib/a.py", ("src/a.py",), "lib/a.py"),
        ("", ("./src/a.py",), "src/a.py"),
        ("a/x.py", ("a/x.py", "x.py"), "a/x.py"),
        ("/x/src/a.py", ("src/a.py", "x/src/a.py"), "/x/src/a.py"),
    ],
)
def test_a_path_is_the_one_file_that_it_can_only_mean(path: str, task: tuple[str, ...], file: str) -> None:
    assert placed((Replace(path, "x\n", "y\n"),), task)[0].path == file


def test_a_bare_name_is_enough_only_where_nothing_can_be_lost() -> None:
    task = ("src/a.py",)
    new: tuple[Edit, ...] = (Replace("a.py", "", "y\n"), DeleteFile("a.py"))

    assert placed((WriteFile("a.py", "x\n"),), task)[0].path == "src/a.py"
    assert [edit.path for edit in placed(new, task)] == ["a.py", "a.py"]
    assert placed((WriteFile("a.py", "x\n"), WriteFile("b.py", "x\n")), task)[0].path == "a.py"


def test_two_texts_that_meet_in_one_file_are_refused() -> None:
    with pytest.raises(Rejected, match="ambiguous-path"):
        placed((WriteFile("src/a.py", "x\n"), WriteFile("a/src/a.py", "y\n")), ("src/a.py",))


def test_an_edit_without_a_path_needs_one_literal_file() -> None:
    with pytest.raises(Rejected, match="no-path"):
        placed((Replace("", "x\n", "y\n"),), ("src/*.py",))

    assert [only_file(task) for task in (("./a.py",), ("a.py", "b.py"), ("*.py",), ("src/",), ())] == [
        "a.py",
        None,
        None,
        None,
        None,
    ]
