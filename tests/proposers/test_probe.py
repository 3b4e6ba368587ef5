"""What is asked of a server, what is believed, and when it is asked anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from products import Answer, Product, completion, models, serving

from gitbuddy.errors import ModelUnavailable, UsageError
from gitbuddy.proposers.answers import find
from gitbuddy.proposers.probe import Capabilities, probe
from gitbuddy.proposers.trying import PROOF
from gitbuddy.testing.ollama_server import OllamaServer, Reply, ServedModel
from gitbuddy.values import Tier

HELD = json.dumps({"answer": PROOF})
"""The answer of a model that was held to the schema."""


def tier(server: OllamaServer, model: str = "qwen3.5:4b", proposer: str = "ollama") -> Tier:
    return Tier("fast", proposer, model, server.url)


def test_ollama_is_asked_and_a_schema_is_tried() -> None:
    with OllamaServer([HELD]) as server:
        found = probe(tier(server))
        (request,) = server.requests

    assert found == Capabilities(
        server="ollama 0.32.9",
        digest=ServedModel("qwen3.5:4b").digest,
        window=262_144,
        structured=True,
        thinking=False,
        fim=False,
        tokenizer=False,
        slots=0,
        remote=False,
    )
    assert (request.window, request.body["truncate"], request.body["shift"]) == (8192, False, False)


def test_an_answer_that_is_only_json_by_itself_proves_nothing() -> None:
    with OllamaServer(['{"answer": "yes"}']) as server:
        assert not probe(tier(server)).structured


def test_a_model_works_only_once_for_it(tmp_path: Path) -> None:
    with OllamaServer([HELD]) as server:
        first = probe(tier(server), tmp_path)

        assert probe(tier(server), tmp_path) == first
        assert len(server.requests) == 1


Change = Callable[[OllamaServer, Path], None]


def damaged(server: OllamaServer, folder: Path) -> None:
    (file,) = folder.iterdir()
    file.write_bytes(b"\xff{")


def older(server: OllamaServer, folder: Path) -> None:
    (file,) = folder.iterdir()
    file.write_text(file.read_text().replace('"format":1', '"format":0'))


def gone(server: OllamaServer, folder: Path) -> None:
    (file,) = folder.iterdir()
    file.unlink()


@pytest.mark.parametrize("change", [damaged, older, gone], ids=lambda change: change.__name__)
def test_what_is_remembered_and_unusable_is_asked_anew(change: Change, tmp_path: Path) -> None:
    with OllamaServer([HELD, HELD]) as server:
        first = probe(tier(server), tmp_path)
        change(server, tmp_path)

        assert probe(tier(server), tmp_path) == first
        assert len(server.requests) == 2


def test_a_call_that_came_to_no_end_is_not_remembered(tmp_path: Path) -> None:
    busy = Reply(status=503, headers={"Retry-After": "0"})
    with OllamaServer([busy] * 4 + [Reply(HELD)]) as server:
        assert not probe(tier(server), tmp_path).structured
        assert probe(tier(server), tmp_path).structured


def test_a_disk_that_refuses_costs_another_look_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "full").write_text("no folder can be made here")
    with OllamaServer([HELD]) as server:
        assert probe(tier(server), tmp_path / "full").structured


def test_a_model_on_other_computers_is_not_made_to_work() -> None:
    with OllamaServer([HELD], models=[ServedModel("far", remote=True)]) as server:
        found = probe(tier(server, "far"))

        assert (found.remote, found.structured, server.requests) == (True, False, [])


def test_an_unknown_model_is_named() -> None:
    with OllamaServer() as server, pytest.raises(ModelUnavailable, match="model not installed: nothing"):
        probe(tier(server, "nothing"))


def test_a_proposer_without_a_server_cannot_be_asked() -> None:
    with pytest.raises(UsageError, match="no server to ask: replay"):
        probe(Tier("fast", "replay", "file"))


def held_by(*types: str) -> Callable[[str, Any], Answer]:
    """A server that enforces schemas which are asked for in one of these ways, and has a model that says JSON."""

    def post(path: str, body: Any) -> Answer:
        if path != "/v1/chat/completions":
            return 404, {"detail": "no"}
        asked = (body.get("response_format") or {}).get("type") or ("structured_outputs" in body and "structured")
        return completion(HELD if asked in types else '{"answer": "yes"}')

    return post


LM_STUDIO = {
    "models": [
        {"key": "other", "loaded_instances": [], "max_context_length": 1000},
        {
            "key": "m",
            "loaded_instances": [{"id": "m", "config": {"context_length": 4096}}],
            "max_context_length": 32768,
            "capabilities": {"vision": False, "trained_for_tool_use": True},
        },
    ]
}
LITELLM = {
    "data": [
        {"model_name": "m", "litellm_params": {}, "model_info": {"max_input_tokens": 9000, "supports_reasoning": True}}
    ]
}
NOTHING = Capabilities("", "", 0, False, False, False, False, 0, False)

KINDS: list[tuple[str, dict[str, Any], tuple[str, ...], Capabilities]] = [
    (
        "vLLM",
        {"/v1/models": models("m", max_model_len=4096), "/version": {"version": "0.12.1"}},
        ("structured",),
        replace(NOTHING, server="vLLM 0.12.1", window=4096, structured=True, tokenizer=True),
    ),
    (
        "LM Studio",
        {"/v1/models": models("m", "other"), "/api/v1/models": LM_STUDIO},
        ("json_schema",),
        replace(NOTHING, server="LM Studio", window=4096, structured=True),
    ),
    (
        "LiteLLM",
        {"/v1/models": models("m"), "/model/info": LITELLM},
        (),
        replace(NOTHING, server="LiteLLM", window=9000, thinking=True),
    ),
    (
        "a server that enforces its own way",
        {"/v1/models": models("m")},
        ("json_object",),
        replace(NOTHING, structured=True),
    ),
    ("tinygrad", {"/v1/models": models("m")}, (), NOTHING),
    (
        "facts that are none",
        {"/v1/models": models("m", max_model_len="many"), "/version": {"version": ["1"]}},
        (),
        replace(NOTHING, server="vLLM", tokenizer=True),
    ),
]


@pytest.mark.parametrize(("name", "pages", "enforced", "expected"), KINDS, ids=[row[0] for row in KINDS])
def test_servers_are_known_by_what_they_answer(
    name: str, pages: dict[str, Any], enforced: tuple[str, ...], expected: Capabilities
) -> None:
    with serving(Product(pages, held_by(*enforced))) as product:
        assert probe(Tier("fast", "openai", "m", product.url)) == expected


def test_a_probe_of_another_version_is_made_anew(tmp_path: Path) -> None:
    pages = {"/v1/models": models("m", max_model_len=4096), "/version": {"version": "1"}}
    with serving(Product(pages, held_by("json_schema"))) as product:
        asked = Tier("fast", "openai", "m", product.url)
        probe(asked, tmp_path)
        probe(asked, tmp_path)
        once = len(product.posted)
        pages["/version"] = {"version": "2"}
        found = probe(asked, tmp_path)

    assert (once, len(product.posted), found.server) == (1, 2, "vLLM 2")


WINDOWS: list[tuple[str, Answer, int]] = [
    ("llama.cpp", (400, {"error": {"message": "request too long", "n_prompt_tokens": 9000, "n_ctx": 2048}}), 2048),
    ("vLLM", (400, {"error": {"message": "This model's maximum context length is 4096 tokens. However"}}), 4096),
    ("tinygrad", (400, {"error": {"code": "context_length_exceeded", "message": "context length 1024"}}), 1024),
    ("says no number", (400, {"error": "too long"}), 0),
    ("cuts in silence", completion("a", prompt_tokens=2050), 2050),
    ("takes it", completion("a", prompt_tokens=9000), 0),
    ("counts in its own way", completion("a", prompt_tokens=3), 0),
    ("breaks", (500, b"\xff"), 0),
]


@pytest.mark.parametrize(("name", "answer", "window"), WINDOWS, ids=[row[0] for row in WINDOWS])
def test_a_window_that_is_not_told_is_found_with_a_call_that_is_too_long(
    name: str, answer: Answer, window: int
) -> None:
    def post(path: str, body: Any) -> Answer:
        return answer if len(body["messages"][0]["content"]) > 8192 else completion("no schema")

    with serving(Product({"/v1/models": models("m")}, post)) as product:
        assert probe(Tier("fast", "openai", "m", product.url)).window == window


def test_a_model_that_is_seen_to_think_can() -> None:
    def post(path: str, body: Any) -> Answer:
        return completion("hm", reasoning_content="let me see")

    with serving(Product({"/v1/models": models("m")}, post)) as product:
        assert probe(Tier("fast", "openai", "m", product.url)).thinking


def test_words_for_capabilities_that_nobody_knows_are_passed_over() -> None:
    tags = {"models": [{"name": "m", "digest": "sha256:abc", "details": None}]}
    pages = {"/api/tags": tags, "/api/version": {"version": "9"}}

    def post(path: str, body: Any) -> Answer:
        if path == "/api/show":
            return 200, {
                "capabilities": ["completion", "telepathy", 7, "insert"],
                "model_info": {"x.context_length": 5},
            }
        return 200, {"message": {"content": HELD}, "done": True}

    with serving(Product(pages, post)) as product:
        found = probe(Tier("fast", "ollama", "m", product.url))

    assert found == replace(NOTHING, server="ollama 9", digest="abc", window=5, structured=True, fim=True)


PRODUCTS: list[tuple[str, Any, str]] = [
    ("a web page", b"<!doctype html><title>router</title>", "is a web page and no model server"),
    ("JSON of a stranger", {"hello": "world"}, "is something else and no model server"),
    ("no models", models(), "the server has no model"),
]


@pytest.mark.parametrize(("name", "page", "words"), PRODUCTS, ids=[row[0] for row in PRODUCTS])
def test_what_is_no_model_server_is_said_at_once(name: str, page: Any, words: str) -> None:
    with serving(Product({"/v1/models": page})) as product, pytest.raises(ModelUnavailable) as caught:
        probe(Tier("fast", "openai", "", product.url))

    assert words in caught.value.message
    assert product.url in caught.value.message
    assert caught.value.hint


PATHS: list[tuple[Any, str, Any]] = [
    ({"a": {"b": [1, 2]}}, "a.b.1", 2),
    ({"a": [{"id": "x"}, {"id": "m", "n": 3}]}, "a.id=@.n", 3),
    ({"a": [{"id": "x"}]}, "a.id=@.n", None),
    ({"a": [1]}, "a.4", None),
    ({"a": 1}, "a.b.c", None),
    (None, "a", None),
    (["x", 3], "id=@.n", None),
]


@pytest.mark.parametrize(("value", "path", "found"), PATHS)
def test_a_path_leads_to_a_value_or_to_none(value: Any, path: str, found: Any) -> None:
    assert find(value, path, "m") == found


def test_a_model_on_other_computers_behind_an_openai_server_is_not_made_to_work_either() -> None:
    with serving(Product({"/v1/models": models("far:cloud")}, held_by("json_schema"))) as product:
        found = probe(Tier("fast", "openai", "far:cloud", product.url))

        assert (found.remote, found.structured, product.posted) == (True, False, [])
