"""The server keeps the rules of the real one, and its faults are the ones that are asked for."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx
import ollama
import pytest

from gitbuddy.testing.faults import FAULTS
from gitbuddy.testing.ollama_server import MODEL, ChatRequest, OllamaServer, Reply, ServedModel, read_replies

HI = [{"role": "user", "content": "hi there"}]


def post(server: OllamaServer, path: str, **body: Any) -> httpx.Response:
    return httpx.post(server.url + path, json={"model": MODEL, "messages": HI, **body}, trust_env=False, timeout=10)


def ndjson(response: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in response.text.splitlines()]


def test_a_stream_ends_with_its_reason_and_its_counts() -> None:
    with OllamaServer([Reply("abcdefgh", thinking="hm")]) as server:
        lines = ndjson(post(server, "/api/chat"))

    assert [line["message"] for line in lines] == [
        {"role": "assistant", "content": "", "thinking": "hm"},
        {"role": "assistant", "content": "abcd"},
        {"role": "assistant", "content": "efgh"},
        {"role": "assistant", "content": ""},
    ]
    assert [line["done"] for line in lines] == [False, False, False, True]
    assert (lines[-1]["done_reason"], lines[-1]["prompt_eval_count"], lines[-1]["eval_count"]) == ("stop", 2, 3)


def test_a_whole_answer_when_no_stream_is_wanted() -> None:
    with OllamaServer(["fine", "fine"]) as server:
        native = post(server, "/api/chat", stream=False).json()
        openai = post(server, "/v1/chat/completions").json()

    assert (native["message"]["content"], native["done"]) == ("fine", True)
    assert openai["choices"][0] == {
        "index": 0,
        "message": {"role": "assistant", "content": "fine"},
        "finish_reason": "stop",
    }
    assert openai["usage"]["total_tokens"] == 3


def test_generate_answers_in_its_own_words() -> None:
    with OllamaServer(["fine"]) as server:
        client = ollama.Client(server.url)
        answer = client.generate(MODEL, "hi")
        client._client.close()

    assert answer.response == "fine"


def test_events_end_with_usage_if_asked_and_the_mark() -> None:
    with OllamaServer(["fine", "fine"]) as server:
        plain = post(server, "/v1/chat/completions", stream=True).text
        counted = post(server, "/v1/chat/completions", stream=True, stream_options={"include_usage": True}).text

    assert "usage" not in plain
    assert '"completion_tokens": 1' in counted
    assert plain.endswith("data: [DONE]\n\n")


def test_the_lists_name_the_models() -> None:
    models: list[str | ServedModel] = ["tiny:1b", ServedModel("far", remote=True)]
    with OllamaServer(models=models) as server:
        tags, served, version = (
            httpx.get(server.url + path, trust_env=False).json() for path in ("/api/tags", "/v1/models", "/api/version")
        )

    assert [model["name"] for model in tags["models"]] == ["tiny:1b", "far"]
    assert [model.get("remote_host") for model in tags["models"]] == [None, "https://ollama.com:443"]
    assert [model["id"] for model in served["data"]] == ["tiny:1b", "far"]
    assert "version" in version


def test_a_loaded_model_is_listed_with_its_window_and_another_window_reloads_it() -> None:
    with OllamaServer(["a", "b", "c"]) as server:
        for window in (4096, 4096, 8192):
            post(server, "/api/chat", options={"num_ctx": window})
        running = httpx.get(server.url + "/api/ps", trust_env=False).json()

        assert server.reloads == 2
    assert running["models"][0]["context_length"] == 8192


def test_an_unknown_model_and_an_unknown_path_are_404() -> None:
    with OllamaServer(["a"]) as server:
        unknown = post(server, "/api/chat", model="nothing")
        openai = post(server, "/v1/chat/completions", model="nothing")
        path = post(server, "/api/nothing")

    assert (unknown.status_code, unknown.json()) == (404, {"error": "model 'nothing' not found"})
    assert openai.json()["error"]["message"] == "model 'nothing' not found"
    assert path.status_code == 404


def test_a_prompt_beyond_the_window_is_cut_in_half_unless_truncation_is_off() -> None:
    long = [{"role": "user", "content": "x" * 8000}]
    with OllamaServer(["a"]) as server:
        cut = ndjson(post(server, "/api/chat", messages=long, options={"num_ctx": 1024}))[-1]
        refused = post(server, "/api/chat", messages=long, options={"num_ctx": 1024}, truncate=False)

    assert cut["prompt_eval_count"] == 514
    assert refused.status_code == 400
    assert refused.json()["error"] == "request (2000 tokens) exceeds the available context size (1024 tokens)"


def test_a_reply_beyond_the_limit_ends_with_length() -> None:
    with OllamaServer(["abcdefghijkl"]) as server:
        lines = ndjson(post(server, "/api/chat", options={"num_predict": 2}))

    assert "".join(line["message"]["content"] for line in lines) == "abcdefgh"
    assert lines[-1]["done_reason"] == "length"


def test_running_out_of_replies_is_an_error_that_says_so() -> None:
    with OllamaServer([]) as server:
        response = post(server, "/api/chat")

    assert response.status_code == 500
    assert "no reply left" in response.json()["error"]


def test_a_cut_breaks_the_connection() -> None:
    with OllamaServer([Reply("abcdefgh", cut_after=1)]) as server, pytest.raises(httpx.RemoteProtocolError):
        post(server, "/api/chat")


def test_a_clean_cut_looks_complete() -> None:
    with OllamaServer([Reply("abcdefgh", cut_after=1, cut_cleanly=True)]) as server:
        lines = ndjson(post(server, "/api/chat"))

    assert [line["done"] for line in lines] == [False]


def test_a_status_comes_with_its_headers_and_error() -> None:
    busy = Reply(status=503, error="server busy", headers={"Retry-After": "7"})
    with OllamaServer([busy]) as server:
        response = post(server, "/api/chat")

    assert (response.status_code, response.headers["retry-after"], response.json()) == (
        503,
        "7",
        {"error": "server busy"},
    )


def test_questions_are_kept_with_their_headers() -> None:
    with OllamaServer(["fine"]) as server:
        post(server, "/api/chat", options={"num_ctx": 512, "num_predict": 9})
        (request,) = server.requests

    assert (request.model, request.window, request.max_output, request.prompt) == (MODEL, 512, 9, "hi there")
    assert request.stream
    assert "python-httpx" in request.headers["user-agent"]


def test_a_script_sees_the_question() -> None:
    def echo(request: ChatRequest) -> Reply:
        return Reply(request.prompt[::-1])

    with OllamaServer(script=echo) as server:
        assert post(server, "/api/chat", stream=False).json()["message"]["content"] == "ereht ih"


def test_what_is_no_json_is_400() -> None:
    with OllamaServer([]) as server:
        response = httpx.post(server.url + "/api/chat", content=b"{", trust_env=False)

    assert response.status_code == 400


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_as_a_program_it_prints_its_url_and_serves_a_file(tmp_path: Path, end: signal.Signals) -> None:
    file = tmp_path / "replies"
    file.write_text('"plain text"\n\n{"text": "half", "done_reason": "length"}\n')
    command = [sys.executable, "-m", "gitbuddy.testing.ollama_server", "--replies", str(file), "--model", "tiny"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        answers = [
            httpx.post(f"{url}/api/chat", json={"model": "tiny", "stream": False}, trust_env=False).json()
            for _ in range(2)
        ]
        process.send_signal(end)

        assert process.wait(10) == 0
    assert [answer["done_reason"] for answer in answers] == ["stop", "length"]
    assert answers[0]["message"]["content"] == "plain text"


def test_a_file_of_replies_is_read_as_values(tmp_path: Path) -> None:
    (tmp_path / "f").write_text('"a"\n{"text": "b", "cut_after": 1}\n')

    assert read_replies(tmp_path / "f") == ["a", Reply("b", cut_after=1)]


def test_every_fault_can_be_asked_for_as_a_program() -> None:
    command = [sys.executable, "-m", "gitbuddy.testing.ollama_server"]
    told = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True).stdout
    with subprocess.Popen([*command, "--fault", "tool-call"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        answer = httpx.post(f"{url}/api/chat", json={"model": MODEL, "stream": False}, trust_env=False).json()
        process.terminate()

    assert answer["message"]["content"].startswith("<tool_call>")
    assert all(f"  {name} " in told and fault.words in told for name, fault in FAULTS.items())


def test_without_a_fault_the_reply_is_as_it_was_given() -> None:
    assert Reply("x", delay=2.0, pause=3.0, drip=4.0).at(0.5) == Reply("x", delay=1.0, pause=1.5, drip=2.0)


def test_one_byte_at_a_time() -> None:
    with OllamaServer(["abcd"], fault="drip", pace=0.0001) as server:
        assert [line["done"] for line in ndjson(post(server, "/api/chat"))] == [False, True]


def test_a_large_body_is_never_held_in_memory() -> None:
    assert [len(part) for part in Reply(raw=b"x" * 10, size=25).body()] == [10, 10, 5]
    assert list(Reply(raw=b"abc").body()) == [b"abc"]


def test_beyond_its_slots_and_its_queue_a_server_is_busy() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def script(request: ChatRequest) -> str:
        begun.set()
        go_on.wait(10)
        return "fine"

    with OllamaServer(script=script, fault="one-slot") as server:
        first = threading.Thread(target=post, args=(server, "/api/chat"))
        first.start()
        begun.wait(10)
        second = post(server, "/api/chat")
        go_on.set()
        first.join()

        assert (second.status_code, server.turned_away) == (503, 1)


def test_loading_takes_its_time_once_for_each_window() -> None:
    with OllamaServer(["a", "b", "c"], fault="reload", pace=0.001) as server:
        ends = [
            ndjson(post(server, "/api/chat", options={"num_ctx": window}))[-1]["load_duration"]
            for window in (4096, 4096, 8192)
        ]

    assert ends == [20_000_000, 10_000_000, 20_000_000]
