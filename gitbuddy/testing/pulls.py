"""A scripted download, as `/api/pull` of Ollama tells it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from gitbuddy.testing.replies import Reply, ServedModel


@dataclass(frozen=True, slots=True)
class Download:
    """A model that can be pulled: `size` bytes in so many `steps`.

    Not sound: another `status` with `error` (with status 200 it follows half of the steps), `cut` breaks the connection
    there, `raw` is sent as the whole body instead. `kept` bytes are there already from an earlier try.
    """

    size: int = 3_400_000_000
    steps: int = 4
    kept: int = 0
    status: int = 200
    error: str = ""
    cut: bool = False
    raw: bytes | None = None

    @property
    def is_sound(self) -> bool:
        """Whether the model is there in the end."""
        return not (self.error or self.cut or self.raw is not None or self.status != 200)

    def frames(self, name: str) -> Iterator[bytes]:
        """The lines, as many as are sent before a fault."""
        if self.raw is not None:
            yield self.raw
            return
        yield _line({"status": "pulling manifest"})
        if self.error and not self.steps:
            yield _line({"error": self.error})
            return
        digest = "sha256:" + hashlib.sha256(name.encode()).hexdigest()
        for step in range(1, self.steps + 1):
            done = self.kept + (self.size - self.kept) * step // self.steps
            part = {"status": f"pulling {digest[7:19]}", "digest": digest, "total": self.size, "completed": done}
            yield _line(part)
            if step * 2 >= self.steps and (self.error or self.cut):
                yield from [_line({"error": self.error})] if self.error else ()
                return
        for status in ("verifying sha256 digest", "writing manifest", "success"):
            yield _line({"status": status})


class Owner(Protocol):
    """The server, as far as downloads go."""

    models: dict[str, ServedModel]
    downloads: dict[str, Download]


NO_SUCH = Download(error="pull model manifest: file does not exist", steps=0)
"""What Ollama says of a name that nobody offers, with status 200."""


def serve(
    owner: Owner,
    name: str,
    stream: Callable[[str, Iterator[bytes], Reply], None],
    whole: Callable[[int, Mapping[str, Any]], None],
) -> None:
    """Answer a question for `name`; it is installed from then on, unless something goes wrong."""
    download = owner.downloads.get(name, NO_SUCH)
    if download.is_sound:
        owner.models[name] = ServedModel(name, size=download.size)
    if download.status == 200:
        stream("application/x-ndjson", download.frames(name), Reply(cut_after=0) if download.cut else Reply())
    else:
        whole(download.status, {"error": download.error})


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value).encode() + b"\n"
