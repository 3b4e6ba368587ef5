"""What is remembered between runs, and what becomes of damage."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from gitbuddy.codebase.store import MOST_TREES, NAME, Store

KEY, DATA = "a" * 40 + ".python", b'["python"]'


def filled(folder: Path) -> Path:
    """A store with one blob and one tree in it, closed; its file."""
    with Store(folder) as store:
        store.add_blobs([(KEY, DATA)])
        store.add_tree("t", {"graph": b"g", "report": b"r"})
    return folder / NAME


def alter(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def test_what_was_put_in_is_there_for_the_next(tmp_path: Path) -> None:
    filled(tmp_path)

    with Store(tmp_path) as store:
        assert store.blobs([KEY, "other"]) == {KEY: DATA}
        assert store.tree("t", "report") == b"r"
        assert store.tree("t", "other") is None


def test_more_keys_than_a_query_takes(tmp_path: Path) -> None:
    many = [(str(number), b"x") for number in range(2000)]
    with Store(tmp_path) as store:
        store.add_blobs(many)

        assert len(store.blobs([key for key, _ in many])) == 2000


DAMAGE: list[Callable[[Path], object]] = [
    lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(b"not a database, but long enough to be taken for one" * 100),
    lambda path: path.write_bytes(path.read_bytes()[:5000]),
    lambda path: path.write_bytes(path.read_bytes()[:100] + b"\xff" * 20000),
    lambda path: alter(path, "PRAGMA user_version = 99"),
    lambda path: alter(path, "DROP TABLE blobs"),
    lambda path: alter(path, "DROP TABLE trees", "CREATE TABLE trees (other)"),
    lambda path: alter(path, "UPDATE blobs SET data = 'text'", "UPDATE trees SET data = NULL"),
    lambda path: alter(path, "UPDATE blobs SET data = x'00'", "UPDATE trees SET crc = 'x'"),
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    damage(filled(tmp_path))

    with Store(tmp_path) as store:
        assert store.blobs([KEY]) in ({}, {KEY: DATA})
        store.tree("t", "graph")
        store.add_blobs([(KEY, DATA)])
        store.add_tree("t", {"graph": b"new"})
    with Store(tmp_path) as store:
        assert store.blobs([KEY]) == {KEY: DATA}
        assert store.tree("t", "graph") == b"new"


def test_damage_in_the_middle_of_a_run_is_no_error(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.add_blobs([(str(number), bytes(1000)) for number in range(1000)])
        path = tmp_path / NAME
        path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 500_000)

        store.blobs([str(number) for number in range(1000)])
        store.add_blobs([(KEY, DATA)])

        assert store.blobs([KEY]) == {KEY: DATA}


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), lambda path: path.parent.rmdir() or path.parent.touch()])
def test_where_nothing_can_be_written_the_run_remembers_by_itself(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    make(folder / NAME)

    with Store(folder) as store:
        store.add_blobs([(KEY, DATA)])

        assert store.blobs([KEY]) == {KEY: DATA}


def test_a_file_that_another_process_holds_is_not_taken_for_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path)
    monkeypatch.setattr("gitbuddy.codebase.store.PATIENCE", 0.05)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with Store(tmp_path) as store:
            store.add_blobs([("new", b"x")])

            assert store.blobs(["new"]) == {"new": b"x"}

    with Store(tmp_path) as store:
        assert store.blobs([KEY, "new"]) == {KEY: DATA}


def test_only_the_last_trees_are_kept(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        for number in range(MOST_TREES + 2):
            store.add_tree(str(number), {"graph": b"g", "report": b"r"})

        kept = [number for number in range(MOST_TREES + 2) if store.tree(str(number), "graph")]

    assert kept == list(range(2, MOST_TREES + 2))


def test_the_older_half_goes_when_the_file_grows_too_large(tmp_path: Path) -> None:
    with Store(tmp_path, most=1 << 20) as store:
        for number in range(40):
            store.add_blobs([(str(number), bytes(100_000))])
            store.add_tree("t", {"graph": b"g"})

        assert (tmp_path / NAME).stat().st_size <= (1 << 20) + 200_000
        assert store.blobs(["39", "0"]) == {"39": bytes(100_000)}
