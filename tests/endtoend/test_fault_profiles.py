"""What the engine does with each fault of a model server: a real repository, two tiers, the first one's at fault.

Nothing wrong lands, whatever the server does. Either the attempt ends with a reason code and the next tier is asked, or
the model is unavailable (exit code 4) and the task stays queued. Times are those of the profile, at a hundredth.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sample import CALC, CONFIG, RIGHT, TEST, WRONG

from gitbuddy import wiring
from gitbuddy.cli.view import line_of
from gitbuddy.errors import ModelUnavailable
from gitbuddy.session import open_session
from gitbuddy.testing.faults import FAULTS
from gitbuddy.testing.ollama_server import OllamaServer, ServedModel
from gitbuddy.testing.repo import RepoBuilder
from gitbuddy.values import Event, Kind, Origin, Outcome, Task

SMALL, LARGE = "qwen3.5:4b", "qwen3.5:27b"
PACE = 0.01
FAST = {"window": "4096", "maxOutput": "600", "timeout": "3"}


@dataclass
class Scene:
    """A project with a bug, the server at fault (tier `fast`), a sound one (tier `deep`), and what a person sees."""

    repo: RepoBuilder
    faulty: OllamaServer
    sound: OllamaServer
    events: list[Event] = field(default_factory=list)

    def configure(self, **settings: str) -> None:
        """Settings of `fast`, beside the usual ones."""
        tiers: dict[str, dict[str, str]] = {
            "fast": {"model": SMALL, "endpoint": self.faulty.url, **FAST, **settings},
            "deep": {"model": LARGE, "endpoint": self.sound.url},
        }
        self.repo.git("config", "buddy.tiers", "fast deep")
        for tier, values in tiers.items():
            for name, value in values.items():
                self.repo.git("config", f"buddy.tier.{tier}.{name}", value)

    def run(self, text: str = "Make add add.") -> Outcome:
        session = open_session(str(self.repo.path), {}, self.events.append)
        task = Task(Kind.FIX, text, self.repo.head(), Origin("cli", text), ("calc.py",))
        return wiring.run_task(session, task)

    @property
    def seen(self) -> list[str]:
        """The lines that a person has read."""
        return [line for line in map(line_of, self.events) if line]

    def record(self, outcome: Outcome, attempt: int) -> Any:
        job = outcome.task.id
        name = f"refs/buddy/v1/jobs/{job[-2:]}/{job}:attempts/{attempt}/attempt.json"
        return json.loads(self.repo.git("show", name))

    def branches(self) -> list[str]:
        return self.repo.git("for-each-ref", "--format=%(refname:short)", "refs/heads/buddy").split()


Stage = Callable[..., Scene]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Sets the scene for a fault; the sound replies of the faulty server are given, the last one repeated."""
    repo = RepoBuilder(tmp_path / "project")
    repo.commit("start", files={"calc.py": CALC, "test_calc.py": TEST, ".buddy/config.toml": CONFIG})
    opened: list[OllamaServer] = []

    def start(fault: str, *replies: str, **settings: str) -> Scene:
        said = list(replies or [RIGHT])
        faulty = OllamaServer(
            script=lambda _: said.pop(0) if len(said) > 1 else said[0], models=[SMALL], fault=fault, pace=PACE
        )
        sound = OllamaServer(script=lambda _: RIGHT, models=[LARGE])
        opened[:] = [faulty.__enter__(), sound.__enter__()]
        scene = Scene(repo, faulty, sound)
        scene.configure(**settings)
        manifests.append(repo.manifest())
        return scene

    manifests: list[str] = []
    yield start
    for server in opened:
        server.close()
    assert [repo.manifest()] == manifests


ESCALATED = {
    "half-window": ("window-cut", "dropped the rest"),
    "overflow": ("overflow", "does not fit the model's context window"),
    "tool-call": ("tool-call", "there are no tools here"),
    "parse-500": ("unreadable", "could not read the model's answer"),
    "endless-thinking": ("overthought", "the thinking went on after 100 tokens"),
    "cut": ("cut-off", "connection to the model was lost"),
    "garbage": ("garbled", "something unreadable"),
    "huge-body": ("runaway", "the answer grew beyond"),
}
"""Fault -> reason code of the attempts at `fast`, and words that a person reads."""
UNAVAILABLE = {
    "slow-first-byte": "accepted the call and did not answer in time",
    "drip": "accepted the call and did not answer in time",
    "busy": "is busy, asked 4 times",
    "redirect": "answers with a redirect",
}
"""Fault -> words of the error."""
LANDED = {"reload", "reasoning-inside", "replaced-model", "one-slot"}
"""Faults that an answer survives; each has a test of its own."""


def test_every_fault_has_its_test() -> None:
    assert {*ESCALATED, *UNAVAILABLE, *LANDED} == {*FAULTS}


@pytest.mark.parametrize("fault", ESCALATED)
def test_an_answer_that_is_none_ends_the_attempt_and_the_next_tier_lands(stage: Stage, fault: str) -> None:
    code, words = ESCALATED[fault]
    thinking = {"think": "on", "maxThinking": "100"} if fault == "endless-thinking" else {}
    scene = stage(fault, **thinking)

    outcome = scene.run()
    failed, landed = outcome.attempts[:-1], outcome.attempts[-1]
    facts = [scene.record(outcome, attempt.number) for attempt in failed]

    assert (outcome.state, landed.tier.name) == ("landed", "deep")
    assert failed
    assert {(each["tier"], each["verdict"]["stage"], each["verdict"]["reason"]) for each in facts} == {
        ("fast", "reply", code)
    }
    assert all(words in each["verdict"]["words"] and each["tree"] is None for each in facts)
    assert any(line.startswith(f"  refused   {code}: ") for line in scene.seen)
    assert any(line.startswith("escalate  to deep") for line in scene.seen)
    assert scene.repo.git("show", f"{outcome.branch}:calc.py") == CALC.replace("a - b", "a + b")


@pytest.mark.parametrize("fault", UNAVAILABLE)
def test_a_server_that_gives_no_answer_leaves_the_task_queued(stage: Stage, fault: str) -> None:
    scene = stage(fault, **({"timeout": "20"} if fault == "busy" else {}))

    with pytest.raises(ModelUnavailable, match=UNAVAILABLE[fault]) as caught:
        scene.run()
    jobs, problems = open_session(str(scene.repo.path), {}, scene.events.append).records.listing()

    assert (caught.value.exit_code, scene.branches(), problems) == (4, [], ())
    assert caught.value.hint
    assert [job.state for job in jobs] == ["queued"]
    assert {request.path for request in scene.faulty.requests} == {"/api/chat"}
    assert scene.sound.requests == []


def test_a_broken_connection_is_tried_once_more_in_each_attempt(stage: Stage) -> None:
    scene = stage("cut")

    outcome = scene.run()

    assert len(scene.faulty.requests) == 2 * (len(outcome.attempts) - 1)


def test_a_body_without_end_is_hung_up_on(stage: Stage) -> None:
    scene = stage("huge-body")

    outcome = scene.run()

    assert scene.faulty.hang_ups == len(outcome.attempts) - 1


def test_a_model_is_loaded_once_for_all_attempts_and_it_is_told_how_long_that_took(stage: Stage) -> None:
    scene = stage("reload", WRONG, RIGHT)

    outcome = scene.run()
    usages = [attempt.proposal.usage for attempt in outcome.attempts if attempt.proposal]

    assert (outcome.state, [attempt.tier.name for attempt in outcome.attempts]) == ("landed", ["fast", "fast"])
    assert scene.faulty.reloads == 1
    assert usages[0].loading == pytest.approx(20 * PACE)
    assert usages[1].loading < usages[0].loading < usages[0].seconds


def test_reasoning_in_the_answer_is_kept_apart_and_its_edits_are_not_applied(stage: Stage) -> None:
    scene = stage("reasoning-inside")

    outcome = scene.run()
    reply = outcome.attempts[0].proposal

    assert (outcome.state, len(outcome.attempts)) == ("landed", 1)
    assert reply is not None
    assert reply.reply.strip() == RIGHT.strip()
    assert scene.repo.git("show", f"{outcome.branch}:calc.py") == CALC.replace("a - b", "a + b")


def test_a_model_that_was_replaced_is_recorded_by_name_only(stage: Stage) -> None:
    scene = stage("replaced-model")

    outcome = scene.run()
    facts = scene.record(outcome, 1)
    message = scene.repo.git("log", "-1", "--format=%B", str(outcome.commit))

    assert (outcome.state, facts["model"]) == ("landed", SMALL)
    assert ServedModel(SMALL).digest[:12] not in message
    assert any(line.startswith("note      the model was replaced while it answered") for line in scene.seen)


def test_two_jobs_share_the_one_slot_of_a_server(stage: Stage) -> None:
    scene = stage("one-slot", calls="1")
    outcomes: list[Outcome] = []
    threads = [
        threading.Thread(target=lambda words=text: outcomes.append(scene.run(words)))
        for text in ("Make add add.", "Make add add again.")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [(outcome.state, outcome.attempts[-1].tier.name) for outcome in outcomes] == [("landed", "fast")] * 2
    assert scene.faulty.turned_away == 0
