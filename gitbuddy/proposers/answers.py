"""Small questions to a model server, and their answers as data that nobody vouches for.

Whatever a server says is bounded and looked at here, so that the rest may rely on it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from gitbuddy.errors import ModelUnavailable
from gitbuddy.proposers.deadline import Deadline
from gitbuddy.proposers.endpoint import Endpoint, read_body

LONGEST = 8 << 20
"""Bytes of an answer that are read."""
MOST = 1 << 31
"""No count that a server tells is believed beyond this."""
PATIENCE = 10.0
"""Seconds that a question may take which makes no model work."""


@dataclass(slots=True)
class Asker:
    """Asks one server; what was asked for by GET is asked only once. `key` names the model in paths of `find`."""

    server: Endpoint
    deadline: Deadline
    model: str = ""
    known: dict[str, Any] = field(default_factory=dict)

    def status(self, path: str) -> tuple[int, bytes]:
        """Status and body of a GET. Raises `ModelUnavailable` when the server cannot be asked."""
        return self.server.get(path, max(0.01, min(PATIENCE, self.deadline.left)), LONGEST)

    def get(self, path: str) -> Any:
        """The JSON behind `path`; None where there is none."""
        if path not in self.known:
            try:
                status, body = self.status(path)
            except ModelUnavailable:
                status, body = 0, b""
            self.known[path] = decoded(body) if status == 200 else None
        return self.known[path]

    def post(self, path: str, body: Mapping[str, Any]) -> tuple[int, bytes]:
        """Status and body of a POST. Raises `ModelUnavailable` when no answer comes in time."""
        with self.server.stream(path, body, self.deadline) as response:
            try:
                return response.status_code, read_body(response, LONGEST)
            except httpx.TransportError as error:
                raise self.server.silent() from error

    def find(self, path: str, words: tuple[str, ...]) -> Any:
        """The first of these words that the answer of `path` has a value for; None if none has."""
        values = (find(self.get(path), word, self.model) for word in words)
        return next((value for value in values if value is not None), None)


def decoded(body: bytes) -> Any:
    """The JSON of a body; None for anything else."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def find(value: Any, path: str, model: str = "") -> Any:
    """The value at a dotted path. `name=@` takes the item of a list whose `name` is the model, a number the n-th.

    None where the path leads nowhere.
    """
    for part in path.split("."):
        name, _, wanted = part.partition("=")
        if isinstance(value, list) and wanted:
            value = next((item for item in value if isinstance(item, dict) and item.get(name) == model), None)
        elif isinstance(value, list) and part.isdigit():
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value


def number(value: Any) -> int:
    """A count that was told; 0 for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MOST else 0


def words(value: Any, most: int = 200) -> str:
    """A text that was told, printable and on one line; "" for anything else."""
    if not isinstance(value, str):
        return ""
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in value)).strip()[:most]
