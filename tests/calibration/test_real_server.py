"""The whole measurement through the real llama.cpp, with a tiny model that speaks a script byte for byte."""

from __future__ import annotations

from pathlib import Path

from calibration.pupil import fixture_of, format_asked, right

from gitbuddy.calibration.choices import Subject
from gitbuddy.calibration.measure import Sitting
from gitbuddy.proposers.openai_http import OpenAIHttp
from gitbuddy.testing.llama_server import LlamaServer
from gitbuddy.testing.ollama_server import ChatRequest
from gitbuddy.values import Identity, Tier

EASY = ("constant", "guard", "json", "needle")


def knows_one_format(request: ChatRequest) -> str:
    return right(request) if format_asked(request) == "udiff" and fixture_of(request).name in EASY else "no"


def test_format_window_and_speed_are_measured(tiny: Path) -> None:
    with LlamaServer(tiny, script=knows_one_format, window=8192, slots=1) as server:
        tier = Tier("fast", "openai", "", server.url, window=8192)
        subject = Subject(Identity("tiny", server.url), "2026-01-02", tier, 1)
        sitting = Sitting(subject, OpenAIHttp(server.url), (4096, 8192), False, 120.0, lambda words: None)
        sitting.measure()

    known = sitting.result()
    assert (known.format, known.window, known.samples) == ("udiff", 8192, 1)
    assert known.output_rate > 0
    assert known.prompt_rate > 0
