"""Addresses as people write them, and how long a busy server is left alone."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from gitbuddy.errors import UsageError
from gitbuddy.proposers.endpoint import LONGEST_WAIT, Endpoint, parse_endpoint, pause_before, read_body
from gitbuddy.testing.ollama_server import OllamaServer

ADDRESSES = [
    ("127.0.0.1", "http://127.0.0.1:11434"),
    ("gpu-box", "http://gpu-box:11434"),
    (" gpu-box:8080 ", "http://gpu-box:8080"),
    ("http://gpu-box", "http://gpu-box:11434"),
    ("0.0.0.0:11434", "http://127.0.0.1:11434"),
    ("http://[::1]:11434/", "http://[::1]:11434"),
    ("http://[::]", "http://[::1]:11434"),
    ("https://host.example", "https://host.example:443"),
    ("https://host.example/ollama/", "https://host.example:443/ollama"),
]


@pytest.mark.parametrize(("given", "expected"), ADDRESSES)
def test_an_address_is_completed(given: str, expected: str) -> None:
    assert parse_endpoint(given, 11434) == expected


@pytest.mark.parametrize("given", ["", "http://", "ftp://host", "http://host:port", "http://a b", "file:///etc/passwd"])
def test_what_is_no_address_is_a_usage_error(given: str) -> None:
    with pytest.raises(UsageError, match="not an address") as caught:
        parse_endpoint(given, 11434)

    assert "http://127.0.0.1:11434" in caught.value.hint


def test_credentials_in_an_address_are_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError, match="must not carry credentials") as caught:
        parse_endpoint("http://me:secret@host", 1)

    assert "secret" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(("given", "expected"), [("0", 0.0), ("3", 3.0), ("10", 10.0)])
def test_a_sane_retry_after_is_honoured(given: str, expected: float) -> None:
    assert pause_before(0, given, 0.5) == expected


@pytest.mark.parametrize("given", ["", "-1", "11", "1e3", "soon", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_any_other_gives_way_to_our_own_pause(given: str) -> None:
    assert 0.25 <= pause_before(0, given, 0.5) <= 0.5
    assert 1.0 <= pause_before(2, given, 0.5) <= 2.0
    assert pause_before(30, given, 0.5) <= LONGEST_WAIT


def test_what_a_server_says_is_one_bounded_line_without_our_key() -> None:
    said = Endpoint("http://x", key="sk-1").said(b"bad\x1b[31m key sk-1\r\nmore " + b"x" * 1000)

    assert said.startswith("bad [31m key *** more xxx")
    assert len(said) == 300


def test_an_endless_body_is_not_waited_for() -> None:
    read: list[int] = []

    def endless() -> Iterator[bytes]:
        while len(read) < 1000:
            read.append(1)
            yield b"x" * 1000

    assert read_body(httpx.Response(200, content=endless()), 2500) == b"x" * 2500
    assert len(read) == 3


def test_a_small_answer_is_read_up_to_its_limit() -> None:
    with OllamaServer() as server:
        status, body = Endpoint(server.url).get("/api/tags", 5.0, limit=10)

    assert (status, len(body)) == (200, 10)
