"""Every reader on damaged reports: a value or `Unreadable`, never another error."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from reported import DOC, GTEST, LIB, OUT, RED, SUREFIRE, VITEST, ctested, event, listed, written

from gitbuddy.checks.reports import MOST_CASES, Unreadable, ctest, go_json, junit, libtest, lines, printed, settled
from gitbuddy.checks.runners import surefire, vitest
from gitbuddy.values import Case, CaseStatus

GO = "# m/a\nFAIL\tm/a [build failed]\n" + event("run", "TestA") + event("output", "TestA", "x\n") + RED
CARGO = (
    LIB
    + listed("test tests::a ... ok", "test tests::b ... ignored", result="1 0 1")
    + OUT
    + "running 1 test\ntest a ... FAILED\n\nfailures:\n\n---- a stdout ----\nthread 'a' (3) panicked at a.rs:1:2:\n"
    + "x\n\nfailures:\n    a\n\ntest result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out\n"
    + DOC
    + listed("test src/lib.rs - add (line 12) - compile fail ... ok", result="1 0 0")
)
READERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "ctest": (ctest.read, ctested("fail", '<failure message=""/>', GTEST)),
    "surefire": (lambda data: junit.read(data, surefire.case_id), SUREFIRE),
    "vitest": (lambda data: junit.read(data, vitest.case_id), VITEST),
    "lines": (lines.read, written({"id": "a", "status": "passed"}, {"id": "b", "status": "failed"}, {"end": 2})),
    "go": (lambda data: go_json.read(printed.whole(data)), GO.encode()),
    "cargo": (lambda data: settled(libtest.read(printed.whole(data))), CARGO.encode()),
}


def survives(read: Callable[[bytes], object], data: bytes) -> bool:
    """Whether it could be read."""
    try:
        read(data)
    except Unreadable:
        return False
    return True


@pytest.mark.parametrize("name", READERS)
def test_a_whole_report_is_read(name: str) -> None:
    read, data = READERS[name]

    assert survives(read, data)


@pytest.mark.parametrize("name", READERS)
def test_a_report_cut_anywhere_is_never_an_error_of_ours(name: str) -> None:
    read, data = READERS[name]

    assert not survives(read, b"")
    for end in range(1, len(data), 7):
        survives(read, data[:end])


@pytest.mark.parametrize("name", ["ctest", "surefire", "vitest", "lines"])
def test_a_file_cut_anywhere_shows_nothing(name: str) -> None:
    read, data = READERS[name]

    assert not any(survives(read, data[:end]) for end in range(0, len(data) - 2, 7))


@pytest.mark.parametrize("name", READERS)
def test_flipped_bytes_are_never_an_error_of_ours(name: str) -> None:
    read, data = READERS[name]
    chance = random.Random(name)
    for _ in range(400):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(data))] = chance.randrange(256)
        survives(read, bytes(damaged))


def test_more_tests_than_anybody_has_are_refused() -> None:
    with pytest.raises(Unreadable, match="more than"):
        settled(Case(str(number), CaseStatus.PASSED) for number in range(MOST_CASES + 1))
