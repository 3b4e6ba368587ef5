"""What a server's error means: for people (`ModelUnavailable`) or for this one attempt (`Rejected`). Pure."""

from __future__ import annotations

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
    return _by_status(status, said, where)


def _by_status(status: int, said: str, where: str) -> ModelUnavailable | Rejected:
    if status == 200:
        return Rejected(Refused("reply", "server-error", f"the server broke off with an error: {said}"))
    if 300 <= status < 400:
        hint = "set buddy.endpoint to the address it points to; redirects are not followed"
        return ModelUnavailable(f"the endpoint answers with a redirect: {where}", hint)
    if status in (401, 403):
        hint = "put the key into the environment variable GITBUDDY_API_KEY"
        return ModelUnavailable(f"the model server wants a valid key (status {status}): {where}", hint)
    if status in (404, 405):
        hint = "another program may be using this port; set buddy.endpoint, or `proposer` of the tier"
        return ModelUnavailable(f"the server there does not speak the expected protocol: {where}", hint)
    return ModelUnavailable(f"the model server refused the call (status {status}): {said}", "look at the server's log")
