"""Several answers at once: each in a worktree of its own, the first accepted wins, and nobody's work is lost."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sample import BREAKING, CALC, CONFIG, MODEL, RIGHT, TEST, WRONG, Project, kill, left_alone

from gitbuddy.sandboxes.descent import descendants
from gitbuddy.testing.ollama_server import ChatRequest, OllamaServer, Reply
from gitbuddy.testing.repo import RepoBuilder

Again = Callable[[], str]
FIX = ("run", "--kind", "fix", "-f", "calc.py", "Make add add.", "--log-format", "json")


class Choir:
    """A model whose answers to one round stand beside each other: the n-th question gets the n-th of `replies`.

    Nobody is answered before all have asked, unless `together` is less.
    """

    def __init__(self, *replies: Reply | str, together: int = 3) -> None:
        self.replies = [Reply(reply) if isinstance(reply, str) else reply for reply in replies]
        self.requests: list[ChatRequest] = []
        self._together = threading.Barrier(together) if together > 1 else None
        self._lock = threading.Lock()

    def __call__(self, request: ChatRequest) -> Reply:
        with self._lock:
            number = len(self.requests)
            self.requests.append(request)
        if self._together is not None:
            self._together.wait(60)
        return self.replies[number % len(self.replies)]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[Choir], Project]]:
    """A project whose tier `fast` asks for three answers at once."""
    repo = RepoBuilder(tmp_path / "project")
    repo.commit("start", files={"calc.py": CALC, "test_calc.py": TEST, ".buddy/config.toml": CONFIG})
    servers: list[OllamaServer] = []

    def made(choir: Choir) -> Project:
        servers.append(OllamaServer(models=[MODEL], script=choir))
        servers[0].__enter__()
        for name, value in {
            "buddy.tiers": "fast",
            "buddy.tier.fast.model": MODEL,
            "buddy.tier.fast.samples": "3",
        }.items():
            repo.git("config", name, value)
        return Project(repo, servers[0])

    yield made
    for server in servers:
        server.close()


def events(stderr: str, name: str) -> list[dict[str, Any]]:
    told = [json.loads(line) for line in stderr.splitlines() if line.startswith("{")]
    return [event for event in told if event["event"] == name]


def test_the_first_accepted_wins_and_the_others_are_ended(start: Callable[[Choir], Project]) -> None:
    slow = Reply(WRONG, delay=60)
    project = start(Choir(slow, RIGHT, slow))

    with left_alone(project):
        ran = project.buddy(*FIX, "--json")

    assert ran.code == 0, ran.err
    assert "a + b" in project.content(project.branches()[0])
    (attempt,) = ran.json()["attempts"]
    assert attempt["verdict"]["accepted"]
    assert events(ran.err, "samples_cancelled")[0]["count"] == 2
    assert len(project.repo.git("worktree", "list").splitlines()) <= 5


def test_every_sample_is_asked_anew_with_a_seed_of_its_own(start: Callable[[Choir], Project]) -> None:
    choir = Choir(WRONG, RIGHT, WRONG)
    start(choir).buddy(*FIX)

    assert len({request.prompt for request in choir.requests}) == 1
    assert len({request.options["seed"] for request in choir.requests}) == 3


def test_equal_proposals_are_checked_once(start: Callable[[Choir], Project]) -> None:
    project = start(Choir(WRONG, WRONG, BREAKING))
    project.repo.git("config", "buddy.tier.fast.attempts", "1")

    ran = project.buddy(*FIX, "--json")

    assert ran.code == 1
    reasons = sorted(attempt["verdict"]["reason"] for attempt in ran.json()["attempts"])
    assert reasons.count("repeated") == 1
    assert len(reasons) == 3
    assert len(events(ran.err, "patch_applied")) == 2


def test_the_record_keeps_every_sample_that_came_to_an_end(start: Callable[[Choir], Project]) -> None:
    project = start(Choir(WRONG, BREAKING, "no edit at all"))
    project.repo.git("config", "buddy.tier.fast.attempts", "1")
    job = project.buddy(*FIX, "--json").json()["job"]

    files = project.repo.git("ls-tree", "-r", "--name-only", f"refs/buddy/v1/jobs/{job[-2:]}/{job}").splitlines()

    assert {path.split("/")[1] for path in files if path.startswith("attempts/")} == {"1", "2", "3"}


def test_a_second_round_learns_from_the_sample_that_came_furthest(start: Callable[[Choir], Project]) -> None:
    choir = Choir("no edit at all", BREAKING, "nor here", RIGHT, together=1)
    ran = start(choir).buddy(*FIX, "--json")

    assert ran.code == 0, ran.err
    assert "return a * 3" in choir.requests[3].prompt


def test_without_a_model_that_answers_the_job_is_queued_again(start: Callable[[Choir], Project]) -> None:
    project = start(Choir(Reply(status=401, error="no"), together=1))

    ran = project.buddy(*FIX)

    assert ran.code == 4
    assert project.buddy("log", "--json").json()[0]["state"] == "queued"


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_interrupted_rounds_leave_no_process_and_no_lost_worktree(start: Callable[[Choir], Project], end: int) -> None:
    choir = Choir(Reply(RIGHT, delay=60), together=3)
    project = start(choir)
    with left_alone(project):
        process = project.start(*FIX)
        while len(choir.requests) < 3:
            time.sleep(0.02)
        children = children_of(process.pid)

        if end == signal.SIGKILL:
            kill(process)
        else:
            process.send_signal(end)
            process.communicate(timeout=60)

        assert len(children) == 3
        assert gone(children)
        choir.replies[:] = [Reply(RIGHT)]
        choir._together = None
        assert project.buddy(*FIX).code == 0
    assert len(project.branches()) == 1
    assert project.repo.git("for-each-ref", "refs/buddy/v1/pin") == ""


def test_a_sample_that_is_killed_takes_nobody_along(start: Callable[[Choir], Project]) -> None:
    choir = Choir(Reply(RIGHT, delay=3), together=3)
    project = start(choir)
    process = project.start(*FIX)
    while len(choir.requests) < 3:
        time.sleep(0.02)

    os.kill(children_of(process.pid)[0], signal.SIGKILL)
    process.communicate(timeout=60)

    assert process.returncode == 0
    assert len(project.branches()) == 1


def children_of(pid: int) -> list[int]:
    """The processes that make samples for this one."""
    return [child for child in descendants(pid) if b"cli.sampler" in Path(f"/proc/{child}/cmdline").read_bytes()]


def gone(pids: list[int]) -> bool:
    """Whether all of these end within a while."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.05)
    return False
