from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from briefs import SLUG, a_brief, silence

from gitbuddy.errors import GitbuddyError, ModelUnavailable
from gitbuddy.proposers.replay import Replay, record

ID = a_brief().task.id


def transcript(path: Path, *lines: str) -> Replay:
    path.write_text("\n".join(lines) + "\n")
    return Replay(path)


def reply(replay: Replay, attempt: int = 1, **tier: Any) -> str:
    return replay.propose(replace(a_brief(**tier), attempt=attempt), silence).reply


@pytest.mark.parametrize("task", ["*", SLUG, ID, ID[:8]])
def test_a_task_is_named_by_slug_id_or_star(tmp_path: Path, task: str) -> None:
    replay = transcript(tmp_path / "t", f'{{"task": "{task}", "reply": "fine"}}')

    proposal = replay.propose(a_brief(), silence)

    assert (proposal.reply, proposal.edits, proposal.usage.model) == ("fine", None, "replay")


@pytest.mark.parametrize(
    "line", ['{"task": "other", "reply": "x"}', '{"tier": "deep", "reply": "x"}', '{"attempt": 2, "reply": "x"}', ""]
)
def test_a_missing_reply_names_what_to_add(tmp_path: Path, line: str) -> None:
    replay = transcript(tmp_path / "t", line)

    with pytest.raises(ModelUnavailable, match="no reply for this attempt") as caught:
        reply(replay)
    assert caught.value.hint == f"add a line for task {SLUG}, tier fast, attempt 1 to the transcript"


@pytest.mark.parametrize("task", ["", ID[:3], ID[1:9], "add"])
def test_a_name_that_is_too_short_names_no_task(tmp_path: Path, task: str) -> None:
    replay = transcript(tmp_path / "t", f'{{"task": "{task}", "reply": "x"}}')

    with pytest.raises(ModelUnavailable):
        reply(replay)


def test_a_line_may_be_meant_for_one_attempt(tmp_path: Path) -> None:
    replay = transcript(
        tmp_path / "t",
        '{"attempt": 1, "reply": "first"}',
        '{"attempt": 2, "reply": "second"}',
        '{"tier": "deep", "reply": "deep"}',
        '{"reply": "any other"}',
    )

    assert [reply(replay, 1), reply(replay, 2), reply(replay, 3)] == ["first", "second", "any other"]
    assert [reply(replay, 1, name="deep"), reply(replay, 3, name="deep")] == ["first", "deep"]


def test_a_line_for_this_task_wins_over_one_for_any(tmp_path: Path) -> None:
    replay = transcript(tmp_path / "t", '{"task": "*", "reply": "any"}', f'{{"task": "{SLUG}", "reply": "mine"}}')

    assert reply(replay) == "mine"


def test_what_is_recorded_can_be_replayed(tmp_path: Path) -> None:
    text = 'calc.py\r\n"quoted" grüße \u2028 end'
    record(tmp_path / "t", SLUG, "fast", 1, text)
    record(tmp_path / "t", ID, "fast", 2, "second")
    replay = Replay(tmp_path / "t")

    assert [reply(replay, 1), reply(replay, 2)] == [text, "second"]


BAD = [
    "{",
    "[]",
    '"text"',
    '{"task": "*"}',
    '{"reply": 3}',
    '{"reply": "x", "extra": 1}',
    '{"reply": "x", "attempt": "one"}',
]


@pytest.mark.parametrize("line", BAD)
def test_a_bad_line_is_named_with_its_place(tmp_path: Path, line: str) -> None:
    with pytest.raises(GitbuddyError, match=f"not a recorded reply: {tmp_path / 't'}:2"):
        transcript(tmp_path / "t", '{"reply": "fine"}', line)


@pytest.mark.parametrize("name", ["absent", "."])
def test_a_transcript_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(GitbuddyError, match="cannot be read"):
        Replay(tmp_path / name)
