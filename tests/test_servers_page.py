"""The page about servers says what the data says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gitbuddy.config import TierSettings
from gitbuddy.proposers.quirks import Quirks, kinds, schema_fields, think_fields

PAGE = (Path(__file__).parent.parent / "docs/reference/servers.md").read_text(encoding="utf-8")
THINK = {"template": "`chat_template_kwargs`", "effort": "`reasoning_effort`", "": "nothing"}


def row(kind: Quirks) -> str:
    """The row of the table for one kind of server."""
    sign = f"`{kind.sign[0]}`: `{kind.sign[1]}`" if kind.sign else "none of these"
    window = f"`{kind.window[0]}`" if kind.window else "found by a call"
    counted = f"`{kind.tokenize['path']}`" if kind.tokenize else "estimate"
    schemas = ", ".join(f"`{name}`" for name in kind.schemas)
    cells = (kind.name, sign, window, counted, schemas, THINK[kind.think], kind.note)
    return f"| {' | '.join(cells)} |"


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_every_kind_has_its_row(kind: Quirks) -> None:
    assert row(kind) in PAGE.splitlines()


def test_there_are_no_other_rows() -> None:
    table = PAGE.partition("## The differences")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ") and not line.startswith("| kind ")]

    assert rows == [row(kind) for kind in kinds()]


def test_what_is_said_of_all_holds_for_all() -> None:
    ignoring = [kind.name for kind in kinds() if "num_ctx" in kind.ignored]

    assert ignoring == ["llama.cpp", "Ollama, its /v1"]
    assert all("num_ctx" not in kind.fields for kind in kinds())
    assert {kind.fields for kind in kinds()} == {("stream_options", "seed")}


def test_only_the_last_kind_has_no_sign() -> None:
    assert [kind.name for kind in kinds() if not kind.sign] == [kinds()[-1].name]


def test_every_dialect_and_every_switch_makes_fields() -> None:
    schema = {"type": "object"}

    assert all(schema_fields(dialect, schema) for kind in kinds() for dialect in kind.schemas)
    assert all(think_fields(kind, think) for kind in kinds() for think in ("off", "on", "low", "medium", "high"))


def test_every_proposer_with_a_model_is_on_the_page() -> None:
    named = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) - {"proposer"}

    assert named == {"ollama", "openai", "embedded"}
    assert all(TierSettings(proposer=name, model="m").proposer == name for name in ("ollama", "openai", "embedded"))
