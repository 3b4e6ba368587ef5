"""Any text is written down so that it reads back as the same task, or it is refused."""

from __future__ import annotations

import pytest

from gitbuddy.errors import UsageError
from gitbuddy.git import asking, commission
from gitbuddy.git.repo import Repo
from gitbuddy.git.taskfile import read_task
from gitbuddy.git.tasks import find_tasks, tasks_of
from gitbuddy.testing.repo import RepoBuilder
from gitbuddy.values import Kind

AWKWARD = [
    "---",
    "--- a/calc.py\n+++ b/calc.py",
    "---\nkind: fix\n---\nx",
    "# Heading\n\n- item",
    "#not a comment",
    "Subject\n\nBuddy-Task: something else\nBuddy-Kind: fix",
    "Buddy-Task: something else",
    "Signed-off-by: Mallory <m@example.org>",
    '{"text": "no JSON"}',
    "[x] a list: {y}",
    'Fix https://example.org: it\'s "quoted" & `this` $(that) % %s %(trailers) \\n',
    "Überschrift für 日本語 🐛",
    "ends with a blank line\n\n\nand goes on",
    "-" * 70,
    "scissors\n# ------------------------ >8 ------------------------\nbelow",
]


def facts(repo: Repo, commit: str) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(task.text, task.kind.value, task.files) for task in tasks_of(repo, commit).tasks]


@pytest.mark.parametrize("text", AWKWARD)
def test_a_task_file_reads_back(builder: RepoBuilder, text: str) -> None:
    wanted = asking.wanted(text, Kind.FIX, ["calc.py", "- a: [b], #c"], ["tests/x.py::test[a, 'b']"], slug="it")

    path = asking.write_file(builder.path, wanted)

    task = read_task(path.read_bytes(), base=wanted.base, source="file", place="command line", slug="it")
    assert task == wanted
    assert task.text == text
    builder.commit("add it")
    assert [found.text for found in find_tasks(Repo.open(builder.path)).tasks] == [text]


@pytest.mark.parametrize("text", AWKWARD)
def test_a_commit_asks_for_exactly_the_text_or_is_not_made(builder: RepoBuilder, repo: Repo, text: str) -> None:
    builder.git("config", "commit.cleanup", "scissors")
    before = builder.head()
    wanted = asking.wanted(text, Kind.TEST, ["calc.py", "pkg/*"], [])

    if "\n" in text:
        with pytest.raises(UsageError, match="several lines"):
            commission.commit(builder.path, wanted)
        assert builder.head() == before
    else:
        made = commission.commit(builder.path, wanted)
        assert (builder.head(), facts(repo, made)) == (made, [(text, "test", ("calc.py", "pkg/*"))])
        assert builder.git("diff", before, made) == ""


@pytest.mark.parametrize("text", ["odd \u2028 separator", "form\ffeed", "next\x85line", "lone\rreturn"])
def test_what_a_commit_would_give_otherwise_is_refused(builder: RepoBuilder, text: str) -> None:
    before = builder.head()

    with pytest.raises(UsageError, match="the task would not be read as it is written"):
        commission.commit(builder.path, asking.wanted(text, Kind.CHANGE, [], []))

    assert builder.head() == before


def test_line_ends_of_windows_are_those_of_a_task_file(builder: RepoBuilder) -> None:
    path = asking.write_file(builder.path, asking.wanted("one\r\ntwo", Kind.CHANGE, [], [], slug="it"))

    assert path.read_bytes() == b"---\nkind: change\n---\none\ntwo\n"


def test_a_separator_of_trailers_that_the_user_set_is_noticed(builder: RepoBuilder) -> None:
    builder.git("config", "trailer.separators", "=")
    before = builder.head()

    with pytest.raises(UsageError, match="would not be read"):
        commission.commit(builder.path, asking.wanted("x", Kind.CHANGE, [], []))

    assert builder.head() == before


@pytest.mark.parametrize(
    ("text", "files", "accept", "words"),
    [
        (" \n ", (), (), "it has no text"),
        ("x" * 50_001, (), (), "too long"),
        ("x\0", (), (), "NUL"),
        ("bad \udcff", (), (), "not UTF-8"),
        ("x", ("../out.py",), (), "not a path inside the repository: ../out.py"),
        ("x", ("a\nb",), (), "not a path inside the repository"),
        ("x", ("a b.py",), (), "would not be read as it is written"),
        ("x", (), ("t::x",), "a commit cannot name tests"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_wrong_request_makes_no_commit(
    builder: RepoBuilder, text: str, files: tuple[str, ...], accept: tuple[str, ...], words: str
) -> None:
    before = builder.head()

    with pytest.raises(UsageError, match=words):
        commission.commit(builder.path, asking.wanted(text, Kind.CHANGE, files, accept))

    assert builder.head() == before
