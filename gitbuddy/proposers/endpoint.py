"""A model server: where it is, and calls to it that are bounded.

No redirect is followed, no proxy or credential is taken from the environment, and every answer has a longest size.
"""

from __future__ import annotations

import random
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from gitbuddy.errors import ModelUnavailable, UsageError
from gitbuddy.proposers.deadline import Deadline
from gitbuddy.proposers.refusals import BUSY, ELSEWHERE, error_in

LOADING = "the model may still be loading; try again, choose a smaller model or raise the tier's timeout"
"""What to do about silence where a model has to answer."""
STUCK = "another program may be using this port, or the server is stuck; look at what listens there, and at its log"
"""The same where no model has to work for the answer."""
LONGEST_WAIT = 10.0
"""Seconds of a Retry-After that are still honoured."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server at `url`. `connect` and `idle` are seconds of silence, `backoff` the first pause before another try.

    White space around `key` is none of it: a key read from a file often ends with a line.
    """

    url: str
    key: str = field(default="", repr=False)
    connect: float = 5.0
    idle: float = 60.0
    tries: int = 4
    backoff: float = 0.5

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.key.strip())
        if not (self.key.isascii() and all(character.isprintable() for character in self.key)):
            raise UsageError("the API key has characters that no HTTP header can carry", "set GITBUDDY_API_KEY anew")

    def get(self, path: str, seconds: float, limit: int = 8 << 20) -> tuple[int, bytes]:
        """Status and body of one small request; raises `ModelUnavailable` if the server cannot be asked."""
        with Deadline(seconds, seconds) as deadline, self._open("GET", path, None, deadline) as response:
            try:
                return response.status_code, read_body(response, limit)
            except httpx.TransportError as error:
                raise self._unreachable(error, "GET", deadline) from error

    @contextmanager
    def stream(self, path: str, body: Mapping[str, Any], deadline: Deadline) -> Iterator[httpx.Response]:
        """Post `body`; the response is open while the context is. A busy server is asked again, a few times.

        Raises `ModelUnavailable` when no response begins; what goes wrong later is the reader's to see.
        """
        for number in range(self.tries):
            deadline.asked()
            with self._open("POST", path, body, deadline) as response:
                if response.status_code not in BUSY:
                    yield response
                    return
                pause = pause_before(number, response.headers.get("retry-after", ""), self.backoff)
            deadline.wait(pause if number + 1 < self.tries else 0)
        raise ModelUnavailable(
            f"the model server is busy, asked {self.tries} times: {self.url}",
            "try again later, or lower `calls` of the tier",
        )

    def said(self, body: bytes) -> str:
        """What a server wrote, fit for a message: one line, bounded, without control characters and without our key."""
        text = error_in(body)
        text = text.replace(self.key, "***") if self.key else text
        return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]

    def silent(self, hint: str = LOADING) -> ModelUnavailable:
        """The error for a server that took the call and has not begun to answer."""
        return ModelUnavailable(f"the model server accepted the call and did not answer in time: {self.url}", hint)

    @contextmanager
    def _open(
        self, method: str, path: str, body: Mapping[str, Any] | None, deadline: Deadline
    ) -> Iterator[httpx.Response]:
        with self._client(deadline) as client:
            request = client.build_request(method, self.url + path, json=body, extensions={"trace": deadline.watch})
            try:
                response = client.send(request, stream=True)
            except httpx.TransportError as error:
                raise self._unreachable(error, method, deadline) from error
            with closing(response):
                yield response

    def _unreachable(self, error: httpx.TransportError, method: str, deadline: Deadline) -> ModelUnavailable:
        if isinstance(error, httpx.ConnectError) and (distrust := distrusted(error)):
            hint = "let SSL_CERT_FILE name a file with the certificate that signed the server's; checking stays on"
            return ModelUnavailable(f"the server's certificate is not trusted ({distrust}): {self.url}", hint)
        if isinstance(error, httpx.ConnectError) and "SSL" in str(error):
            hint = "write its address with http://, or switch TLS on at the server"
            return ModelUnavailable(f"the server there does not speak TLS: {self.url}", hint)
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            hint = f"start it (Ollama: `ollama serve`), or {ELSEWHERE} where it listens"
            return ModelUnavailable(f"no model server answers at: {self.url}", hint)
        if deadline.passed or deadline.late or isinstance(error, httpx.TimeoutException):
            return self.silent(LOADING if method == "POST" else STUCK)
        hint = "look at the server's log; another program may use this port, or it wants an address with https://"
        return ModelUnavailable(f"the model server closed the connection without an answer: {self.url}", hint)

    def _client(self, deadline: Deadline) -> httpx.Client:
        headers = {"Accept-Encoding": "identity", "User-Agent": "gitbuddy"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        # The deadline bounds the reading. The first byte may take all of it, since a model may have to be loaded.
        wait = deadline.left + 1
        timeout = httpx.Timeout(connect=min(self.connect, wait), read=wait, write=min(self.idle, wait), pool=wait)
        verify: ssl.SSLContext | bool = ssl.create_default_context() if self.url.startswith("https:") else False
        return httpx.Client(headers=headers, timeout=timeout, verify=verify, trust_env=False, follow_redirects=False)


def distrusted(error: BaseException | None) -> str:
    """Why a certificate was not trusted, from the chain of causes of an error; "" if that is not what happened."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return str(error.verify_message)
        error = error.__cause__ or error.__context__
    return ""


def read_body(response: httpx.Response, limit: int) -> bytes:
    """At most `limit` bytes of the body, as they were sent."""
    body = b""
    for chunk in response.iter_raw():
        body += chunk
        if len(body) >= limit:
            break
    return body[:limit]


def pause_before(number: int, retry_after: str, backoff: float) -> float:
    """Seconds before the next try after try `number`. A sane Retry-After is honoured, dates and long waits are not."""
    if re.fullmatch(r"\d{1,9}", retry_after) and float(retry_after) <= LONGEST_WAIT:
        return float(retry_after)
    # Jitter spreads the callers that a full queue turned away together; nothing secret depends on it.
    return min(LONGEST_WAIT, backoff * float(2**number)) * random.uniform(0.5, 1.0)  # noqa: S311


def parse_endpoint(text: str, port: int) -> str:
    """A base URL out of what people write (`gpu-box`, `0.0.0.0:11434`, `https://host/ollama/`).

    `port` is used where none is given. Raises `UsageError`.
    """
    full = text.strip() if "://" in text else f"http://{text.strip()}"
    try:
        parts = urlsplit(full)
        given = parts.port
    except ValueError as error:
        raise _not_an_endpoint(text) from error
    if "@" in parts.netloc:
        hint = "leave the name and password out; a key belongs into the environment variable GITBUDDY_API_KEY"
        raise UsageError("an endpoint must not carry credentials", hint)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[0-9A-Za-z._:-]+", host):
        raise _not_an_endpoint(text)
    # A server told to listen everywhere is reached on this machine; nothing is bound here.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    host = f"[{host}]" if ":" in host else host
    number = given or (443 if parts.scheme == "https" else port)
    return f"{parts.scheme}://{host}:{number}{parts.path.rstrip('/')}"


def _not_an_endpoint(text: str) -> UsageError:
    return UsageError(f"not an address of a model server: {text}", "write it like http://127.0.0.1:11434")
