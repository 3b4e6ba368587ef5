"""The JSON that Ollama's native API and its OpenAI-compatible one send. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gitbuddy.testing.replies import ChatRequest, Reply, ServedModel

VERSION = "0.32.9"
WHEN = "2026-01-02T03:04:05.000000006Z"
SECOND = 1_000_000_000
CONTEXT_LENGTH = 262_144


def tokens(text: str) -> int:
    """A plausible count: a quarter of the characters."""
    return -(-len(text) // 4)


def within(reply: Reply, limit: int | None) -> Reply:
    """The reply as far as the token limit goes, which is where a real server stops a model."""
    whole = reply.thinking + reply.text
    if limit is None or reply.forever or reply.output_tokens is not None or tokens(whole) <= limit:
        return reply
    thinking, text = reply.thinking[: 4 * limit], reply.text[: max(0, 4 * limit - len(reply.thinking))]
    return replace(reply, thinking=thinking, text=text, done_reason="length")


def tags(models: Sequence[ServedModel]) -> dict[str, Any]:
    """The body of `/api/tags`."""
    return {"models": [_listed(model) for model in models]}


def ps(loaded: Sequence[tuple[ServedModel, int]]) -> dict[str, Any]:
    """The body of `/api/ps`, for models and the windows they were loaded with."""
    extra = {"expires_at": WHEN, "size_vram": 0}
    return {"models": [{**_listed(model), **extra, "context_length": window} for model, window in loaded]}


def show(model: ServedModel) -> dict[str, Any]:
    """The body of `/api/show`."""
    family = model.family or "test"
    info = {f"{family}.{name}": value for name, value in {"context_length": CONTEXT_LENGTH, **model.info}.items()}
    facts = {
        "modelfile": f"FROM {model.name}",
        "parameters": "",
        "template": "{{ .Prompt }}",
        "details": _details(model),
        "model_info": {"general.architecture": family, **info},
        "capabilities": list(model.capabilities),
        "modified_at": WHEN,
    }
    return {**facts, **_remote(model)}


def served(models: Sequence[ServedModel]) -> dict[str, Any]:
    """The body of `/v1/models`."""
    listed = [{"id": model.name, "object": "model", "created": 1767323045, "owned_by": "library"} for model in models]
    return {"object": "list", "data": listed}


def native(request: ChatRequest, reply: Reply, prompt_tokens: int) -> Iterator[dict[str, Any]]:
    """The lines of a streamed `/api/chat` or `/api/generate`."""
    head = {"model": request.model, "created_at": WHEN}
    for thinking, text in reply.pieces():
        yield {**head, **_said(request, thinking, text), "done": False}
    if reply.cut_after is None:
        yield native_end(request, reply, prompt_tokens)


def native_end(request: ChatRequest, reply: Reply, prompt_tokens: int) -> dict[str, Any]:
    """The last line; with the reply's error it is that error alone."""
    if reply.error:
        return {"error": reply.error}
    written = reply.output_tokens if reply.output_tokens is not None else tokens(reply.thinking + reply.text)
    end = {"model": request.model, "created_at": WHEN, **_said(request, "", ""), "done": True}
    counts = {
        "total_duration": SECOND,
        "load_duration": round(reply.loading * SECOND),
        "prompt_eval_count": prompt_tokens,
        "prompt_eval_duration": SECOND // 10,
        "eval_count": written,
        "eval_duration": SECOND // 2,
    }
    reason = {} if reply.done_reason is None else {"done_reason": reply.done_reason}
    return {**end, **reason, **counts}


def native_whole(request: ChatRequest, reply: Reply, prompt_tokens: int) -> dict[str, Any]:
    """The answer in one piece, for a question with `"stream": false`."""
    return {**native_end(request, reply, prompt_tokens), **_said(request, reply.thinking, reply.text)}


def events(request: ChatRequest, reply: Reply, prompt_tokens: int) -> Iterator[bytes]:
    """The server-sent events of a streamed `/v1/chat/completions`."""
    for thinking, text in reply.pieces():
        delta = {"reasoning_content": thinking} if thinking else {"content": text}
        yield _event({**_completion(request, "chat.completion.chunk"), "choices": [_choice("delta", delta, None)]})
    if reply.cut_after is not None:
        return
    if reply.error:
        yield _event({"error": reply.error})
        return
    last = [_choice("delta", {}, reply.done_reason)]
    yield _event({**_completion(request, "chat.completion.chunk"), "choices": last})
    if (request.body.get("stream_options") or {}).get("include_usage"):
        usage = _usage(reply, prompt_tokens)
        yield _event({**_completion(request, "chat.completion.chunk"), "choices": [], "usage": usage})
    yield b"data: [DONE]\n\n"


def completion_whole(request: ChatRequest, reply: Reply, prompt_tokens: int) -> dict[str, Any]:
    """The answer of `/v1/chat/completions` in one piece."""
    message = {"role": "assistant", "content": reply.text}
    choices = [_choice("message", message, reply.done_reason)]
    return {**_completion(request, "chat.completion"), "choices": choices, "usage": _usage(reply, prompt_tokens)}


def error(path: str, message: str | Mapping[str, Any]) -> dict[str, Any]:
    """An error in the words of the API that was asked: Ollama says a text, OpenAI an object."""
    if path.startswith("/v1/") and isinstance(message, str):
        return {"error": {"message": message, "type": "api_error", "param": None, "code": None}}
    return {"error": message}


def _said(request: ChatRequest, thinking: str, text: str) -> dict[str, Any]:
    thought = {"thinking": thinking} if thinking else {}
    if request.path == "/api/generate":
        return {"response": text, **thought}
    return {"message": {"role": "assistant", "content": text, **thought}}


def _event(data: Mapping[str, Any]) -> bytes:
    return b"data: " + json.dumps(data).encode() + b"\n\n"


def _completion(request: ChatRequest, kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1767323045, "model": request.model}


def _choice(name: str, value: Mapping[str, Any], reason: str | None) -> dict[str, Any]:
    return {"index": 0, name: value, "finish_reason": reason}


def _usage(reply: Reply, prompt_tokens: int) -> dict[str, int]:
    written = reply.output_tokens if reply.output_tokens is not None else tokens(reply.thinking + reply.text)
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": written,
        "total_tokens": prompt_tokens + written,
    }


def _listed(model: ServedModel) -> dict[str, Any]:
    facts = {
        "name": model.name,
        "model": model.name,
        "modified_at": WHEN,
        "size": model.size,
        "digest": model.digest,
        "details": _details(model),
    }
    return {**facts, **_remote(model)}


def _details(model: ServedModel) -> dict[str, Any]:
    return {
        "parent_model": "",
        "format": "gguf",
        "family": model.family,
        "families": [model.family] if model.family else [],
        "parameter_size": model.parameters,
        "quantization_level": model.quantization,
    }


def _remote(model: ServedModel) -> dict[str, str]:
    return {"remote_host": "https://ollama.com:443", "remote_model": model.name} if model.remote else {}
