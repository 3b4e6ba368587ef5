from __future__ import annotations

import pytest
from briefs import ask_ollama

from gitbuddy.core.formats import parse
from gitbuddy.core.formats.bare_call import is_tool_call
from gitbuddy.errors import Rejected
from gitbuddy.testing.ollama_server import OllamaServer, Reply

CALLS = [
    '<tool_call>\n{"name": "edit_file", "arguments": {"path": "calc.py"}}\n</tool_call>',
    '<tool_call>{"name": "a"}</tool_call>\n<tool_call>{"name": "b"}</tool_call>\n',
    '<tool_call>\n{"name": "edit_file", "argum',
    "<function_call>edit(path)</function_call>",
    '{"name": "edit_file", "arguments": {"path": "calc.py"}}',
    '{"name": "edit_file", "parameters": {"path": "calc.py"}, "type": "function"}',
    '{"type": "function", "function": {"name": "edit_file", "arguments": "{}"}}',
    '{"tool_calls": [{"function": {"name": "edit_file", "arguments": {}}}]}',
    '[{"name": "read_file", "arguments": {"path": "calc.py"}}]',
    '```json\n{"name": "edit_file", "arguments": {}}\n```\n',
    '[TOOL_CALLS][{"name": "edit_file", "arguments": {}}]',
]
NO_CALLS = [
    "",
    "calc.py\n```\nvalue = 1\n```\n",
    '{"name": "left-pad", "version": "1.0.0"}',
    '{"name": "job", "arguments": {}, "schedule": "daily"}',
    '{"ok": true}',
    "[]",
    "{",
    "[" * 100_000,
    'calc.py\n```json\n{"name": "edit_file", "arguments": {}}\n```\n',
    '<tool_call>{"name": "a"}</tool_call>\ncalc.py\n```\nvalue = 1\n```\n',
]


@pytest.mark.parametrize("answer", CALLS)
def test_a_call_of_a_tool_is_known(answer: str) -> None:
    assert is_tool_call(answer)


@pytest.mark.parametrize("answer", NO_CALLS, ids=lambda answer: answer[:30])
def test_what_is_none_is_let_through(answer: str) -> None:
    assert not is_tool_call(answer)


@pytest.mark.parametrize("answer", [answer for answer in CALLS if "read_file" in answer or "TOOL" in answer])
def test_a_call_that_holds_no_edit_is_refused_with_words_that_help(answer: str) -> None:
    with pytest.raises(Rejected, match="there are no tools here") as caught:
        parse(answer, ("calc.py",))

    assert caught.value.refused.reason == "tool-call"


def test_a_call_in_a_field_of_its_own_is_read_alike() -> None:
    line = b'{"message":{"content":"","tool_calls":[{"function":{"name":"read_file","arguments":{}}}]}}\n'
    end = b'{"message":{"content":""},"done":true,"done_reason":"stop"}\n'
    with OllamaServer([Reply(raw=line + end)]) as server:
        reply = ask_ollama(server).reply

    assert is_tool_call(reply)
