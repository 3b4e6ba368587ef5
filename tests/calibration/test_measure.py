"""Models with one weakness each, asked over a real connection: the measurement finds it."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from calibration.pupil import TIER, WORDS, Clock, fixture_of, format_asked, is_needle, right, sit, written

from gitbuddy.calibration.choices import Subject
from gitbuddy.calibration.fixtures import fixtures
from gitbuddy.calibration.measure import Sitting
from gitbuddy.errors import ModelUnavailable
from gitbuddy.testing.ollama_server import ChatRequest, Reply
from gitbuddy.testing.scripted import ScriptedProposer
from gitbuddy.values import Brief, Identity, Proposal, Usage

BIG = 6000
"""Tokens of a prompt, as the server counts them."""


@pytest.mark.parametrize("edit_format", WORDS)
def test_a_model_that_knows_one_format_is_asked_for_that_one(edit_format: str) -> None:
    def script(request: ChatRequest) -> str:
        return right(request) if format_asked(request) == edit_format else "Here is what I would do: nothing."

    known, _ = sit(script)

    assert known.format == edit_format
    assert known.usable
    assert known.window == 16384


def test_a_model_that_knows_all_formats_is_asked_for_the_cheapest() -> None:
    def script(request: ChatRequest) -> str:
        padding = "" if format_asked(request) == "udiff" else "This took some thought. " * 20
        return padding + "\n\n" + right(request)

    known, _ = sit(script)

    assert known.format == "udiff"


def test_a_format_that_mostly_fails_loses_to_one_that_mostly_works() -> None:
    def script(request: ChatRequest) -> str:
        clever = format_asked(request) == "whole-file" or fixture_of(request).name in ("guard", "json", "needle")
        return right(request) if clever else "no"

    known, _ = sit(script)

    assert known.format == "whole-file"


def test_a_format_that_cannot_win_is_not_asked_to_the_end() -> None:
    def script(request: ChatRequest) -> str:
        return right(request) if format_asked(request) == "whole-file" else "no"

    known, _ = sit(script, windows=(8192,))
    asked = {tally.name: tally.asked for tally in known.tallies}

    assert asked["whole-file"] == len(fixtures())
    assert asked["udiff"] < len(fixtures())


def test_a_wrong_edit_is_not_taken_for_a_right_one() -> None:
    def script(request: ChatRequest) -> str:
        fixture = fixture_of(request)
        return written(fixture, fixture.after[0].decode().replace("5", "6").replace("3", "4") + "\n#", "whole-file")

    known, _ = sit(script)

    assert sum(tally.solved for tally in known.tallies) <= len(fixtures())
    assert not [tally for tally in known.tallies if tally.name.startswith("window") and tally.solved]


def test_a_model_that_forgets_beyond_a_length_gets_a_window_below_it() -> None:
    def script(request: ChatRequest) -> str:
        forgets = is_needle(request) and len(request.prompt) // 4 > BIG
        return written(fixture_of(request), "LIMIT = 1\n", format_asked(request)) if forgets else right(request)

    known, server = sit(script, windows=(4096, 8192, 16384, 32768))

    assert known.window == 8192
    assert {request.window for request in server.requests} == {8192, 16384}


def test_a_model_that_forgets_early_gets_the_smallest_window() -> None:
    def script(request: ChatRequest) -> str:
        forgets = is_needle(request) and len(request.prompt) // 4 > 3000
        return written(fixture_of(request), "LIMIT = 1\n", format_asked(request)) if forgets else right(request)

    known, _ = sit(script)

    assert known.window == 4096


def test_a_server_that_cuts_the_prompt_is_noticed() -> None:
    def script(request: ChatRequest) -> Reply:
        cut = is_needle(request) and request.window > 8192
        return Reply(right(request), prompt_tokens=request.window // 2 + 2 if cut else None)

    known, _ = sit(script)

    assert known.window == 8192


def test_a_slip_at_one_depth_is_forgiven_once() -> None:
    slips = ["once"]

    def script(request: ChatRequest) -> str:
        if is_needle(request) and slips:
            slips.pop()
            return "let me see"
        return right(request)

    known, _ = sit(script)

    assert known.window == 16384


def needs_thinking(request: ChatRequest) -> Reply:
    thought = bool(request.body.get("think"))
    return Reply(right(request) if thought else "42", thinking="hmm " * 8 if thought else "")


def thinks_too_long(request: ChatRequest) -> Reply:
    thought = bool(request.body.get("think"))
    odd = len(fixture_of(request).name) % 2
    return Reply("", thinking="hmm", done_reason="length") if thought else Reply("no" if odd else right(request))


def test_a_model_that_needs_to_think_thinks() -> None:
    known, _ = sit(needs_thinking, thinks=True)

    assert (known.think, known.max_thinking > 0) == ("on", True)
    assert known.window == 16384


def test_a_model_that_thinks_too_long_does_not() -> None:
    known, server = sit(thinks_too_long, thinks=True)

    assert (known.think, known.max_thinking) == ("off", 0)
    assert any(request.body.get("think") for request in server.requests)


def test_a_model_that_solves_all_is_not_asked_to_think() -> None:
    known, server = sit(right, thinks=True)

    assert known.think == "off"
    assert not any(request.body.get("think") for request in server.requests)


def test_a_model_that_cannot_think_is_not_asked_to() -> None:
    _, server = sit(needs_thinking)

    assert not any(request.body.get("think") for request in server.requests)


def test_a_model_that_always_thinks_is_asked_at_levels() -> None:
    def script(request: ChatRequest) -> str:
        return right(request) if request.body.get("think") == "medium" else "no"

    known, server = sit(script, thinks=True, tier=replace(TIER, think="low"))

    assert known.think == "medium"
    assert {request.body.get("think") for request in server.requests} == {"low", "medium"}


def lively(request: ChatRequest) -> str:
    """Half of the fixtures are solved at a higher temperature only."""
    hard = len(fixture_of(request).name) % 2 and not is_needle(request)
    return right(request) if not hard or request.options["temperature"] > 0.5 else "no"


@pytest.mark.parametrize(("slots", "expected"), [(0, 1), (1, 1), (2, 2), (3, 3)])
def test_another_sample_is_worth_it_where_the_server_has_a_place_for_it(slots: int, expected: int) -> None:
    known, _ = sit(lively, slots=slots)

    assert known.samples == expected


def test_where_another_sample_never_helps_one_is_enough() -> None:
    def script(request: ChatRequest) -> str:
        return right(request) if is_needle(request) or len(fixture_of(request).name) % 2 == 0 else "no"

    known, _ = sit(script, slots=4)

    assert known.samples == 1


@pytest.mark.parametrize("reply", ["", "no", "```\n", Reply("x", done_reason="length"), Reply("ab " * 9, forever=True)])
def test_a_model_that_answers_nothing_usable_keeps_the_default_and_it_is_said(reply: Reply | str) -> None:
    known, _ = sit(lambda request: reply, thinks=True)

    assert (known.usable, known.format, known.window) == (False, TIER.format, 0)
    assert any("no answer could be used" in note for note in known.notes)


def test_the_model_is_loaded_once_for_each_window() -> None:
    known, server = sit(right, windows=(4096, 8192, 16384, 32768))

    assert known.window == 32768
    assert server.reloads == 3


def test_what_is_not_measured_in_time_is_said_and_not_claimed() -> None:
    known, server = sit(right, clock=Clock(step=2.0))

    assert known.window == 8192
    assert {f"time was up while measuring: {phase}" for phase in ("format", "window")} <= set(known.notes)
    assert len(server.requests) < 30


def test_without_any_time_nothing_is_asked() -> None:
    known, server = sit(right, clock=Clock(step=100.0))

    assert (server.requests, known.tallies) == ([], ())


def test_an_answer_that_our_own_time_cut_off_says_nothing_of_the_model() -> None:
    known, server = sit(lambda request: Reply("late", delay=60.0), seconds=1.0, clock=time.monotonic)

    assert len(server.requests) >= 1
    assert known.tallies == ()
    assert any("time was up" in note for note in known.notes)


def slow_reader(brief: Brief) -> Proposal:
    """Reads ten tokens a second; the right answer to everything."""
    prompt = len(brief.prompt) // 4
    request = ChatRequest("", {"messages": [{"content": brief.system}, {"content": brief.prompt}]}, {})
    text = right(request)
    return Proposal(text, usage=Usage("m", prompt, len(text), prompt / 10 + len(text) / 100))


def test_a_window_that_cannot_be_read_in_time_is_not_tried() -> None:
    proposer = ScriptedProposer(slow_reader)
    subject = Subject(Identity("m", ""), "2026-01-02", TIER)
    sitting = Sitting(subject, proposer, (4096, 8192, 16384), False, 240.0, lambda words: None, Clock())
    sitting.measure()

    assert sitting.result().prompt_rate == pytest.approx(10, rel=0.01)
    assert {brief.tier.window for brief in proposer.briefs} == {8192}
    assert "not tried for want of time: windows from 16384 tokens" in sitting.result().notes


def test_where_one_call_is_served_at_a_time_no_sample_is_asked_for() -> None:
    _, server = sit(lively, slots=1)

    assert not any(request.options["temperature"] > 0.5 for request in server.requests)


def test_a_server_that_is_down_is_an_error() -> None:
    with pytest.raises(ModelUnavailable):
        sit(lambda request: Reply(status=404, error="model not found"))


def test_a_server_that_goes_away_leaves_what_is_known() -> None:
    def script(request: ChatRequest) -> Reply | str:
        return Reply(status=404, error="model 'x' not found") if is_needle(request) else right(request)

    known, _ = sit(script)

    assert (known.usable, known.window) == (True, 0)
    assert any("the server stopped answering" in note for note in known.notes)


def test_every_fixture_is_asked_as_a_task_is() -> None:
    _, server = sit(right, windows=(8192,))
    messages = server.requests[0].body["messages"]

    assert [message["role"] for message in messages] == ["system", "user"]
    assert "You are a careful programmer." in messages[0]["content"]
    assert "Task (change):" in messages[1]["content"]
