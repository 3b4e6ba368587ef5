"""The shipped llama.cpp server: the real one, and it says what it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from gitbuddy.testing import tiny_gguf
from gitbuddy.testing.llama_server import LlamaServer, literal
from gitbuddy.testing.replies import ChatRequest, Reply

TEXTS = [
    "plain",
    'calc.py\n```python\nprint("grüße \\n")\r\n\t\n```\n',
    "a\\b \\x41 \"q\" 'r' [x] {2} ::= 日本 🎈 \x7f\x1b",
    "no newline at the end, and a long line " * 30,
]


def ask(url: str, **fields: Any) -> httpx.Response:
    body = {"messages": [{"role": "user", "content": "hi there"}], "max_tokens": 4096, **fields}
    return httpx.post(f"{url}/v1/chat/completions", json=body, timeout=60, trust_env=False)


def said(response: httpx.Response) -> str:
    return str(response.json()["choices"][0]["message"]["content"])


def test_it_says_the_script_byte_for_byte(tiny: Path) -> None:
    with LlamaServer(tiny, TEXTS) as server:
        assert [said(ask(server.url)) for _ in TEXTS] == TEXTS


def test_a_byte_is_a_token_and_the_server_counts_them(tiny: Path) -> None:
    with LlamaServer(tiny, ["grüße"]) as server:
        usage = ask(server.url).json()["usage"]

    assert usage["completion_tokens"] == len("grüße".encode()) + 1


def test_a_script_sees_the_question_and_may_refuse_it(tiny: Path) -> None:
    def script(request: ChatRequest) -> Reply | str:
        return request.prompt[::-1] if request.model == "known" else Reply(status=503, error="busy")

    with LlamaServer(tiny, script=script) as server:
        assert said(ask(server.url, model="known")) == "ereht ih"
        assert ask(server.url, model="other").status_code == 503
        assert [request.model for request in server.requests] == ["known", "other"]


def test_all_else_is_the_real_server(tiny: Path) -> None:
    with LlamaServer(tiny, [], window=2048, slots=3) as server:
        slots = httpx.get(f"{server.url}/slots", trust_env=False).json()
        counted = httpx.post(f"{server.url}/tokenize", json={"content": "12345"}, trust_env=False).json()

        assert server.busy() == 0
    assert [slot["n_ctx"] for slot in slots] == [2048] * 3
    assert len(counted["tokens"]) == 5


def test_with_a_key_it_serves_nobody_else(tiny: Path) -> None:
    with LlamaServer(tiny, key="sesame") as server:
        assert httpx.get(f"{server.url}/props", trust_env=False).status_code == 401
        assert server.busy() == 0


def test_it_is_gone_when_the_context_ends(tiny: Path) -> None:
    with LlamaServer(tiny) as server:
        url = server.url

    with pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/health", trust_env=False)


def test_a_file_that_cannot_be_loaded_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "no.gguf").write_text("not a model")

    with pytest.raises(RuntimeError, match="did not start"), LlamaServer(tmp_path / "no.gguf"):
        pass


def test_the_model_is_the_same_each_time_and_small(tmp_path: Path, tiny: Path) -> None:
    again = tiny_gguf.write(tmp_path / "again.gguf")

    assert again.read_bytes() == tiny.read_bytes()
    assert again.stat().st_size < 400_000


def test_a_literal_grammar_escapes_what_a_grammar_means() -> None:
    assert literal('a"b\\c\n') == 'root ::= "a\\"b\\\\c\\x0A"'


def test_a_model_may_say_one_thing_by_itself(tmp_path: Path) -> None:
    thing = 'calc.py\n```python\nprint("grüße, and  two blanks")\n```\n'
    model = tiny_gguf.write(tmp_path / "parrot.gguf", tiny_gguf.Shape(says=thing))
    with LlamaServer(model) as server:
        first, second = (ask(server.url, temperature=temperature).json() for temperature in (0.1, 0.6))

    assert [each["choices"][0]["message"]["content"] for each in (first, second)] == [thing] * 2
    assert first["choices"][0]["finish_reason"] == "stop"
