"""What a scripted model server is asked and what it answers, as values. A fault is a field of `Reply`."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model that the server has. `size` in bytes, `parameters` as Ollama writes them; the digest follows the name.

    Another `revision` is another model under the same name. `info` is added to the `model_info` that `/api/show` tells,
    without the family in front of its keys.
    """

    name: str
    size: int = 3_400_000_000
    parameters: str = "4.7B"
    quantization: str = "Q4_K_M"
    family: str = "qwen35"
    remote: bool = False
    revision: str = ""
    capabilities: tuple[str, ...] = ("completion",)
    info: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        return hashlib.sha256((self.name + self.revision).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A question as it came in. `body` is the decoded JSON, `headers` have lower-case names."""

    path: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]

    @property
    def model(self) -> str:
        return str(self.body.get("model", ""))

    @property
    def stream(self) -> bool:
        """Ollama streams unless told otherwise, OpenAI only when told to."""
        return bool(self.body.get("stream", self.path.startswith("/api/")))

    @property
    def options(self) -> Mapping[str, Any]:
        options: Mapping[str, Any] = self.body.get("options") or {}
        return options

    @property
    def window(self) -> int:
        """The context window asked for; Ollama's default on a small machine when none is."""
        return int(self.options.get("num_ctx", 4096))

    @property
    def max_output(self) -> int | None:
        """The longest reply asked for, in tokens."""
        limit = self.body.get("max_tokens", self.options.get("num_predict", -1))
        return int(limit) if limit is not None and int(limit) >= 0 else None

    @property
    def prompt(self) -> str:
        """All messages as one text, or the prompt of `/api/generate`."""
        messages: Sequence[Mapping[str, Any]] = self.body.get("messages") or [{"content": self.body.get("prompt", "")}]
        return "\n".join(str(message.get("content", "")) for message in messages)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the server, sound or not.

    Sound: `text`, `thinking`, `done_reason`, and the token counts (a quarter of the characters when None), streamed in
    pieces of `chunk` characters.
    Not sound: another `status` with `error` as its message (with status 200 the error follows the text), extra
    `headers`, `delay` seconds before the first byte, `pause` seconds before each piece, `cut_after` so many pieces (the
    connection breaks, or ends as if all were said when `cut_cleanly`), `forever` repeats the text until the client
    leaves, and `raw` is sent as the whole body instead; with a `size` again and again, until so many bytes are sent.
    `drip` are seconds before each byte, `loading` those that it says it took to load the model.
    """

    text: str = ""
    thinking: str = ""
    done_reason: str | None = "stop"
    prompt_tokens: int | None = None
    output_tokens: int | None = None
    chunk: int = 4
    status: int = 200
    error: str | Mapping[str, Any] = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    pause: float = 0.0
    cut_after: int | None = None
    cut_cleanly: bool = False
    forever: bool = False
    raw: bytes | None = None
    size: int = 0
    drip: float = 0.0
    loading: float = 0.01

    def at(self, pace: float) -> Reply:
        """The same with all its waiting times so many times as long."""
        return replace(self, delay=self.delay * pace, pause=self.pause * pace, drip=self.drip * pace)

    def body(self) -> Iterator[bytes]:
        """The bytes of a `raw` one, never many at once."""
        raw = self.raw or b""
        left = max(self.size, len(raw))
        while left > 0:
            yield raw[:left]
            left -= len(raw)

    def pieces(self) -> Iterator[tuple[str, str]]:
        """Pairs of thinking and text, as many as are sent before a cut."""
        for number, piece in enumerate(self._all_pieces()):
            if number == self.cut_after:
                return
            yield piece

    def _all_pieces(self) -> Iterator[tuple[str, str]]:
        while True:
            yield from ((part, "") for part in _parts(self.thinking, self.chunk))
            yield from (("", part) for part in _parts(self.text, self.chunk))
            if not self.forever:
                return


Script = Callable[[ChatRequest], Reply | str]
"""Answers every question; a bare string is a sound reply."""


def in_order(replies: Iterable[Reply | str]) -> Script:
    """A script that gives these replies one after the other, and after the last one an error that says so."""
    remaining = iter(tuple(replies))
    lock = threading.Lock()

    def answer(request: ChatRequest) -> Reply | str:
        with lock:
            return next(remaining, Reply(status=500, error="the script of this server has no reply left"))

    return answer


def read_replies(path: Path) -> list[Reply | str]:
    """Replies from a file of JSON lines."""
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [Reply(**line) if isinstance(line, dict) else str(line) for line in lines]


def _parts(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))
