"""Calls of one model are made together: who goes first, that everybody goes, and that a killed process stops nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from briefs import a_brief, silence

from gitbuddy.errors import ModelUnavailable
from gitbuddy.proposers.calls import CallLimit
from gitbuddy.proposers.ollama import Ollama
from gitbuddy.proposers.turnstile import Ticket, Turnstile, may_start
from gitbuddy.testing.ollama_server import ChatRequest, OllamaServer
from gitbuddy.values import Event

CALLS = """
import sys, time
from pathlib import Path
from gitbuddy.proposers.calls import CallLimit
from gitbuddy.proposers.turnstile import Turnstile

folder, log, model, times, seconds, fair = Path(sys.argv[1]), sys.argv[2], *sys.argv[3:]

def note(word):
    with open(log, "a") as file:
        file.write(f"{word} {model}\\n")

for _ in range(int(times)):
    line = Turnstile(folder / "line", model, float(fair))
    with CallLimit(folder, model, 2, patience=60, line=line).hold("job", lambda event: note("wait")):
        note("start")
        time.sleep(float(seconds))
        note("end")
"""


def caller(
    folder: Path, model: str, times: int = 1, seconds: float = 60.0, fair: float = 60.0
) -> subprocess.Popen[bytes]:
    """Another process that makes so many calls of so many seconds; what happens stands in `log`."""
    arguments = [str(folder), str(folder / "log"), model, str(times), str(seconds), str(fair)]
    return subprocess.Popen([sys.executable, "-c", CALLS, *arguments])


def log(folder: Path) -> list[str]:
    file = folder / "log"
    return file.read_text().splitlines() if file.exists() else []


def until(done: Callable[[], bool]) -> None:
    for _ in range(1000):
        if done():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come to pass")


@contextmanager
def ended(*processes: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def a_limit(folder: Path, model: str, patience: float = 20.0, fair: float = 60.0, calls: int = 4) -> CallLimit:
    return CallLimit(folder, model, calls, patience, Turnstile(folder / "line", model, fair))


def ticket(since: int, model: str, *, using: bool = False) -> Ticket:
    return Ticket(since, f"t{since}", model, using)


NOW = 100 * 10**9
OLD, YOUNG = 10 * 10**9, 95 * 10**9
RULES: list[tuple[str, Ticket, Sequence[Ticket], str, bool]] = [
    ("alone", ticket(YOUNG, "a"), [], "", True),
    ("alone, another model is loaded", ticket(YOUNG, "a"), [], "b", True),
    ("beside its own model", ticket(YOUNG, "a"), [ticket(OLD, "a", using=True)], "a", True),
    ("beside another model", ticket(YOUNG, "a"), [ticket(OLD, "b", using=True)], "b", False),
    ("overdue beside another model", ticket(OLD, "a"), [ticket(YOUNG, "b", using=True)], "b", False),
    ("its model is in use, another has just come", ticket(YOUNG + 1, "a"), [ticket(YOUNG, "b")], "a", True),
    ("its model is in use, another waits too long", ticket(YOUNG, "a"), [ticket(OLD, "b")], "a", False),
    (
        "its model is in use, another waits too long, for it",
        ticket(YOUNG, "a"),
        [ticket(OLD, "b"), ticket(OLD - 1, "a", using=True)],
        "a",
        False,
    ),
    ("with the first who waits too long", ticket(YOUNG, "b"), [ticket(OLD, "b"), ticket(OLD + 1, "a")], "a", True),
    ("first of two who wait too long", ticket(OLD, "a"), [ticket(OLD + 1, "b")], "b", True),
    ("nobody uses it, the loaded model waits", ticket(YOUNG, "b"), [ticket(YOUNG + 1, "a")], "a", False),
    ("nobody uses it, a third model waits", ticket(YOUNG + 1, "b"), [ticket(YOUNG, "c")], "a", True),
]


@pytest.mark.parametrize(("name", "mine", "others", "loaded", "starts"), RULES, ids=[rule[0] for rule in RULES])
def test_who_may_start(name: str, mine: Ticket, others: Sequence[Ticket], loaded: str, starts: bool) -> None:
    assert may_start(mine, others, loaded, NOW, fair=30.0) is starts


def test_one_model_is_used_by_many_and_by_no_other(tmp_path: Path) -> None:
    events: list[Event] = []
    with (
        a_limit(tmp_path, "a").hold("1", silence),
        a_limit(tmp_path, "a").hold("2", silence),
        pytest.raises(ModelUnavailable, match="stays in use with another model") as caught,
    ):
        a_limit(tmp_path, "b", patience=0.0).hold("3", events.append).__enter__()

    assert caught.value.hint
    assert [(event.name, event.data["reason"]) for event in events] == [("model_call_wait", "model")]
    with a_limit(tmp_path, "b", patience=0.0).hold("4", silence):
        pass


def test_waiting_for_a_place_is_told_as_that(tmp_path: Path) -> None:
    events: list[Event] = []
    with a_limit(tmp_path, "a", calls=1).hold("1", silence), pytest.raises(ModelUnavailable, match="places for calls"):
        a_limit(tmp_path, "a", patience=0.0, calls=1).hold("2", events.append).__enter__()

    assert [event.data["reason"] for event in events] == ["places"]


def test_a_killed_holder_lets_the_next_model_in(tmp_path: Path) -> None:
    holder = caller(tmp_path, "a")
    with ended(holder):
        until(lambda: log(tmp_path) == ["start a"])
        waiter = caller(tmp_path, "b", seconds=0.0)
        with ended(waiter):
            until(lambda: "wait b" in log(tmp_path))
            os.kill(holder.pid, signal.SIGKILL)

            assert waiter.wait(20) == 0
    assert log(tmp_path) == ["start a", "wait b", "start b", "end b"]


def test_a_killed_caller_in_line_is_not_waited_for(tmp_path: Path) -> None:
    with a_limit(tmp_path, "a").hold("1", silence):
        waiter = caller(tmp_path, "b", fair=0.0)
        with ended(waiter):
            until(lambda: "wait b" in log(tmp_path))
            with pytest.raises(ModelUnavailable):  # b has waited long enough, so a stands back
                a_limit(tmp_path, "a", patience=0.0, fair=0.0).hold("2", silence).__enter__()
            os.kill(waiter.pid, signal.SIGKILL)
            waiter.wait()
        with a_limit(tmp_path, "a", patience=0.0, fair=0.0).hold("3", silence):
            pass

    assert list((tmp_path / "line").glob("*.waiting")) == []


def test_many_processes_never_use_two_models_at_once_and_all_get_through(tmp_path: Path) -> None:
    processes = [caller(tmp_path, model, times=6, seconds=0.02, fair=0.3) for model in "aabbc"]
    with ended(*processes):
        assert [process.wait(60) for process in processes] == [0] * 5

    using: list[str] = []
    for line in log(tmp_path):
        word, model = line.split()
        if word == "start":
            using.append(model)
        elif word == "end":
            using.remove(model)
        assert len(set(using)) <= 1
    assert log(tmp_path).count("end a") == log(tmp_path).count("end b") == 12


def test_a_stream_of_calls_does_not_starve_another_model(tmp_path: Path) -> None:
    """Two callers of one model overlap all the time, so it is never free by itself."""
    stream = [caller(tmp_path, "a", times=10_000, seconds=0.1, fair=0.3) for _ in range(2)]
    with ended(*stream):
        until(lambda: log(tmp_path).count("start a") > 3)
        other = caller(tmp_path, "b", seconds=0.0, fair=0.3)
        with ended(other):
            assert other.wait(30) == 0


def test_calls_of_the_model_in_use_go_before_an_older_one_of_another(tmp_path: Path) -> None:
    order: list[str] = []

    def call(name: str, limit: CallLimit) -> None:
        with limit.hold(name, silence):
            order.append(name)

    first = a_limit(tmp_path, "a", calls=1).hold("first", silence)
    first.__enter__()
    threads: list[threading.Thread] = []
    for name, model in (("b1", "b"), ("a1", "a"), ("a2", "a")):
        threads.append(threading.Thread(target=call, args=(name, a_limit(tmp_path, model, calls=1))))
        threads[-1].start()
        until(lambda: len(list((tmp_path / "line").glob("*.waiting"))) == len(threads))
    first.__exit__(None, None, None)
    for thread in threads:
        thread.join()

    assert sorted(order[:2]) == ["a1", "a2"]
    assert order[2] == "b1"


def test_two_tiers_of_one_server_take_turns(tmp_path: Path) -> None:
    """As jobs meet at Ollama: the small model and the large one are never asked at the same time."""
    most, now, lock = [0], set[str](), threading.Lock()

    def script(request: ChatRequest) -> str:
        with lock:
            now.add(request.model)
            most[0] = max(most[0], len(now))
        time.sleep(0.05)
        with lock:
            now.discard(request.model)
        return "fine"

    with OllamaServer(script=script, models=["small", "large"]) as server:
        briefs = [a_brief(f"{number}", name=name, model=name) for number in range(2) for name in ("small", "large")]
        threads = [threading.Thread(target=Ollama(server.url, tmp_path).propose, args=(b, silence)) for b in briefs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(server.requests) == 4
    assert most == [1]


def test_planted_files_and_links_are_no_tickets(tmp_path: Path) -> None:
    line = tmp_path / "line"
    line.mkdir()
    (line / "junk").write_text("x")
    (line / f"{1:020d}-x-y.waiting").symlink_to(tmp_path / "elsewhere")
    (line / "1-2.using").write_text("")
    with a_limit(tmp_path, "a", patience=0.0).hold("1", silence):
        pass

    assert (line / "junk").exists()
    assert not (tmp_path / "elsewhere").exists()
