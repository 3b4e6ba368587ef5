from __future__ import annotations

import pytest

from gitbuddy.core.kinds.review import edited, told
from gitbuddy.core.review import MOST, Finding, findings
from gitbuddy.errors import Rejected
from gitbuddy.values import Accepted, Refused

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
    assert edited(("tests/test_a.py",)) is None
    assert edited(("tests/test_a.py", "src/a.py")) == Refused(
        "checks", "edits", "a review edits nothing, and this does: src/a.py"
    )


def test_what_is_called_blocking_is_a_claim_until_a_test_shows_it() -> None:
    assert told((GRAVE,), ()).doubts
    assert told((GRAVE,), ("tests/test_a.py::test_x",)) == Accepted(
        (str(GRAVE), "shown by tests that fail on the code as it is: tests/test_a.py::test_x")
    )
    assert told((ONE,), ()) == Accepted((str(ONE),))
    assert told((), ()) == Accepted(("no findings",))
