"""A streamed answer, whatever the protocol: lines, pieces, the whole, and the bounds on each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from gitbuddy.errors import ModelUnavailable, Rejected
from gitbuddy.proposers.refusals import ANOTHER
from gitbuddy.proposers.repetition import LOOKED_AT, runs_away
from gitbuddy.proposers.thinking import Apart
from gitbuddy.values import Refused, Usage

CHECK_EVERY = 256
"""Characters between two looks for endless repetition."""
PROGRESS_EVERY = 0.2
"""Seconds between two reports of progress."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One step of an answer. `finish` is the server's word for why it ended; `error` what it says went wrong.

    `loading` are the seconds in which the server loaded the model, where it tells.
    """

    content: str = ""
    thinking: str = ""
    finish: str = ""
    prompt_tokens: int = 0
    output_tokens: int = 0
    error: str = ""
    loading: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """All pieces together. `finish` stays empty when the stream ended too early.

    `thinking` is what came in a field of its own, and what stood between tags at the start of the content.
    """

    content: str = ""
    thinking: str = ""
    finish: str = ""
    prompt_tokens: int = 0
    output_tokens: int = 0
    loading: float = 0.0

    @property
    def raw(self) -> str:
        """As much of the answer as came, for the record of one that is refused."""
        return self.content or self.thinking


Parse = Callable[[bytes], Piece | None]
"""One line of the protocol; None says nothing. Raises ValueError for what is not the protocol."""


def longest(max_output: int) -> int:
    """Bytes that an answer of so many tokens may take: servers wrap each token in 100 to 400 bytes."""
    return (1 << 20) + 1024 * max_output


def lines(chunks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """Whole lines, each with its newline; what follows the last newline comes as it is.

    Raises `Rejected` after `limit` bytes.
    """
    rest, size = b"", 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise runaway(f"the answer grew beyond {limit} bytes")
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line + b"\n" for line in whole)
    if rest.strip():
        yield rest


def pieces(source: Iterable[bytes], parse: Parse, where: str) -> Iterator[Piece]:
    """What the lines say. A stranger's first line means another product; later nonsense spoils this answer only."""
    begun = False
    for line in source:
        try:
            piece = parse(line)
        except ValueError as error:
            if begun and not line.endswith(b"\n"):
                return  # half a line: the connection was cut
            raise _not_understood(begun, where) from error
        if piece:
            begun = True
            yield piece


def _not_understood(begun: bool, where: str) -> Exception:
    if begun:
        return Rejected(Refused("reply", "garbled", "the server's answer broke off into something unreadable"))
    return ModelUnavailable(f"what answers is not the expected kind of model server: {where}", ANOTHER)


def runaway(words: str) -> Rejected:
    """The refusal of an answer without end."""
    return Rejected(Refused("reply", "runaway", f"{words}; answer briefly and stop after the edits"))


def overthought(tokens: int, thinking: str = "") -> Rejected:
    """The refusal of thinking that goes on beyond its budget of so many tokens."""
    words = f"the thinking went on after {tokens} tokens; think briefly, then answer with the edits"
    return Rejected(Refused("reply", "overthought", words), thinking)


@dataclass(slots=True)
class Gathering:
    """An answer in the making, held to its bounds: tokens, characters, endless repetition.

    `progress` is told the number of tokens so far, now and then. Thinking has a budget of `max_thinking` tokens; with
    none it counts as a part of the answer.
    """

    max_output: int
    progress: Callable[[int], None]
    max_thinking: int = 0
    content: list[str] = field(default_factory=list)
    thinking: list[str] = field(default_factory=list)
    told: Answer = Answer()
    count: int = 0
    thought: int = 0
    characters: int = 0
    checked: int = 0
    reported: float = 0.0
    apart: Apart = field(default_factory=Apart)

    def add(self, piece: Piece) -> None:
        """Take one more piece; raises `Rejected` when the answer has run away."""
        self.told = Answer(
            finish=piece.finish or self.told.finish,
            prompt_tokens=piece.prompt_tokens or self.told.prompt_tokens,
            output_tokens=piece.output_tokens or self.told.output_tokens,
            loading=piece.loading or self.told.loading,
        )
        if piece.content or piece.thinking:
            thinking, content = self.apart.feed(piece.content)
            self.thinking += [text for text in (piece.thinking, thinking) if text]
            self.content += [content] if content else []
            self.count += 1
            self.thought += bool(piece.thinking or thinking or self.apart.tag)
            self.characters += len(piece.content) + len(piece.thinking)
            self._bound()
            self._report()

    @property
    def tokens(self) -> int:
        """Tokens so far; the pieces are counted where the server does not say how many it wrote."""
        return self.told.output_tokens or self.count

    @property
    def spent(self) -> Usage:
        """What has been spent so far, without its seconds."""
        return Usage("", self.told.prompt_tokens, self.tokens, loading=self.told.loading)

    def whole(self) -> Answer:
        """The answer so far."""
        thinking, content = self.apart.rest()
        self.thinking.append(thinking)
        self.content.append(content)
        said, thought = "".join(self.content), "".join(self.thinking)
        return replace(self.told, content=said, thinking=thought, output_tokens=self.tokens)

    def _bound(self) -> None:
        if self.max_thinking and self.thought > self.max_thinking:
            raise overthought(self.max_thinking, "".join(self.thinking))
        most = self.max_output + self.max_thinking
        # Servers send about one token at a time; the slack is for those that count otherwise.
        if self.count > most * 5 // 4 + 64 or self.characters > most * 16 + 4096:
            raise runaway(f"the answer went on after {most} tokens")
        if self.characters - self.checked < CHECK_EVERY:
            return
        self.checked = self.characters
        # No piece is empty, so these are all the characters that are looked at: not the whole answer again and again.
        if any(runs_away("".join(texts[-LOOKED_AT:])) for texts in (self.content, self.thinking)):
            raise runaway("the answer repeated itself")

    def _report(self) -> None:
        now = time.monotonic()
        if now - self.reported >= PROGRESS_EVERY:
            self.reported = now
            self.progress(self.count)
