from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gitbuddy.core.kinds import review
from gitbuddy.core.review import MOST, SCHEMA, SCHEMA_INSTRUCTIONS, Finding, brings_tests, findings, schema_for
from gitbuddy.errors import Rejected
from gitbuddy.values import Accepted, Attempt, Brief, Kind, Mounts, Origin, Refused, Task, Tier, Verdict

ONE = Finding("src/a.py", 3, "advice", "A name.")
GRAVE = Finding("src/a.py", 9, "blocking", "Wrong on the last day.")


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("src/a.py:3: advice: A name.", (ONE,)),
        (
            "Here is what I see:\n\n- `src/a.py:3`: advice: A name.\n* src/a.py:9: blocking: Wrong on the last day.\n",
            (ONE, GRAVE),
        ),
        ("No findings.", ()),
        ("Fine.\nno findings", ()),
        ("src/a.py:3:advice:A name.", (ONE,)),
    ],
)
def test_findings_are_read(reply: str, expected: tuple[Finding, ...]) -> None:
    assert findings(reply) == expected


@pytest.mark.parametrize("reply", ["", "It looks good to me.", "src/a.py: advice: no line", "src/a.py:3: grave: odd"])
def test_a_reply_that_says_nothing_is_no_review(reply: str) -> None:
    with pytest.raises(Rejected, match="no-finding"):
        findings(reply)


def test_findings_are_bounded() -> None:
    assert len(findings("a.py:1: advice: x\n" * (MOST + 10))) == MOST


def test_a_review_edits_nothing_but_may_bring_tests() -> None:
    assert review.edited(("tests/test_a.py",)) is None
    assert review.edited(("tests/test_a.py", "src/a.py")) == Refused(
        "checks", "edits", "a review edits nothing, and this does: src/a.py"
    )


def test_what_is_called_blocking_is_a_claim_until_a_test_shows_it() -> None:
    assert review.told((GRAVE,), ()).doubts
    assert review.told((GRAVE,), ("tests/test_a.py::test_x",)) == Accepted(
        (str(GRAVE), "shown by tests that fail on the code as it is: tests/test_a.py::test_x")
    )
    assert review.told((ONE,), ()) == Accepted((str(ONE),))
    assert review.told((), ()) == Accepted(("no findings",))


def told(**changed: object) -> str:
    """One finding as JSON, with changes; None leaves a part out."""
    whole = {"path": "src/a.py", "line": 3, "severity": "advice", "words": "A name."} | changed
    return json.dumps({"findings": [{name: value for name, value in whole.items() if value is not None}]})


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (told(), (ONE,)),
        (f"  {told()}\n", (ONE,)),
        (f"```json\n{told()}\n```", (ONE,)),
        (told(words="A\n  name."), (ONE,)),
        ('{"findings": []}', ()),
    ],
)
def test_findings_are_read_from_json(reply: str, expected: tuple[Finding, ...]) -> None:
    assert findings(reply) == expected


@pytest.mark.parametrize(
    "reply",
    [
        told(path=None),
        told(path=7),
        told(path="a b.py"),
        told(path="src/a.py:3"),
        told(line="3"),
        told(line=0),
        told(line=True),
        told(severity="grave"),
        told(words=" "),
        told(words=None),
        '{"findings": {}}',
        '{"findings": [3]}',
        '{"found": []}',
        "[1, 2]",
        "[" * 5000,
        f"{told()} and some words",
    ],
)
def test_json_after_another_schema_is_no_review(reply: str) -> None:
    with pytest.raises(Rejected, match="no-finding"):
        findings(reply)


def test_findings_as_json_are_bounded() -> None:
    one = json.loads(told())["findings"]

    assert len(findings(json.dumps({"findings": one * (MOST + 10)}))) == MOST


def test_the_example_of_the_instructions_can_be_read() -> None:
    assert len(findings(SCHEMA_INSTRUCTIONS.splitlines()[-1])) == 1


def attempted(tier: str, verdict: Verdict) -> Attempt:
    made = Tier(tier, "ollama", "m")
    brief = Brief(REVIEW, made, "", "", (), Mounts(Path("/x"), Path("/x")))
    return Attempt(1, made, brief, verdict=verdict)


REVIEW = Task(Kind.REVIEW, "Look.", "0" * 40, Origin("cli"))
LOST = Refused("reply", "no-finding", "none")
OTHER = Refused("checks", "edits", "it edits")

ASKED: list[tuple[str, Task, tuple[Attempt, ...], bool]] = [
    ("at first", REVIEW, (), False),
    ("after lines that could not be read", REVIEW, (attempted("fast", LOST),), True),
    ("still, after another refusal", REVIEW, (attempted("fast", LOST), attempted("fast", OTHER)), True),
    ("after another refusal", REVIEW, (attempted("fast", OTHER),), False),
    ("at another tier", REVIEW, (attempted("deep", LOST),), False),
    ("for code", replace(REVIEW, kind=Kind.FIX), (attempted("fast", LOST),), False),
]


@pytest.mark.parametrize(("name", "task", "attempts", "asked"), ASKED, ids=[row[0] for row in ASKED])
def test_a_schema_is_asked_for_when_a_tier_cannot_keep_to_lines(
    name: str, task: Task, attempts: tuple[Attempt, ...], asked: bool
) -> None:
    assert schema_for(task, "fast", attempts) == (SCHEMA if asked else None)


@pytest.mark.parametrize(
    ("reply", "brings"),
    [
        ("a.py:1: blocking: x\n\ntest_a.py\n```\nassert False\n```\n", True),
        ("a.py:1: advice: x", False),
        (f"```json\n{told()}\n```", False),
        (told(words="Use ``` here."), False),
    ],
)
def test_tests_come_in_fences_and_never_with_json(reply: str, brings: bool) -> None:
    assert brings_tests(reply) == brings
