"""Recorded model replies through the whole machine: does the gate land what is right, and only that?

    python benchmarks/recorded_cascade.py --data humaneval_ollama.jsonl.gz [--limit N] [--server ollama|llamacpp]

Each task becomes a git repository (a module with the prompt and `raise NotImplementedError`, and its tests); the
recorded replies are served over Ollama's protocol as a cascade of one tier per model; each task runs through the real
engine with real checks in the real sandbox. A reply that was recorded once is served again when it is asked for again,
as a model at temperature 0 would. With `--server llamacpp` one real llama.cpp server serves all tiers over the OpenAI
protocol: a tiny model is held to the recorded replies, so that tokens, framing and counts are llama.cpp's own.

Last line: `landed L of N, false F, missed M, attempts A, overhead median X ms p95 Y ms`. *False*: landed although the
recorded verdict of that reply is failed. *Missed*: a reply the cascade reached was recorded as passed and the task did
not land. *Overhead*: wall time of one attempt less the time of the model call and of the checks.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gitbuddy import wiring
from gitbuddy.session import open_session
from gitbuddy.testing import tiny_gguf
from gitbuddy.testing.llama_server import LlamaServer
from gitbuddy.testing.ollama_server import ChatRequest, OllamaServer, Reply
from gitbuddy.testing.repo import RepoBuilder
from gitbuddy.values import Attempt, Event, Kind, Origin, Outcome, Refused, Task

HOLE = "    raise NotImplementedError"
MODELS = ("qwen2.5-coder:1.5b", "qwen2.5-coder:7b", "qwen2.5-coder:14b")
PER_TIER, PER_JOB = 2, 5
CONFIG = """\
[checks.test]
command = ["python3", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
kind = "test"
timeout = 20
"""
PYTEST = '[tool.pytest.ini_options]\npythonpath = ["."]\n'


@dataclass(frozen=True)
class Recorded:
    """One task of the recording: `replies` maps a model to its (completion, passed) in order."""

    name: str
    prompt: str
    test: str
    entry_point: str
    replies: dict[str, list[tuple[str, bool]]]

    @property
    def models(self) -> tuple[str, ...]:
        return tuple(model for model in MODELS if self.replies.get(model))

    def reply(self, model: str, number: int) -> tuple[str, bool]:
        """The model's n-th reply; the last one again when there are no more."""
        replies = self.replies[model]
        return replies[min(number, len(replies) - 1)]


def main() -> int:
    """Run all tasks and print the figures; exit 1 when something false landed or something right was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--server", choices=SERVERS, default="ollama")
    arguments = parser.parse_args()
    recorded = list(read(arguments.data))[: arguments.limit]
    allowed = sum(any(passed for _, passed in reached(task)) for task in recorded)
    with tempfile.TemporaryDirectory(prefix="gitbuddy-bench-") as folder:
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        with SERVERS[arguments.server](Path(folder)) as served:
            results = [(task, run(task, Path(folder) / task.name.replace("/", "-"), served)) for task in recorded]
    landed = [(task, outcome) for task, outcome in results if outcome.state == "landed"]
    false = [task.name for task, outcome in landed if not verdict_of(task, outcome)]
    missed = [task.name for task, outcome in results if outcome.state != "landed" and right_reply_seen(task, outcome)]
    attempts = [attempt for _, outcome in results for attempt in outcome.attempts]
    overheads = sorted(overhead(attempt) * 1000 for attempt in attempts if attempt.results)
    for label, names in (("false", false), ("missed", missed)):
        if names:
            print(f"{label}: {', '.join(names)}")
    print(f"recorded verdicts allow {allowed} of {len(recorded)} ({PER_TIER} attempts a tier, {PER_JOB} in all)")
    print(
        f"landed {len(landed)} of {len(recorded)}, false {len(false)}, missed {len(missed)}, attempts {len(attempts)}, "
        f"overhead median {statistics.median(overheads):.0f} ms p95 {overheads[int(len(overheads) * 0.95)]:.0f} ms"
    )
    return int(bool(false or missed or len(landed) != allowed))


def read(path: Path) -> Iterator[Recorded]:
    """The recording's tasks."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            raw: dict[str, Any] = json.loads(line)
            replies: dict[str, list[tuple[str, bool]]] = {}
            for reply in raw["replies"]:
                replies.setdefault(reply["model"], []).append((reply["completion"], reply["passed"]))
            yield Recorded(raw["task_id"], raw["prompt"], raw["test"], raw["entry_point"], replies)


def reached(task: Recorded) -> Sequence[tuple[str, bool]]:
    """The replies that the rules let the cascade reach, told from the recording alone, up to the first that passed."""
    seen: list[tuple[str, bool]] = []
    for model in task.models:
        for number in range(PER_TIER):
            if len(seen) == PER_JOB:
                return seen
            reply = task.reply(model, number)
            repeated = reply in seen
            seen.append(reply)
            if reply[1]:
                return seen
            if repeated:
                break
    return seen


class Recording:
    """Answers with the recorded replies of one task after the other, each model's in their order."""

    def __init__(self) -> None:
        self.task: Recorded | None = None
        self.asked: dict[str, int] = {}

    def begin(self, task: Recorded) -> None:
        """From now on this task's replies are asked for."""
        self.task, self.asked = task, dict.fromkeys(task.models, 0)

    def __call__(self, request: ChatRequest) -> Reply:
        assert self.task is not None
        completion, _ = self.task.reply(request.model, self.asked[request.model])
        self.asked[request.model] += 1
        return Reply(as_edit(completion))


@dataclass(frozen=True)
class Served:
    """A running server: where it is, what its tiers need, and what answers."""

    recording: Recording
    url: str
    tier: dict[str, str]


@contextmanager
def by_ollama(_folder: Path) -> Iterator[Served]:
    """The shipped server that speaks Ollama's protocol."""
    recording = Recording()
    with OllamaServer(models=MODELS, script=recording) as server:
        yield Served(recording, server.url, {"window": "16384"})


@contextmanager
def by_llama_cpp(folder: Path) -> Iterator[Served]:
    """The real llama.cpp server. Its model's tokens are bytes, so that it needs a wide window."""
    recording = Recording()
    model = tiny_gguf.write(folder / "tiny.gguf")
    with LlamaServer(model, script=recording, window=65536) as server:
        tier = {"window": "65536", "maxOutput": "16384", "proposer": "openai", "endpoint": server.url}
        yield Served(recording, server.url, tier)


SERVERS = {"ollama": by_ollama, "llamacpp": by_llama_cpp}


def run(task: Recorded, folder: Path, served: Served) -> Outcome:
    """One task through the real engine."""
    builder = RepoBuilder(folder)
    module = f"{task.prompt.rstrip()}\n{HOLE}\n"
    tests = f"from solution import *\nfrom solution import {task.entry_point}\n{task.test}\n\ndef test_it():\n"
    tests += f"    check({task.entry_point})\n"
    files = {"solution.py": module, "test_solution.py": tests, "pyproject.toml": PYTEST, ".buddy/config.toml": CONFIG}
    base = builder.commit("task", files=files)
    served.recording.begin(task)
    builder.git("config", "buddy.endpoint", served.url)
    builder.git("config", "buddy.mutateSeconds", "0")
    builder.git("config", "buddy.tiers", " ".join(f"t{number}" for number in range(len(task.models))))
    for number, model in enumerate(task.models):
        for name, value in {"model": model, **served.tier}.items():
            builder.git("config", f"buddy.tier.t{number}.{name}", value)
    session = open_session(str(folder), {}, ignore)
    text = "Implement the function as its docstring says."
    return wiring.run_task(session, Task(Kind.FIX, text, base, Origin("cli", base), ("solution.py",)))


def ignore(_event: Event) -> None:
    """Nobody watches."""


def as_edit(completion: str) -> str:
    """The recorded completion in the edit format that was asked for."""
    return f"solution.py\n```python\n<<<<<<< SEARCH\n{HOLE}\n=======\n{completion.rstrip()}\n>>>>>>> REPLACE\n```\n"


def attempted(task: Recorded, outcome: Outcome) -> Iterator[tuple[str, bool]]:
    """The recorded reply behind each attempt, found by its text."""
    for attempt in outcome.attempts:
        reply = attempt.proposal.reply if attempt.proposal else ""
        yield from (pair for pair in task.replies[attempt.tier.model] if as_edit(pair[0]) == reply)


def verdict_of(task: Recorded, outcome: Outcome) -> bool:
    """The recorded verdict of the reply that landed."""
    return list(attempted(task, outcome))[-1][1]


def right_reply_seen(task: Recorded, outcome: Outcome) -> bool:
    """Whether the cascade saw a reply that was recorded as passed."""
    return any(passed for _, passed in attempted(task, outcome))


def overhead(attempt: Attempt) -> float:
    """Seconds of an attempt that neither the model nor a check took."""
    model = attempt.proposal.usage.seconds if attempt.proposal else 0.0
    return attempt.seconds - model - sum(result.seconds for result in attempt.results if not result.cached)


def why(outcome: Outcome) -> str:
    """The words of the last refusal."""
    last = outcome.attempts[-1].verdict if outcome.attempts else None
    return last.words if isinstance(last, Refused) else outcome.reason


if __name__ == "__main__":
    sys.exit(main())
