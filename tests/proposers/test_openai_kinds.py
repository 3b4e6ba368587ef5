"""What is sent to each kind of OpenAI-compatible server, and what is learned from its refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from briefs import a_brief, reason, silence
from products import Answer, Product, completion, models, serving

from gitbuddy.errors import ModelUnavailable, Rejected
from gitbuddy.proposers.openai_http import OpenAIHttp
from gitbuddy.proposers.trying import PROOF
from gitbuddy.values import Brief, Proposal

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
EVENT = b'data: {"choices":[{"delta":{"content":"fine"},"finish_reason":"stop"}]}\n\n'

PROPS = {"total_slots": 1, "model_alias": "m", "default_generation_settings": {"n_ctx": 8192}}
THINKING = {"chat_template": "{% if enable_thinking %}<think>{% endif %}"}
LLAMA_CPP = {"/v1/models": models("m"), "/props": PROPS}
LLAMA_CPP_THINKING = {**LLAMA_CPP, "/props": {**PROPS, **THINKING}}
VLLM = {"/v1/models": models("m", max_model_len=8192)}
OLLAMA = {"/v1/models": models("m"), "/api/version": {"version": "1"}}
LM_STUDIO = {"/v1/models": models("m"), "/api/v1/models": {"models": [{"key": "m", "max_context_length": 8192}]}}


def streaming(path: str, body: Any) -> Answer:
    return (200, EVENT) if path == "/v1/chat/completions" else (404, {})


def ask(
    pages: dict[str, Any], brief: Brief, post: Callable[[str, Any], Answer] = streaming, **settings: Any
) -> tuple[Proposal, list[Any]]:
    """The proposal, and the bodies of the chats that were asked for."""
    with serving(Product(pages, post)) as product:
        proposal = OpenAIHttp(product.url, backoff=0.0, **settings).propose(brief, silence)
    return proposal, [body for path, body in product.posted if path == "/v1/chat/completions"]


def brief(**tier: Any) -> Brief:
    return a_brief(proposer="openai", model="m", **tier)


SWITCHES: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    ("llama.cpp, a model that does not think", LLAMA_CPP, "off", {}),
    ("llama.cpp, off", LLAMA_CPP_THINKING, "off", {"chat_template_kwargs": {"enable_thinking": False}}),
    ("llama.cpp, on", LLAMA_CPP_THINKING, "on", {"chat_template_kwargs": {"enable_thinking": True}}),
    (
        "llama.cpp, a level",
        LLAMA_CPP_THINKING,
        "high",
        {"chat_template_kwargs": {"enable_thinking": True, "reasoning_effort": "high"}},
    ),
    ("vLLM does not tell", VLLM, "off", {"chat_template_kwargs": {"enable_thinking": False}}),
    ("Ollama, off", OLLAMA, "off", {}),
    ("Ollama, on", OLLAMA, "on", {"reasoning_effort": "medium"}),
    ("Ollama, a level", OLLAMA, "low", {"reasoning_effort": "low"}),
]


@pytest.mark.parametrize(("name", "pages", "think", "expected"), SWITCHES, ids=[row[0] for row in SWITCHES])
def test_thinking_is_switched_in_the_servers_own_way(
    name: str, pages: dict[str, Any], think: Any, expected: dict[str, Any]
) -> None:
    _, (body,) = ask(pages, brief(think=think))

    assert {key: body[key] for key in ("chat_template_kwargs", "reasoning_effort") if key in body} == expected


def test_thinking_has_tokens_of_its_own() -> None:
    _, (body,) = ask(LLAMA_CPP_THINKING, brief(think="on", max_output=300, max_thinking=700))

    assert body["max_tokens"] == 1000


def test_samples_have_seeds_and_a_temperature_of_their_own() -> None:
    bodies = [ask(LLAMA_CPP, replace(brief(), sample=sample))[1][0] for sample in (0, 0, 1, 2)]

    assert [body["temperature"] for body in bodies] == [0.1, 0.1, 0.6, 0.6]
    assert len({body["seed"] for body in bodies}) == 3


@pytest.mark.parametrize("field", ["seed", "stream_options", "chat_template_kwargs"])
def test_a_field_that_is_refused_by_name_is_left_out(field: str) -> None:
    def strict(path: str, body: Any) -> Answer:
        if path == "/v1/chat/completions" and field in body:
            return 400, {"error": {"message": f"unsupported parameter: {field}"}}
        return streaming(path, body)

    proposal, bodies = ask(LLAMA_CPP_THINKING, brief(), strict)

    assert (proposal.reply, [field in body for body in bodies]) == ("fine", [True, False])


def enforcing(kind: str) -> Callable[[str, Any], Answer]:
    """A server that enforces schemas asked for in this way only."""

    def post(path: str, body: Any) -> Answer:
        asked = (body.get("response_format") or {}).get("type")
        if body.get("stream"):
            return streaming(path, body)
        return completion(json.dumps({"answer": PROOF}) if asked == kind else "words")

    return post


FORMAT = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("json_schema", FORMAT), ("json_object", {"type": "json_object", "schema": SCHEMA}), ("none", None)],
)
def test_a_schema_is_asked_for_only_in_the_way_that_was_seen_to_hold(kind: str, expected: Any, tmp_path: Path) -> None:
    asked = replace(brief(), schema=SCHEMA)
    pages = {"/v1/models": models("m")}
    _, bodies = ask(pages, asked, enforcing(kind), known=tmp_path)

    assert bodies[-1].get("response_format") == expected


def test_no_schema_no_probe() -> None:
    _, bodies = ask({"/v1/models": models("m")}, brief(), enforcing("json_schema"))

    assert [body["stream"] for body in bodies] == [True]


def test_the_window_of_the_server_binds_before_the_call() -> None:
    small = {**LLAMA_CPP, "/props": {**PROPS, "default_generation_settings": {"n_ctx": 570}}}
    with pytest.raises(Rejected, match="window has 570") as caught:
        ask(small, brief(window=8192, max_output=512))

    assert reason(caught.value) == "overflow"


def test_at_a_server_that_loads_on_demand_calls_of_one_model_stand_in_line(tmp_path: Path) -> None:
    ask(LM_STUDIO, brief(), calls=tmp_path / "on-demand")
    ask(LLAMA_CPP, brief(), calls=tmp_path / "fixed")

    assert [path.name[:5] for path in (tmp_path / "on-demand").iterdir() if path.name.startswith("line-")] == ["line-"]
    assert [path for path in (tmp_path / "fixed").iterdir() if path.name.startswith("line-")] == []


def test_a_model_on_other_computers_is_refused_unless_allowed() -> None:
    far = {"/v1/models": models("far:cloud")}
    asked = a_brief(proposer="openai", model="far:cloud")
    with pytest.raises(ModelUnavailable, match="somebody else's computers"):
        ask(far, asked)

    assert ask(far, replace(asked, tier=replace(asked.tier, remote=True)))[0].reply == "fine"


def test_a_tokenizer_that_fails_is_not_asked_again() -> None:
    def failing(path: str, body: Any) -> Answer:
        return (500, {}) if path in ("/tokenize", "/apply-template") else streaming(path, body)

    with serving(Product(LLAMA_CPP, failing)) as product:
        proposer = OpenAIHttp(product.url)
        counts = [proposer.tokens("abcdef", brief().tier) for _ in range(3)]

    assert (counts, [path for path, _ in product.posted]) == ([2, 2, 2], ["/tokenize"])
