from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Any

import pytest
from made import DEEP, FAST, accepted, attempt, change, failed, passed, patch, task

from gitbuddy.cli.view import ignore, line_of, printable, watching, write_json_line
from gitbuddy.core import events
from gitbuddy.values import Event, Move, Outcome

EVIL = "\x1b[31mred\x1b]0;title\x07 \x9b2J \r\x08\x00 \u202eback\u200b \x7f"
JOB = task("make it work")
TWO_LINES = task("first\nsecond")


def dangerous(text: str) -> list[str]:
    return [
        char
        for char in text
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and char not in "\n\t"
    ]


def events_with(text: str) -> list[Event]:
    """One of each event, with `text` wherever a repository, a model or a setting can put words."""
    job = task(text, files=(text,))
    checks = (failed(text, text), passed(text))
    outcome = Outcome(job, "gave-up", (attempt(reason=text),), text)
    return [
        events.created(job),
        events.checking(job, "base", [check.check for check in checks]),
        events.baseline(job, checks),
        *events.moving(job, Move(DEEP, text), [attempt(FAST)]),
        events.applied(job, patch(change(text))),
        events.judged(job, attempt(reason=text, results=checks)),
        events.judged(job, accepted()),
        events.ended(outcome),
        events.ended(Outcome(job, "landed", (accepted(),), "", "c0ffee", text)),
        Event("sandbox", job.id, {"name": text}),
        Event("notice", job.id, {"words": text}),
        Event("samples_cancelled", job.id, {"count": 1}),
        Event("check_start", job.id, {"name": text}),
        Event("model_call_start", job.id, {"model": text, "tier": text}),
        Event("model_call_wait", job.id, {"tier": text}),
        Event("model_tokens", job.id, {"tokens": 3}),
        Event("model_call_complete", job.id, {"tokens": 3, "durationMs": 1500}),
    ]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (events.created(JOB), f"job {JOB.id[:8]}  change: make it work"),
        (events.created(TWO_LINES), f"job {TWO_LINES.id[:8]}  change: first"),
        (events.baseline(JOB, [passed("lint"), failed("test")]), "base      lint passed, test failed"),
        (events.moving(JOB, Move(FAST, "first tier"), [])[0], "attempt 1 fast"),
        (events.moving(JOB, Move(FAST, "first tier", samples=3), [])[0], "attempts 1 to 3 fast, at once"),
        (
            Event("patch_rejected", JOB.id, {"sample": 1, "number": 5, "reason": "a", "words": "b"}),
            "  5: refused   a: b",
        ),
        (Event("samples_cancelled", JOB.id, {"count": 2}), "  ended     2 that were no longer needed"),
        (events.moving(JOB, Move(DEEP, "why"), [attempt(FAST)])[0], "escalate  to deep: why"),
        (events.applied(JOB, patch()), "  patch     src/shop.py (+1 -1)"),
        (events.judged(JOB, attempt()), "  refused   check-worse: test got worse"),
        (
            events.judged(JOB, accepted()),
            "  accepted  lint: passed on base, passed here; test: failed on base, passed here",
        ),
        (events.ended(Outcome(JOB, "landed", (), "", "c", "buddy/x")), "landed    buddy/x"),
        (events.ended(Outcome(JOB, "gave-up", (), "why")), "gave up   why"),
        (Event("sandbox", "", {"name": "bubblewrap"}), "sandbox   bubblewrap"),
        (Event("notice", "", {"words": "hear"}), "note      hear"),
        (Event("model_call_complete", "", {"tokens": 12, "durationMs": 1500}), "  answer    12 tokens in 1.5 s"),
    ],
    ids=lambda value: value.name if isinstance(value, Event) else "",
)
def test_each_event_has_its_line(event: Event, expected: str) -> None:
    assert line_of(event) == expected


@pytest.mark.parametrize("name", ["model_tokens", "check_start", "verification_start", "never_heard_of"])
def test_an_event_that_only_moves_the_view_has_no_line(name: str) -> None:
    assert line_of(Event(name, "", {})) == ""


def test_a_long_text_is_cut() -> None:
    assert len(line_of(events.created(task("x" * 5000)))) < 120


@pytest.mark.parametrize("event", events_with(EVIL), ids=lambda event: event.name)
def test_no_event_steers_the_terminal(event: Event, capsys: pytest.CaptureFixture[str]) -> None:
    with watching("text") as emit:
        emit(event)
    printed = capsys.readouterr()

    assert dangerous(printed.err) == []
    assert printed.out == ""


@pytest.mark.parametrize("event", events_with(EVIL), ids=lambda event: event.name)
def test_no_event_steers_a_live_view(
    event: Event, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    with watching("text") as emit:
        emit(event)
    printed = capsys.readouterr().err

    assert "]0;title\x07" not in printed
    assert not {"\x9b", "\x08", "\x00", "\u202e", "\u200b", "\x7f", "\x1b]"} & set(printed)
    assert "\x1b[31m" not in printed


@pytest.mark.parametrize("event", events_with("one\nlanded    buddy/forged\n"), ids=lambda event: event.name)
def test_no_event_can_forge_a_second_line(event: Event) -> None:
    assert "\n" not in line_of(event)


@pytest.mark.parametrize("event", events_with("[bold]x[/bold] [/] [link=http://x]y"), ids=lambda event: event.name)
def test_markup_is_shown_as_it_is(event: Event, capsys: pytest.CaptureFixture[str]) -> None:
    with watching("text") as emit:
        emit(event)

    assert capsys.readouterr().err == (f"{line_of(event)}\n" if line_of(event) else "")


@pytest.mark.parametrize("event", events_with(EVIL), ids=lambda event: event.name)
def test_json_lines_are_one_line_of_ascii_each(event: Event, capsys: pytest.CaptureFixture[str]) -> None:
    write_json_line(event)
    printed = capsys.readouterr().err
    facts: Mapping[str, Any] = json.loads(printed)

    assert printed.count("\n") == 1
    assert printed.isascii()
    assert dangerous(printed) == []
    assert (facts["event"], facts["job"]) == (event.name, event.job)
    assert {name: facts[name] for name in event.data} == event.data


def test_json_is_chosen_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with watching("json") as emit:
        emit(Event("notice", "", {"words": "hear"}))
    ignore(Event("notice", "", {"words": "hear"}))

    assert json.loads(capsys.readouterr().err)["words"] == "hear"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain\n\tcode\n", "plain\n\tcode\n"),
        ("\u00fcber \U0001f41b \u0444", "\u00fcber \U0001f41b \u0444"),
        ("no\u00a0break", "no break"),
        ("\x1b[2J", "\ufffd[2J"),
        ("\x9b2J", "\ufffd2J"),
        ("a\rb", "a\ufffdb"),
        ("a\x00\x07\x08\x7fb", "a\ufffd\ufffd\ufffd\ufffdb"),
        ("\u202e\u2066\u200b\ufeff", "\ufffd\ufffd\ufffd\ufffd"),
        ("\u2028\x85", "\ufffd\ufffd"),
        ("\ud800\udcff", "\ufffd\ufffd"),
    ],
)
def test_printable(text: str, expected: str) -> None:
    assert printable(text) == expected
