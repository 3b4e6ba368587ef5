"""Briefs for the proposers under test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gitbuddy.errors import Rejected
from gitbuddy.proposers.ollama import Ollama
from gitbuddy.proposers.openai_http import OpenAIHttp
from gitbuddy.testing.ollama_server import MODEL, OllamaServer, Reply
from gitbuddy.values import Brief, Event, Kind, Mounts, Origin, Proposal, SourceFile, Task, Tier

TIER = Tier("fast", "ollama", MODEL, window=8192, max_output=512, timeout=20.0)
SLUG = "add-adds"


def a_brief(
    prompt: str = "Make add add.", system: str = "You edit code.", files: tuple[SourceFile, ...] = (), **tier: Any
) -> Brief:
    """A brief whose tier is `TIER` with changes."""
    task = Task(Kind.CHANGE, "Make add add.", "0" * 40, Origin("cli"), slug=SLUG)
    settings = {name: getattr(TIER, name) for name in Tier.__slots__} | tier
    nowhere = Path("/nonexistent")
    return Brief(task, Tier(**settings), system, prompt, files, Mounts(nowhere, nowhere))


def silence(event: Event) -> None:
    """Nobody looks."""


def ask_ollama(server: OllamaServer, brief: Brief | None = None, **settings: Any) -> Proposal:
    return Ollama(server.url, **({"backoff": 0.0} | settings)).propose(brief or a_brief(), silence)


def ask_openai(server: OllamaServer, brief: Brief | None = None, **settings: Any) -> Proposal:
    return OpenAIHttp(server.url, **({"backoff": 0.0} | settings)).propose(brief or a_brief(), silence)


def reason(rejected: Rejected) -> str:
    assert rejected.refused.stage == "reply"
    return rejected.refused.reason


LOOP = Reply("return a + b\n", forever=True, chunk=64)
