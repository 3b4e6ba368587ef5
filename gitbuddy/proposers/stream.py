"""A streamed answer, whatever the protocol: lines, pieces, the whole, and the bounds on each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from gitbuddy.errors import ModelUnavailable, Rejected
from gitbuddy.proposers.repetition import runs_away
from gitbuddy.values import Refused

CHECK_EVERY = 256
"""Characters between two looks for endless repetition."""
PROGRESS_EVERY = 0.2
"""Seconds between two reports of progress."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One step of an answer. `finish` is the server's word for why it ended; `error` what it says went wrong."""

    content: str = ""
    thinking: str = ""
    finish: str = ""
    prompt_tokens: int = 0
    output_tokens: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """All pieces together. `finish` stays empty when the stream ended too early."""

    content: str = ""
    thinking: str = ""
    finish: str = ""
    prompt_tokens: int = 0
    output_tokens: int = 0


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
    hint = "another program may be using this port; set buddy.endpoint, or `proposer` of the tier to the right protocol"
    return ModelUnavailable(f"what answers is not the expected kind of model server: {where}", hint)


def runaway(words: str) -> Rejected:
    """The refusal of an answer without end."""
    return Rejected(Refused("reply", "runaway", f"{words}; answer briefly and stop after the edits"))


@dataclass(slots=True)
class Gathering:
    """An answer in the making, held to its bounds: tokens, characters, endless repetition.

    `progress` is told the number of tokens so far, now and then.
    """

    max_output: int
    progress: Callable[[int], None]
    content: list[str] = field(default_factory=list)
    thinking: list[str] = field(default_factory=list)
    told: Answer = Answer()
    count: int = 0
    characters: int = 0
    checked: int = 0
    reported: float = 0.0

    def add(self, piece: Piece) -> None:
        """Take one more piece; raises `Rejected` when the answer has run away."""
        self.told = Answer(
            finish=piece.finish or self.told.finish,
            prompt_tokens=piece.prompt_tokens or self.told.prompt_tokens,
            output_tokens=piece.output_tokens or self.told.output_tokens,
        )
        if piece.content or piece.thinking:
            self.content.append(piece.content)
            self.thinking.append(piece.thinking)
            self.count += 1
            self.characters += len(piece.content) + len(piece.thinking)
            self._bound()
            self._report()

    def whole(self) -> Answer:
        """The answer so far. The pieces are counted where the server does not say how many tokens it wrote."""
        told, tokens = self.told, self.told.output_tokens or self.count
        return Answer("".join(self.content), "".join(self.thinking), told.finish, told.prompt_tokens, tokens)

    def _bound(self) -> None:
        # Servers send about one token at a time; the slack is for those that count otherwise.
        if self.count > self.max_output * 5 // 4 + 64 or self.characters > self.max_output * 16 + 4096:
            raise runaway(f"the answer went on after {self.max_output} tokens")
        if self.characters - self.checked < CHECK_EVERY:
            return
        self.checked = self.characters
        if runs_away("".join(self.content)) or runs_away("".join(self.thinking)):
            raise runaway("the answer repeated itself")

    def _report(self) -> None:
        now = time.monotonic()
        if now - self.reported >= PROGRESS_EVERY:
            self.reported = now
            self.progress(self.count)
