"""What holds for all edit formats together."""

from __future__ import annotations

import pytest

from gitbuddy.core.formats import FORMATS, instructions, parse
from gitbuddy.errors import Rejected
from gitbuddy.values import Edit, Replace, WriteFile

EXAMPLES: dict[str, tuple[Edit, ...]] = {
    "search-replace": (
        Replace(
            "src/greet.py",
            'def greet():\n    return "hello"\n',
            'def greet(name):\n    return f"hello {name}"\n',
        ),
    ),
    "whole-file": (WriteFile("src/greet.py", 'def greet(name):\n    return f"hello {name}"\n'),),
    "udiff": (
        Replace(
            "src/greet.py",
            'import sys\ndef greet():\n    return "hello"\n',
            'import sys\ndef greet(name):\n    return f"hello {name}"\n',
            line=1,
        ),
    ),
}


def test_every_format_has_an_example() -> None:
    assert set(EXAMPLES) == set(FORMATS)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_in_the_instructions_is_read_by_its_own_format(name: str) -> None:
    example = instructions(name).split("\n\n- ")[0]

    assert FORMATS[name].parse(example) == EXAMPLES[name]
    assert parse(example, ()) == EXAMPLES[name]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_instructions_are_short(name: str) -> None:
    assert len(instructions(name)) < 1_200


@pytest.mark.parametrize(
    "reply",
    [
        "File src/a.py:\n<data-0123456789ab>\nimport os\n</data-0123456789ab>\n",
        "I'm sorry, I cannot help with that.",
        "",
    ],
)
def test_a_reply_without_edits_is_refused(reply: str) -> None:
    with pytest.raises(Rejected, match="no-edit"):
        parse(reply, ("src/a.py",))


@pytest.mark.parametrize(
    "reply",
    ["```\n```\n" * 1_001, "".join(f"a.py\n<<<<<<< SEARCH\n{n}\n=======\n>>>>>>> REPLACE\n" for n in range(501))],
    ids=["fences", "blocks"],
)
def test_a_reply_with_more_than_anybody_means_is_refused(reply: str) -> None:
    with pytest.raises(Rejected, match="too-many-edits"):
        parse(reply, ("src/a.py",))


@pytest.mark.parametrize(
    "piece", ["`", " ", "\n", "<", "=", "*", "./", "a.py ", "(", "# ...", "--- a\n+++ b\n", "<think>"]
)
def test_a_long_and_senseless_reply_is_refused_soon(piece: str) -> None:
    with pytest.raises(Rejected):
        parse(piece * (200_000 // len(piece)), ("src/a.py",))
