from __future__ import annotations

from pathlib import Path

import pytest

from gitbuddy.errors import Rejected
from gitbuddy.testing.scripted import RanOut, ScriptedProposer
from gitbuddy.values import Brief, Event, Kind, Mounts, Origin, Proposal, Refused, Task, Tier

TASK = Task(Kind.CHANGE, "Make add add.", "0" * 40, Origin("cli"))
BRIEF = Brief(TASK, Tier("fast", "scripted"), "system", "prompt", (), Mounts(Path("/x"), Path("/x")))


def silence(event: Event) -> None: ...


def test_replies_come_in_order_and_questions_are_kept() -> None:
    whole = Proposal("as it is")
    proposer = ScriptedProposer(["first", whole])

    assert proposer.propose(BRIEF, silence).reply == "first"
    assert proposer.propose(BRIEF, silence) is whole
    assert proposer.briefs == [BRIEF, BRIEF]


def test_a_callable_sees_the_brief() -> None:
    proposer = ScriptedProposer(lambda brief: brief.prompt.upper())

    assert proposer.propose(BRIEF, silence).reply == "PROMPT"


def test_an_error_is_raised() -> None:
    proposer = ScriptedProposer([Rejected(Refused("reply", "truncated", "cut"))])

    with pytest.raises(Rejected):
        proposer.propose(BRIEF, silence)


def test_a_script_that_is_too_short_names_the_mistake() -> None:
    proposer = ScriptedProposer(["only one"])
    proposer.propose(BRIEF, silence)

    with pytest.raises(RanOut, match=r"given 1 replies and was asked 2 times, by task .* at tier fast: add a reply"):
        proposer.propose(BRIEF, silence)


def test_whether_it_works_in_the_worktree_can_be_said() -> None:
    assert not ScriptedProposer([]).uses_worktree
    assert ScriptedProposer([], uses_worktree=True).uses_worktree
