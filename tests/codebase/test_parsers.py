"""Files are read in processes that may be brought down."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from given import end, gone, start, wait_for_line

from gitbuddy.codebase.facts import Facts, decoded
from gitbuddy.codebase.parsers import BATCH_FILES, TOOK_TOO_MUCH, Job, Parsers, batches

GOOD = b"def good(): pass\n"
ENDLESS = b"[" * 200_000
GREEDY = b"a<b" * 30_000

READING = """
import sys
from gitbuddy.codebase.parsers import Job, Parsers
with Parsers(2, 1.0) as parsers:
    jobs = [Job("a", "a.txt", bytes(300_000)), *(Job(str(n), "b.py", b"[" * 400_000) for n in range(200))]
    for key, _ in parsers.read(jobs):
        pass
"""


def read(*files: tuple[str, bytes], count: int = 2, seconds: float = 20) -> dict[str, Facts]:
    with Parsers(count, seconds) as parsers:
        return {key: decoded(data) for key, data in parsers.read(Job(path, path, data) for path, data in files)}


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(word) for task in tasks for word in (task / "children").read_text().split()]


def test_every_file_is_answered() -> None:
    files = [(f"{number}.py", b"def f%d(): pass\n" % number) for number in range(3 * BATCH_FILES + 1)]

    found = read(*files)

    assert {path: one.definitions[0].name for path, one in found.items()} == {
        path: f"f{path.removesuffix('.py')}" for path, _ in files
    }


@pytest.mark.parametrize(("path", "data"), [("endless.py", ENDLESS), ("Greedy.java", GREEDY)])
def test_a_file_that_takes_too_much_is_passed_over_and_the_others_are_read(path: str, data: bytes) -> None:
    found = read(("before.py", GOOD), (path, data), ("after.py", GOOD), count=1, seconds=0.5)

    assert found[path].failed == TOOK_TOO_MUCH
    assert [found[name].definitions[0].name for name in ("before.py", "after.py")] == ["good", "good"]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("one_line.js", b"var a=1;" + b"f(a,b);" * 150_000),
        ("nul.c", b"\0" * 500_000),
        ("not_utf8.py", bytes(range(128, 256)) * 4000),
        ("definitions.py", b"def f(): pass\n" * 50_000),
        ("nested.java", b"class A {" * 20_000),
        ("quotes.go", b"`" * 100_001),
        ("less.ts", b"a<" * 50_000),
    ],
)
def test_odd_files_are_read(path: str, data: bytes) -> None:
    assert read((path, data))[path].failed == ""


def test_a_language_without_a_grammar_is_said_to_be_one() -> None:
    assert read(("a.txt", b"x"))["a.txt"].failed == "no grammar for its language"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_process_is_left_when_the_reader_is_ended(how: signal.Signals) -> None:
    program = READING.replace("pass", "print(key, flush=True)")
    reader = start(program)
    wait_for_line(reader)
    workers = children(reader.pid)

    reader.send_signal(how)
    code, _ = end(reader)

    assert code != 0
    assert workers
    assert all(gone(worker) for worker in workers)


def test_a_portion_is_bounded_in_files_and_bytes() -> None:
    small = [Job(str(number), "a.py", b"") for number in range(BATCH_FILES + 1)]
    large = [Job(str(number), "a.py", bytes(200 << 10)) for number in range(3)]

    assert [len(batch) for batch in batches(small)] == [BATCH_FILES, 1]
    assert [len(batch) for batch in batches(large)] == [2, 1]
