"""A warm runner that ends before the search does: a fresh one takes its place, and not for ever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gitbuddy.core.repair import Source, candidates, places
from gitbuddy.mutate.screen import Screen
from gitbuddy.mutate.search import MOST_RESTARTS, Search
from gitbuddy.mutate.spectrum import Spectrum
from gitbuddy.values import CompletedCommand

SOURCE = Source("calc.py", b"def total(a, b):\n    return a - b\n")
FOREVER = 1e9
ENDED = CompletedCommand(137, b"", 0.1)


class Runners:
    """Runners that are dead as soon as they have started; `started` counts them."""

    def __init__(self, folder: Path) -> None:
        self.requests, self.answers = folder / "requests.jsonl", folder / "answers.jsonl"
        self.requests.touch()
        self.answers.touch()
        self.started = 0

    @contextmanager
    def start(self) -> Iterator[Screen]:
        self.started += 1
        with self.answers.open("rb", buffering=0) as said:
            yield Screen(self.requests, said, done=ENDED)


def test_a_dead_runner_is_replaced_and_offered_nothing(tmp_path: Path) -> None:
    runners = Runners(tmp_path)

    search = Search(runners.start, {"calc.py": SOURCE}, Spectrum({}), FOREVER, 100, lambda _: None)
    with runners.start() as first:
        hunt = search.run(first, candidates({"calc.py": SOURCE}, places(SOURCE)))

    assert hunt.ended == "the test runner ended again and again"
    assert runners.started == 1 + MOST_RESTARTS
    assert hunt.tried.total() == 0
    assert runners.requests.read_bytes() == b""
