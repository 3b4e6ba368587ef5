"""Tasks and states as JSON in a record. Each carries its version; what is not understood is said, never guessed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, NoReturn

from gitbuddy.errors import GitbuddyError
from gitbuddy.git.owner import Owner
from gitbuddy.values import Kind, Origin, Task

VERSION = 1
LAST_MOMENT = 253_402_300_800
"""The end of the year 9999, in seconds since 1970: no date can be made of what comes after it."""
STATES = ("queued", "claimed", "attempted", "landing", "landed", "reviewed", "unverified", "gave-up")
SOURCES: Final[tuple[Literal["cli", "json", "file", "trailer", "hook"], ...]] = (
    "cli",
    "json",
    "file",
    "trailer",
    "hook",
)


@dataclass(frozen=True, slots=True)
class State:
    """What `state.json` holds. `created` is when the job was queued, in seconds since 1970."""

    state: str
    epoch: int
    created: float
    nonce: str
    owner: Owner | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def task_to_json(task: Task) -> bytes:
    """`task.json`."""
    return _dump({"version": VERSION, "id": task.id, **asdict(task)})


def task_from_json(data: bytes) -> Task:
    """Read `task.json`; `GitbuddyError` says what is wrong with it."""
    raw = _load(data, "task.json")
    try:
        task = Task(
            kind=Kind(_text(raw["kind"])),
            text=_text(raw["text"]),
            base=_text(raw["base"]),
            origin=_origin(raw["origin"]),
            files=_texts(raw["files"]),
            needs=_texts(raw["needs"]),
            accept=_texts(raw["accept"]),
            tier=None if raw["tier"] is None else _text(raw["tier"]),
            checks=_texts(raw["checks"]),
            slug=_text(raw["slug"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise GitbuddyError(f"task.json is damaged: {error}") from error
    if task.id != raw.get("id"):
        raise GitbuddyError(f"task.json does not have the content its id stands for: {raw.get('id')}")
    return task


def state_to_json(state: State) -> bytes:
    """`state.json`."""
    return _dump({"version": VERSION, **asdict(state)})


def state_from_json(data: bytes) -> State:
    """Read `state.json`; `GitbuddyError` says what is wrong with it."""
    raw = _load(data, "state.json")
    try:
        if raw["state"] not in STATES or not isinstance(raw["details"], dict):
            _wrong(raw["state"])
        return State(
            state=_text(raw["state"]),
            epoch=_number(raw["epoch"]),
            created=_moment(raw["created"]),
            nonce=_text(raw["nonce"]),
            owner=_owner(raw["owner"]),
            details=raw["details"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise GitbuddyError(f"state.json is damaged: {error}") from error


def _origin(raw: Any) -> Origin:
    source = next((source for source in SOURCES if source == raw["source"]), None) or _wrong(raw["source"])
    return Origin(source, _text(raw["key"]), _text(raw["place"]), _number(raw["run"]))


def _owner(raw: Any) -> Owner | None:
    if raw is None:
        return None
    text = {name: _text(raw[name]) for name in ("host", "boot", "start", "nonce")}
    return Owner(pid=_number(raw["pid"]), **text)


def _dump(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=True, indent=1) + "\n").encode()


def _load(data: bytes, name: str) -> dict[str, Any]:
    try:
        raw = json.loads(data, parse_constant=_no_number, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise GitbuddyError(f"{name} is not valid JSON: {error}") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("version"), int):
        raise GitbuddyError(f"{name} is damaged: it has no version")
    if raw["version"] > VERSION:
        hint = "update gitbuddy: pip install --upgrade gitbuddy"
        raise GitbuddyError(f"{name} was written by a newer gitbuddy, in version {raw['version']}", hint)
    if raw["version"] < VERSION:
        hint = "read it with the gitbuddy that wrote it, or run its task again; nothing else needs it"
        raise GitbuddyError(f"{name} was written by an older gitbuddy, in version {raw['version']}", hint)
    return raw


def _text(value: Any) -> str:
    return value if isinstance(value, str) else _wrong(value)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_text(item) for item in value) if isinstance(value, list) else _wrong(value)


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else _wrong(value)


def _moment(value: Any) -> float:
    fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LAST_MOMENT
    return float(value) if fits else _wrong(value)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands there twice")
    return found


def _wrong(value: Any) -> NoReturn:
    raise TypeError(f"an unexpected value: {value!r:.80}")
