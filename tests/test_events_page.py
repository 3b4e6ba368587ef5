"""`docs/reference/events.md` names every event that the code makes, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reference" / "events.md"
RELAYED = "gitbuddy/cli/crew.py"
"""Passes on events of other processes, under the names those gave them."""


def calls() -> Iterator[tuple[str, ast.expr]]:
    """(file, first argument) of every call that makes an event."""
    for path in sorted((ROOT / "gitbuddy").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Event":
                yield path.relative_to(ROOT).as_posix(), node.args[0]


def names() -> set[str]:
    return {str(argument.value) for _, argument in calls() if isinstance(argument, ast.Constant)}


def rows() -> set[str]:
    return set(re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))


def test_every_event_of_the_code_is_on_the_page_and_no_other() -> None:
    assert names() == rows()


def test_every_name_is_written_where_the_event_is_made() -> None:
    """Else this page could miss one."""
    computed = {file for file, argument in calls() if not isinstance(argument, ast.Constant)}

    assert computed == {RELAYED}
