"""Models made up for calibration: they know the right edits, and have one weakness each."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable

from gitbuddy.calibration.choices import Subject
from gitbuddy.calibration.fixtures import Fixture, fixtures
from gitbuddy.calibration.measure import Sitting
from gitbuddy.proposers.ollama import Ollama
from gitbuddy.testing.ollama_server import MODEL, ChatRequest, OllamaServer, Reply, ServedModel
from gitbuddy.values import Calibration, Identity, Tier

TIER = Tier("fast", "ollama", MODEL, format="search-replace", window=16384)
WORDS = {"whole-file": "whole new text", "search-replace": "search/replace blocks", "udiff": "unified diff"}
"""By what a prompt shows which format it asks for."""
Script = Callable[[ChatRequest], Reply | str]


def format_asked(request: ChatRequest) -> str:
    return next(name for name, words in WORDS.items() if words in request.prompt)


def right(request: ChatRequest) -> str:
    """The right answer, in the format asked for."""
    fixture = fixture_of(request)
    return written(fixture, fixture.after[0].decode(), format_asked(request))


def written(fixture: Fixture, after: str, edit_format: str) -> str:
    before = fixture.before.decode()
    if edit_format == "whole-file":
        return f"{fixture.path}\n````\n{after}````\n"
    if edit_format == "udiff":
        paths = f"a/{fixture.path}", f"b/{fixture.path}"
        lines = difflib.unified_diff(before.splitlines(), after.splitlines(), *paths, lineterm="")
        return "```diff\n" + "\n".join(lines) + "\n```\n"
    return f"{fixture.path}\n```\n<<<<<<< SEARCH\n{before}=======\n{after}>>>>>>> REPLACE\n```\n"


def fixture_of(request: ChatRequest) -> Fixture:
    for fixture in fixtures():
        if fixture.text in request.prompt:
            return fixture
    name = re.search(r"the number that (\w+) has", request.prompt)
    value = name and re.search(rf"^{name[1]} = (\d+)$", request.prompt, re.MULTILINE)
    after = f"LIMIT = {value[1] if value else 1}\n".encode()
    return Fixture("needle", "", "src/limits.py", b"LIMIT = 0\n", (after,))


def is_needle(request: ChatRequest) -> bool:
    return fixture_of(request).name == "needle"


class Clock:
    """Time that passes by so many seconds with each look at it."""

    def __init__(self, step: float = 0.0) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def sit(
    script: Script,
    *,
    windows: Iterable[int] = (4096, 8192, 16384),
    thinks: bool = False,
    slots: int = 0,
    tier: Tier = TIER,
    seconds: float = 60.0,
    clock: Callable[[], float] | None = None,
) -> tuple[Calibration, OllamaServer]:
    """What is measured of a model that answers like this, and the server that was asked."""
    with OllamaServer(script=script, models=[ServedModel(MODEL)]) as server:
        subject = Subject(Identity(MODEL, server.url), "2026-01-02", tier, slots)
        proposer = Ollama(server.url, backoff=0.0)
        sitting = Sitting(subject, proposer, tuple(windows), thinks, seconds, lambda words: None, clock or Clock())
        sitting.measure()
        return sitting.result(), server
