"""Refs move by compare-and-swap, whoever else is at work."""

from __future__ import annotations

import itertools
import threading

import pytest
from given import end, start

from gitbuddy.errors import GitbuddyError
from gitbuddy.git.repo import Repo
from gitbuddy.testing.repo import RepoBuilder

REF = "refs/buddy/v1/pin/x"


def test_a_ref_moves_only_from_where_it_is(builder: RepoBuilder) -> None:
    refs = Repo.open(builder.path).refs
    one, two, three = (builder.commit(str(number)) for number in range(3))

    assert refs.create(REF, one, "r")
    assert not refs.create(REF, one, "r")
    assert not refs.create(REF, two, "r")
    assert refs.move(REF, one, two, "r")
    assert not refs.move(REF, one, three, "r")
    assert not refs.move(REF, one, two, "r")
    assert not refs.move(REF, three, None, "r")
    assert refs.read(REF) == two
    assert refs.move(REF, two, None, "r")
    assert refs.read(REF) is None
    assert not refs.move(REF, two, one, "r")


def test_refs_are_listed_by_prefix(builder: RepoBuilder) -> None:
    refs = Repo.open(builder.path).refs
    head = builder.head()
    for name in ("refs/buddy/v1/pin/b", "refs/buddy/v1/pin/a", "refs/buddy/v1/pinned"):
        refs.create(name, head, "r")

    assert list(refs.under("refs/buddy/v1/pin").items()) == [
        ("refs/buddy/v1/pin/a", head),
        ("refs/buddy/v1/pin/b", head),
    ]
    assert refs.under("refs/none") == {}


def test_a_ref_moves_while_others_pack_refs(builder: RepoBuilder) -> None:
    refs = Repo.open(builder.path).refs
    commits = [builder.commit(str(number)) for number in range(40)]
    stop = threading.Event()

    def pack() -> None:
        while not stop.is_set():
            builder.git("pack-refs", "--all", "--prune")

    packing = threading.Thread(target=pack)
    packing.start()
    try:
        assert refs.create(REF, commits[0], "r")
        moved = [refs.move(REF, old, new, "r") for old, new in itertools.pairwise(commits)]
    finally:
        stop.set()
        packing.join()

    assert all(moved)
    assert refs.read(REF) == commits[-1]


def test_a_lock_that_goes_away_is_waited_for(builder: RepoBuilder) -> None:
    repo = Repo.open(builder.path)
    lock = repo.common_dir / f"{REF}.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    timer = threading.Timer(0.2, lock.unlink)
    timer.start()

    assert repo.refs.create(REF, builder.head(), "r")
    timer.join()


def test_a_lock_that_stays_is_named(builder: RepoBuilder, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = Repo.open(builder.path)
    lock = repo.common_dir / f"{REF}.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    monkeypatch.setattr("gitbuddy.git.refs.TRIES", 3)

    with pytest.raises(GitbuddyError, match="cannot write the ref") as caught:
        repo.refs.create(REF, builder.head(), "r")
    assert str(lock) in caught.value.hint
    assert lock.exists()


COUNTER = """
import sys
from pathlib import Path
from gitbuddy.git.repo import Repo
repo = Repo.open(Path(sys.argv[1]))
for number in range(10):
    repo.add_note(sys.argv[2], f"{sys.argv[3]}-{number}")
"""


def test_no_note_is_lost_between_processes(builder: RepoBuilder) -> None:
    head = builder.head()
    writers = [start(COUNTER, builder.path, head, str(number)) for number in range(4)]

    assert [end(writer)[0] for writer in writers] == [0] * 4
    assert sorted(builder.git("notes", "--ref=buddy", "show", head).split()) == sorted(
        f"{writer}-{number}" for writer in range(4) for number in range(10)
    )
