"""What servers say, in their own words, and who should hear it."""

from __future__ import annotations

import pytest

from gitbuddy.errors import ModelUnavailable, Rejected
from gitbuddy.proposers.refusals import error_in, refusal

FOR_THE_PROPOSER: list[tuple[int, str, str]] = [
    (400, '{"error":{"type":"exceed_context_size_error","n_ctx":8192}}', "overflow"),
    (400, "the input length exceeds the context length", "overflow"),
    (400, "request (9412 tokens) exceeds the available context size (8192 tokens), try increasing it", "overflow"),
    (400, "This model's maximum context length is 8192 tokens. However, you requested 9000", "overflow"),
    (500, "Trying to keep the first 111490 tokens when context the overflows", "overflow"),
    (400, "context_length_exceeded", "overflow"),
    (413, "the input length exceeds the context length", "overflow"),
    (200, "exceed_context_size_error", "overflow"),
    (500, "error parsing tool call: raw='{'", "unreadable"),
    (500, "The model produced output that does not match the expected peg-native format", "unreadable"),
    (200, "an error was encountered while running the model", "server-error"),
]

FOR_PEOPLE: list[tuple[int, str, str]] = [
    (404, "model 'x' not found", "model not installed: tiny"),
    (400, "The model `x` does not exist.", "model not installed: tiny"),
    (500, "model requires more system memory (5.6 GiB) than is available (2.1 GiB)", "does not fit into memory"),
    (200, "CUDA error: out of memory", "does not fit into memory"),
    (308, "", "redirect"),
    (403, "forbidden", "wants a valid key (status 403)"),
    (405, "", "does not speak the expected protocol"),
    (400, "invalid options: num_ctx", "refused the call (status 400): invalid options: num_ctx"),
    (500, "llama runner process has terminated", "refused the call (status 500)"),
]


@pytest.mark.parametrize(("status", "said", "code"), FOR_THE_PROPOSER)
def test_what_another_attempt_may_mend_goes_to_the_proposer(status: int, said: str, code: str) -> None:
    error = refusal(status, said, "http://x", "tiny", "ollama pull tiny")

    assert isinstance(error, Rejected)
    assert error.refused.reason == code


@pytest.mark.parametrize(("status", "said", "words"), FOR_PEOPLE)
def test_what_only_people_can_mend_goes_to_them_with_a_hint(status: int, said: str, words: str) -> None:
    error = refusal(status, said, "http://x", "tiny", "ollama pull tiny")

    assert isinstance(error, ModelUnavailable)
    assert words in error.message
    assert error.hint


TOO_LONG = "too long (exceed_context_size_error)"
SAID: list[tuple[str, str]] = [
    ("out of memory", "out of memory"),
    ('{"error": "out of memory"}', "out of memory"),
    ('{"error": {"message": "too long", "type": "exceed_context_size_error", "code": 400}}', TOO_LONG),
    ('{"object": "error", "message": "too long", "type": "exceed_context_size_error"}', TOO_LONG),
    ('{"error": {"message": "unknown", "type": null, "param": "seed"}}', "unknown (seed)"),
    ('{"detail": [{"loc": ["body", "seed"]}]}', '{"detail": [{"loc": ["body", "seed"]}]}'),
    ("[1, 2]", "[1, 2]"),
    ('{"error": null}', '{"error": null}'),
    ("[" * 100_000, "[" * 100_000),
    ("", ""),
]


@pytest.mark.parametrize(("body", "words"), SAID, ids=[row[0][:40] for row in SAID])
def test_an_error_is_read_out_of_its_json(body: str, words: str) -> None:
    assert error_in(body.encode()) == words
