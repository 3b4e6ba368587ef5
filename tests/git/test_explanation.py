"""The comments about trailers in a new commit message: only where git takes them out again, and never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitbuddy.git.explanation import explain, explained
from gitbuddy.testing.repo import RepoBuilder

STATUS = b"\n# Please enter the commit message for your changes. Lines with '#' will be ignored\n#\n# On branch main\n"
SCISSORS = b"# ------------------------ >8 ------------------------\n"


@pytest.fixture
def message(builder: RepoBuilder) -> Path:
    path = builder.path / ".git/COMMIT_EDITMSG"
    path.write_bytes(STATUS)
    return path


def test_the_trailers_are_explained_below_the_users_text(builder: RepoBuilder, message: Path) -> None:
    assert explain(builder.path, message, "", {})

    text = message.read_text()
    assert text.startswith("\n#\n# To ask gitbuddy")
    assert text.endswith(STATUS.decode()[1:])
    assert all(name in text for name in ("Buddy-Task:", "Buddy-Kind:", "Buddy-Files:"))
    assert {line[:1] for line in text.splitlines()[1:]} == {"#"}


@pytest.mark.parametrize("source", ["message", "template", "merge", "squash", "commit"])
def test_a_message_that_is_not_new_is_left_alone(builder: RepoBuilder, message: Path, source: str) -> None:
    assert not explain(builder.path, message, source, {})
    assert message.read_bytes() == STATUS


def test_nothing_is_added_where_no_editor_opens(builder: RepoBuilder, message: Path) -> None:
    assert not explain(builder.path, message, "", {"GIT_EDITOR": ":"})
    assert message.read_bytes() == STATUS


@pytest.mark.parametrize("cleanup", ["verbatim", "whitespace"])
def test_nothing_is_added_where_comments_stay(builder: RepoBuilder, message: Path, cleanup: str) -> None:
    builder.git("config", "commit.cleanup", cleanup)

    assert not explain(builder.path, message, "", {})
    assert message.read_bytes() == STATUS


def test_nothing_is_added_where_git_says_that_comments_stay() -> None:
    kept = STATUS.replace(b"ignored", b"kept; you may remove them yourself if you want to")

    assert explained(kept, b"#") == kept


@pytest.mark.parametrize(("char", "sign"), [(";", b";"), ("auto", b"#"), ("//", b"//")])
def test_the_comment_sign_is_the_users(builder: RepoBuilder, message: Path, char: str, sign: bytes) -> None:
    builder.git("config", "core.commentChar", char)
    message.write_bytes(STATUS.replace(b"\n#", b"\n" + sign))

    assert explain(builder.path, message, "", {})

    assert {line[: len(sign)] for line in message.read_bytes().splitlines()[1:]} == {sign}


def test_below_the_scissors_where_what_is_above_them_stays() -> None:
    text = explained(b"\n" + SCISSORS + STATUS[1:], b"#")

    assert text.startswith(b"\n" + SCISSORS + b"#\n# To ask gitbuddy")


def test_above_gits_comments_where_the_scissors_come_last() -> None:
    text = explained(STATUS + SCISSORS + b"diff --git a/x b/x\n", b"#")

    assert text.index(b"To ask gitbuddy") < text.index(b"Please enter") < text.index(SCISSORS)


@pytest.mark.parametrize("text", [b"", b"\n", b"a subject", b"\xff\xfe\n"])
def test_a_message_without_comments_gets_them_at_its_end(text: bytes) -> None:
    assert explained(text, b"#").startswith(text.rstrip(b"\n"))
    assert explained(text, b"#").endswith(b"`git buddy work` does it.\n")


def test_what_is_explained_already_is_not_explained_again() -> None:
    once = explained(STATUS, b"#")

    assert explained(once, b"#") == once


def test_the_message_keeps_its_rights(builder: RepoBuilder, message: Path) -> None:
    message.chmod(0o600)

    assert explain(builder.path, message, "", {})
    assert message.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in message.parent.glob("COMMIT_EDITMSG*")] == ["COMMIT_EDITMSG"]


def test_trouble_stops_nothing(builder: RepoBuilder, tmp_path: Path) -> None:
    assert not explain(builder.path, tmp_path / "missing", "", {})
    assert not explain(tmp_path, tmp_path, "", {})
