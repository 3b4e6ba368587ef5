"""Tasks found in a repository, each exactly once, however git carries them along."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gitbuddy.git.repo import Repo
from gitbuddy.git.tasks import Found, find_tasks
from gitbuddy.testing.repo import RepoBuilder
from gitbuddy.values import Kind, Origin

TRAILERS = "A feature\n\nBuddy-Task: Write the missing test.\nBuddy-Kind: test\nBuddy-Files: tests/test_a.py, b.py\n"


def found(builder: RepoBuilder) -> Found:
    return find_tasks(Repo.open(builder.path))


def test_a_repository_without_tasks(builder: RepoBuilder) -> None:
    assert found(builder) == Found((), ())


def test_a_task_file(builder: RepoBuilder) -> None:
    tip = builder.commit("idea", files={".buddy/tasks/add-x.md": "---\nkind: fix\nfiles: calc.py\n---\nAdd x.\n"})
    (task,) = found(builder).tasks

    assert (task.kind, task.text, task.files, task.slug, task.base) == (Kind.FIX, "Add x.", ("calc.py",), "add-x", tip)
    assert task.origin == Origin("file", "add-x", "main:.buddy/tasks/add-x.md")


def test_a_json_file_and_what_is_no_task(builder: RepoBuilder) -> None:
    builder.commit(
        "ideas",
        files={
            ".buddy/tasks/a.json": '{"description": "x", "filesOwned": ["calc.py"]}',
            ".buddy/tasks/README.md": "How to write tasks.",
            ".buddy/tasks/notes.txt": "no",
            ".buddy/config.toml": "",
        },
    )
    result = found(builder)

    assert [(task.slug, task.text) for task in result.tasks] == [("a", "x")]
    assert result.problems == ()


def test_a_file_on_several_branches_is_one_task_with_the_nearest_base(builder: RepoBuilder) -> None:
    first = builder.commit("idea", files={".buddy/tasks/x.md": "Do x.\n"})
    builder.branch("a-branch")
    builder.branch("buddy/x-12345678")
    tip = builder.commit("goes on")
    (task,) = found(builder).tasks

    assert (task.base, task.origin.place) == (tip, "main:.buddy/tasks/x.md")
    builder.git("rm", "--quiet", ".buddy/tasks/x.md")
    builder.commit("done")
    builder.branch("b-branch", first)
    (again,) = found(builder).tasks

    assert again.id == task.id
    assert (again.base, again.origin.place) == (first, "a-branch:.buddy/tasks/x.md")


def test_files_of_one_name_that_ask_for_different_things_are_different_tasks(builder: RepoBuilder) -> None:
    builder.commit("idea", files={".buddy/tasks/x.md": "Do x.\n"})
    builder.checkout("other")
    builder.commit("another idea", files={".buddy/tasks/x.md": "Do y.\n"})

    assert sorted(task.text for task in found(builder).tasks) == ["Do x.", "Do y."]


def test_branches_of_gitbuddy_ask_for_nothing(builder: RepoBuilder) -> None:
    builder.checkout("buddy/result")
    builder.commit(TRAILERS, files={".buddy/tasks/x.md": "Do x.\n"})
    assert found(builder) == Found((), ())

    builder.checkout("main")
    assert found(builder) == Found((), ())


def test_a_trailer(builder: RepoBuilder) -> None:
    commit = builder.commit(TRAILERS)
    (task,) = found(builder).tasks

    assert (task.kind, task.text, task.base) == (Kind.TEST, "Write the missing test.", commit)
    assert task.files == ("tests/test_a.py", "b.py")
    assert task.origin == Origin("trailer", "", commit[:12])


def test_several_trailers_of_one_commit_share_the_others(builder: RepoBuilder) -> None:
    builder.commit(
        "x\n\nBuddy-Task: one\nbuddy-task: two,\n  folded\nBuddy-Kind: fix\nBuddy-Files: a\nBuddy-Files: b c\n"
    )

    assert [(task.text, task.kind, task.files) for task in found(builder).tasks] == [
        ("one", Kind.FIX, ("a", "b", "c")),
        ("two, folded", Kind.FIX, ("a", "b", "c")),
    ]


NO_TRAILERS = [
    "Buddy-Task: in the subject",
    "x\n\nBuddy-Task: not last\n\nmore words\n",
    "x\n\nSome prose that talks of it.\nBuddy-Task: in prose\n",
    "x\n\n    Buddy-Task: indented\n",
    "x\n\nBuddy-Tasks: other key\n",
    "x\n\nNot-Buddy-Task: other key\n",
]


@pytest.mark.parametrize("message", NO_TRAILERS)
def test_what_git_takes_for_no_trailer_is_none(builder: RepoBuilder, message: str) -> None:
    builder.commit(message)

    assert found(builder).tasks == ()


@pytest.mark.parametrize(
    "message",
    ["x\n\nmore\n---\nafter a rule\n\nBuddy-Task: t\n", "x\n\nwords\n\nBuddy-Task: t\nSigned-off-by: A <a@b>\n"],
)
def test_what_git_takes_for_a_trailer_is_one(builder: RepoBuilder, message: str) -> None:
    builder.commit(message)

    assert [task.text for task in found(builder).tasks] == ["t"]


def amend(builder: RepoBuilder) -> str:
    return builder.amend(TRAILERS.replace("A feature", "A better subject"))


def cherry_pick(builder: RepoBuilder) -> str:
    commit = builder.head()
    builder.git("checkout", "--quiet", "-b", "picked", "main")
    builder.commit("elsewhere", files={"other.txt": "x"})
    return builder.cherry_pick(commit)


def rebase(builder: RepoBuilder) -> str:
    builder.checkout("main")
    builder.commit("meanwhile", files={"other.txt": "x"})
    builder.checkout("feature")
    return builder.rebase("main")


def squash(builder: RepoBuilder) -> str:
    builder.checkout("main")
    return builder.squash("feature", f"Squashed\n\n{TRAILERS}")


@pytest.mark.parametrize("carry", [amend, cherry_pick, rebase, squash])
def test_a_request_that_git_carries_along_stays_one_task(
    builder: RepoBuilder, carry: Callable[[RepoBuilder], str]
) -> None:
    builder.git("checkout", "--quiet", "-b", "feature")
    builder.commit(TRAILERS, files={"f.txt": "x"})
    (before,) = found(builder).tasks
    carried = carry(builder)
    (after,) = found(builder).tasks

    assert after.id == before.id
    assert after.base == carried != before.base


def test_the_base_is_on_the_branch_that_is_checked_out(builder: RepoBuilder) -> None:
    mine = builder.commit(TRAILERS)
    builder.checkout("newer")
    builder.commit(TRAILERS)
    builder.checkout("main")

    assert [task.base for task in found(builder).tasks] == [mine]
    builder.git("checkout", "--quiet", "--detach")
    assert len(found(builder).tasks) == 1


def test_trailers_come_oldest_first_after_files(builder: RepoBuilder) -> None:
    for text in "bca":
        builder.commit(f"x\n\nBuddy-Task: {text}\n")
    builder.commit("files", files={".buddy/tasks/2.md": "two", ".buddy/tasks/1.md": "one"})

    assert [task.text for task in found(builder).tasks] == ["one", "two", "b", "c", "a"]


def test_what_cannot_be_read_is_listed_and_stops_nothing(builder: RepoBuilder) -> None:
    builder.commit(
        "x\n\nBuddy-Task: t\nBuddy-Kind: mend\n",
        files={
            ".buddy/tasks/bad.md": "---\ncolour: blue\n---\nx",
            ".buddy/tasks/big.md": "x" * 400_000,
            ".buddy/tasks/bad name.md": "x",
            ".buddy/tasks/good.md": "x",
        },
    )
    builder.branch("copy")
    result = found(builder)

    assert [task.slug for task in result.tasks] == ["good"]
    assert sorted(problem.partition(": ")[2] for problem in result.problems if "copy:" not in problem) == [
        "a file name that makes no slug: bad name",
        "an unknown key: colour",
        "an unknown kind: mend",
        "it is too long: 400000 bytes",
    ]


def test_a_symlink_in_place_of_a_task_is_read_as_its_target_text(builder: RepoBuilder) -> None:
    (builder.path / ".buddy/tasks").mkdir(parents=True)
    (builder.path / ".buddy/tasks/x.md").symlink_to("/etc/passwd")
    builder.commit("a link")

    assert all("root" not in task.text for task in found(builder).tasks)


def test_the_settings_of_the_user_do_not_change_what_is_found(builder: RepoBuilder) -> None:
    commit = builder.commit(TRAILERS)
    for key, value in {
        "grep.patternType": "perl",
        "log.showSignature": "true",
        "log.decorate": "full",
        "color.ui": "always",
        "trailer.separators": "%",
        "log.follow": "true",
    }.items():
        if key != "trailer.separators":
            builder.git("config", key, value)

    assert [task.base for task in found(builder).tasks] == [commit]
