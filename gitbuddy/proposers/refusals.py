"""What a server's error means: for people (`ModelUnavailable`) or for this one attempt (`Rejected`). Pure."""

from __future__ import annotations

import json
import re

from gitbuddy.errors import ModelUnavailable, Rejected
from gitbuddy.values import Refused

OVERFLOW = re.compile(
    r"exceed_context_size_error|context_length_exceeded|exceeds? the (available |maximum |model'?s |max )*context"
    r"|maximum context length|context the overflows|(prompt|input) (is )?too long",
    re.IGNORECASE,
)
"""llama.cpp, tinygrad and OpenAI by code; Ollama, vLLM and LM Studio by their words."""
UNREADABLE = re.compile(r"pars(e|ing)|does not match the expected|invalid character", re.IGNORECASE)
"""A server that could not read its own model's output; another prompt may fare better."""
KEY = (401, 403)
BUSY = frozenset({429, 502, 503, 504})
"""A call that is answered so may be made again."""
NOT_READY = BUSY | {500}
"""What a server or the proxy before it says while it starts, loads a model, or has too much to do."""
ELSEWHERE = "set buddy.endpoint, or `endpoint` of the tier, to"
"""The beginning of a hint: each of the two names a server, and only the tier's does for other servers than Ollama."""
ANOTHER = "another program may be using this port; set `endpoint` or `proposer` of the tier, or buddy.endpoint"
NO_MODEL = re.compile(r"model.*(not found|does not exist|not installed)|no such model|unknown model", re.IGNORECASE)
NO_MEMORY = re.compile(r"more system memory|out of memory|unable to allocate|cudaMalloc", re.IGNORECASE)


def refusal(status: int, said: str, where: str, model: str, install: str) -> ModelUnavailable | Rejected:
    """The error for an answer with this HTTP status (200: an error inside a stream).

    `said` is the server's text made fit for people, `install` says how to get a model there.
    """
    if status in (200, 400, 413, 422, 500) and OVERFLOW.search(said):
        return Rejected(Refused("reply", "overflow", f"the prompt does not fit the model's context window: {said}"))
    if status in (400, 404, 500) and NO_MODEL.search(said):
        return ModelUnavailable(f"model not installed: {model}", install)
    if NO_MEMORY.search(said):
        return ModelUnavailable(f"the model does not fit into memory: {said}", "choose a smaller model or window")
    if status in (200, 500) and UNREADABLE.search(said):
        return Rejected(Refused("reply", "unreadable", f"the server could not read the model's answer: {said}"))
    if status == 200:
        return Rejected(Refused("reply", "server-error", f"the server broke off with an error: {said}"))
    return _by_status(status, said, where)


def error_in(body: bytes) -> str:
    """What an error says, out of the JSON that it usually stands in: its words, and in brackets its kind."""
    text = body.decode("utf-8", "replace")
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return text
    error = told.get("error", told) if isinstance(told, dict) else told
    if isinstance(error, str):
        return error
    if not isinstance(error, dict) or not isinstance(error.get("message"), str):
        return text
    kinds = [kind for name in ("type", "code", "param") if isinstance(kind := error.get(name), str)]
    return f"{error['message']} ({', '.join(kinds)})" if kinds else str(error["message"])


def no_listing(status: int, body: bytes, where: str) -> ModelUnavailable | None:
    """Why this answer to the question for models cannot come from a model server, of whatever kind; None if it can."""
    if status in KEY or 300 <= status < 400:
        return _by_status(status, "", where)
    if status in NOT_READY:
        hint = "wait until it has loaded its model and try again, or look at its log"
        return ModelUnavailable(f"the model server is not ready (status {status}): {where}", hint)
    if status == 200 and body.lstrip()[:1] == b"<":
        hint = f"another program, or a proxy before the server, answers there; {ELSEWHERE} the server itself"
        return ModelUnavailable(f"what answers there is a web page and no model server: {where}", hint)
    return None


def _by_status(status: int, said: str, where: str) -> ModelUnavailable:
    if 300 <= status < 400:
        hint = f"{ELSEWHERE} the address it points to; redirects are not followed"
        return ModelUnavailable(f"the endpoint answers with a redirect: {where}", hint)
    if status in KEY:
        hint = "put the key into the environment variable GITBUDDY_API_KEY"
        return ModelUnavailable(f"the model server wants a valid key (status {status}): {where}", hint)
    if status in (404, 405):
        hint = ANOTHER
        return ModelUnavailable(f"the server there does not speak the expected protocol: {where}", hint)
    return ModelUnavailable(f"the model server refused the call (status {status}): {said}", "look at the server's log")
