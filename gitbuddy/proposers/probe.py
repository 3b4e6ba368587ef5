"""What a server can do with a model: asked once for each endpoint and model, and remembered.

Nothing is inferred from the name of a product. What a server tells for nothing is asked every time and compared with
what it told then; only when that differs is the model made to work again.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from gitbuddy.errors import UsageError
from gitbuddy.proposers.answers import Asker
from gitbuddy.proposers.deadline import Deadline
from gitbuddy.proposers.endpoint import Endpoint, parse_endpoint
from gitbuddy.proposers.told import Told, by_ollama, by_openai
from gitbuddy.proposers.trying import Seen, by_calls
from gitbuddy.temporary import write_whole
from gitbuddy.values import Tier

LONGEST = 64 << 10
PORTS = {"ollama": 11434, "openai": 8080}


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a server can do with a model.

    `server` is the product and its version as told, `digest` the model's; "" unknown. `window` is what was allocated or
    trained for, whichever is known to bind, in tokens; 0 not told. `structured`: answers to a JSON schema were seen to
    be enforced. `tokenizer`: the server counts tokens for us. `slots`: calls it serves at once; 0 not told.
    """

    server: str
    digest: str
    window: int
    structured: bool
    thinking: bool
    fim: bool
    tokenizer: bool
    slots: int
    remote: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a server told, and what its model showed when it was made to work."""

    told: Told
    seen: Seen

    @property
    def capabilities(self) -> Capabilities:
        told, seen = self.told, self.seen
        return Capabilities(
            server=told.server,
            digest=told.digest,
            window=told.window or seen.window,
            structured=bool(seen.dialect),
            thinking=told.thinking or seen.thinking,
            fim=seen.fim if told.fim is None else told.fim,
            tokenizer=told.tokenizer,
            slots=told.slots,
            remote=told.remote,
        )


class Remembered(BaseModel):
    """The file that an answer is kept in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    """One of another format is asked anew."""
    told: Told
    seen: Seen


def probe(
    tier: Tier, folder: Path | None = None, key: str = "", seconds: float = 120.0, place: str = ""
) -> Capabilities:
    """What the server of this tier (`ollama` or `openai`) can do with the tier's model.

    Remembered in `folder` until the digest, the version or anything else that the server tells has changed; None
    remembers nothing. `seconds` bound all of it; what could not be seen in that time counts as not there and is not
    remembered. `place` names the server where its address changes. Raises `ModelUnavailable` and, for a bad address or
    another proposer, `UsageError`.
    """
    return examine(tier, folder, key, seconds, place).capabilities


def examine(tier: Tier, folder: Path | None = None, key: str = "", seconds: float = 120.0, place: str = "") -> Found:
    """As `probe`, with all that was found."""
    server = server_of(tier, key)
    with Deadline(seconds, seconds) as deadline:
        asker = Asker(server, deadline, tier.model)
        told = by_ollama(asker) if tier.proposer == "ollama" else by_openai(asker)
        file = folder / _name(tier.proposer, place or server.url, told.serves) if folder else None
        seen = _recall(file, told)
        if seen is None:
            seen = by_calls(asker, told, tier)
            if file and seen.complete:
                with suppress(OSError):  # a disk that refuses costs another look next time, and no more
                    write_whole(file, Remembered(told=told, seen=seen).model_dump_json().encode())
    return Found(told, seen)


def server_of(tier: Tier, key: str = "") -> Endpoint:
    """The server that this tier names; raises `UsageError`."""
    port = PORTS.get(tier.proposer)
    if port is None:
        raise UsageError(f"this proposer has no server to ask: {tier.proposer}", "ask a tier of ollama or openai")
    url = parse_endpoint(tier.endpoint or f"http://127.0.0.1:{port}", port)
    return Endpoint(url if tier.proposer == "ollama" else url.removesuffix("/v1"), key)


def _name(proposer: str, url: str, model: str) -> str:
    return hashlib.sha256(f"{proposer}\0{url}\0{model}".encode("utf-8", "replace")).hexdigest()[:32] + ".json"


def _recall(file: Path | None, told: Told) -> Seen | None:
    """What was seen then, if the server tells the same now; None for a file that is missing, damaged or older."""
    if file is None:
        return None
    try:
        with file.open("rb") as opened:
            remembered = Remembered.model_validate_json(opened.read(LONGEST))
    except (OSError, ValidationError):
        return None
    return remembered.seen if remembered.told == told else None
