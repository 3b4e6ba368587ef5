"""Calls of tools that nobody offered: which hold an edit, which do not, and which are refused."""

from __future__ import annotations

import json

import pytest

from gitbuddy.core.formats import parse
from gitbuddy.errors import Rejected
from gitbuddy.values import DeleteFile, Edit, Replace, WriteFile

FILE = ("src/a.py",)
OLD_TO_NEW = Replace("src/a.py", "old\n", "new\n")


def call(name: str, **arguments: object) -> str:
    return "<tool_call>\n" + json.dumps({"name": name, "arguments": arguments}) + "\n</tool_call>"


READ: list[tuple[str, Edit]] = [
    (call("edit", path="src/a.py", old_string="old", new_string="new"), OLD_TO_NEW),
    (call("edit", filePath="src/a.py", oldString="old\n", newString="new\n"), OLD_TO_NEW),
    (call("str_replace", file="./src/a.py", old_str="old", new_str="new"), OLD_TO_NEW),
    (call("edit", search="old", replace="new"), OLD_TO_NEW),
    (call("edit", path="src/a.py", old_string="old", new_string=""), Replace("src/a.py", "old\n", "")),
    (call("edit", path="src/n.py", old_string=" ", new_string="x"), Replace("src/n.py", "", "x\n")),
    (call("create_file", path="src/n.py", content="x\n"), WriteFile("src/n.py", "x\n")),
    (call("editor", command="create", path="src/n.py", file_text="x\n"), WriteFile("src/n.py", "x\n")),
    (call("remove", path="src/a.py"), DeleteFile("src/a.py")),
    ('{"path": "src/a.py", "search": "old", "replace": "new"}', OLD_TO_NEW),
    ('So:\n{"path": "src/a.py", "search": "old", "replace": "new"}\nDone.', OLD_TO_NEW),
    ('[{"path": "src/a.py", "search": "old", "replace": "new"}]', OLD_TO_NEW),
    ('<tool_call>{"path": "src/a.py", "search": "old", "replace": "new"}', OLD_TO_NEW),
]
REFUSED = [
    (call("edit", path="src/a.py", old_string="old"), "malformed-block"),
    (call("append_to_file", path="src/a.py", content="x"), "malformed-block"),
    (call("insert", path="src/a.py", insert_line=3, new_str="x"), "malformed-block"),
    (call("edit", path="src/a.py", search="o.d", replace="new", regex=True), "malformed-block"),
    (call("edit", path="src/a.py", old_string="a\nb", new_string="a\n# ... rest of the code ..."), "elided-code"),
    (call("write_file", path="src/a.py", content="a\n# ... rest of the code ...\n"), "elided-code"),
    (call("write_file", path="src/a.py", content="<<<<<<< HEAD\n"), "malformed-block"),
    (call("run_tests", command="pytest"), "tool-call"),
    ('{"path": "src/a.py", "content": "x"}', "malformed-block"),
    ('```json\n{"path": "src/a.py", "old_string": "old", "new_string": "n\n```', "malformed-block"),
    ('<tool_call>{"path": "src/a.py", "search": "old"', "malformed-block"),
    ('```json\n{"name": "shop-editor", "files": ["dist"], "version": "1"}\n```', "not-whole-file"),
]


@pytest.mark.parametrize(("reply", "edit"), READ)
def test_a_call_that_holds_the_text_is_an_edit(reply: str, edit: Edit) -> None:
    assert parse(reply, FILE) == (edit,)


@pytest.mark.parametrize(("reply", "code"), REFUSED)
def test_any_other_call_is_refused(reply: str, code: str) -> None:
    with pytest.raises(Rejected, match=code):
        parse(reply, FILE)


def test_a_json_file_is_no_call() -> None:
    text = '{"path": "x", "search": "old", "replace": "new"}\n'

    assert parse(f"src/edits.json\n```json\n{text}```", ()) == (WriteFile("src/edits.json", text),)


def test_json_in_the_fence_of_a_program_is_its_own_text() -> None:
    text = 'CALL = """\n{"path": "x.py", "search": "old", "replace": "new"}\n"""\n'

    assert parse(f"src/a.py\n```python\n{text}```", ()) == (WriteFile("src/a.py", text),)


def test_calls_nested_beyond_reason_hold_no_edit() -> None:
    nested = '{"path": "src/a.py", "search": "old", "replace": "new"}'
    for _ in range(10):
        nested = '{"arguments": ' + nested + "}"

    with pytest.raises(Rejected, match="no-edit"):
        parse(nested, FILE)
