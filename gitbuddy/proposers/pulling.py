"""Getting a model onto an Ollama server through its `/api/pull`, which tells its progress as lines of JSON.

The server keeps what has come so far, so asking again goes on where a download stopped.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import BaseModel

from gitbuddy.errors import GitbuddyError, ModelUnavailable, UsageError
from gitbuddy.proposers.answers import words
from gitbuddy.proposers.deadline import Deadline
from gitbuddy.proposers.endpoint import Endpoint, read_body
from gitbuddy.proposers.installed import is_remote
from gitbuddy.proposers.machine import Machine
from gitbuddy.proposers.memory import fit, gib, need
from gitbuddy.proposers.refusals import error_in

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:-]{0,199}")
LONGEST = 86_400.0
"""Seconds that a download may take."""
SILENCE = 120.0
"""Seconds without a line after which a download is given up; the server tells its progress every few of them."""
LONGEST_LINE = 64 << 10
AGAIN = "ask again: what has come so far is kept"


class Line(BaseModel):
    """One line of `/api/pull`."""

    status: str = ""
    digest: str = ""
    total: int = 0
    completed: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """What the server is at. `done` and `total` are bytes over all parts that are known so far; 0: none is."""

    status: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """What a model is compared with: this machine, and `disk` bytes free where the server keeps models (-1: not known).

    None of both is known of a server on another machine.
    """

    machine: Machine | None
    disk: int = -1


def checked_name(name: str) -> str:
    """The name of a model that may be pulled. Raises `UsageError`."""
    if not NAME.fullmatch(name):
        raise UsageError(f"not the name of a model: {name[:100]!r}", "write it like qwen3.5:4b")
    if is_remote(name):
        hint = "choose a model that runs here; for a remote one configure a tier with `remote`"
        raise UsageError(f"this model runs on somebody else's computers and cannot be pulled: {name}", hint)
    return name


def refuse_large(name: str, size: int, to_come: int, room: Room) -> None:
    """Raise `GitbuddyError` when a model of `size` bytes cannot be run here, or those `to_come` cannot be kept.

    0 bytes: nothing is known.
    """
    anyway = "choose a smaller model, or repeat with --anyway"
    if 0 <= room.disk < to_come:
        words = f"the model is larger than what is free on the disk: {name} takes {gib(to_come)} of {gib(room.disk)}"
        raise GitbuddyError(words, anyway)
    found = fit(need(size, 0, 0), room.machine) if size and room.machine else None
    if found and found.verdict == "no":
        raise GitbuddyError(f"the model is larger than memory: {name} needs {found.why}", anyway)


def pull(server: Endpoint, name: str, check: Callable[[int, int], None]) -> Iterator[Progress]:
    """Pull a model, telling the progress; it is installed when this ends.

    `check` is given the bytes of the model, and those that were not there before, as soon as the server tells them; it
    may raise. Raises `ModelUnavailable` when the server cannot be asked or goes away, and `GitbuddyError` for what it
    refuses.
    """
    parts: dict[str, tuple[int, int]] = {}
    kept: dict[str, int] = {}
    finished = False
    with Deadline(LONGEST, SILENCE) as deadline:
        body = {"model": name, "stream": True}
        with server.stream("/api/pull", body, deadline) as response:
            if response.status_code != 200:
                raise _refusal(server, name, error_in(_said(response)), response.status_code)
            for line in _told(response, server, deadline):
                if line.error:
                    raise _refusal(server, name, line.error, 200)
                if line.total > 0 and line.digest:
                    parts[line.digest] = (min(line.completed, line.total), line.total)
                    kept.setdefault(line.digest, parts[line.digest][0])
                    size = sum(total for _, total in parts.values())
                    check(size, size - sum(kept.values()))
                finished = finished or line.status == "success"
                done, total = (sum(each) for each in zip(*parts.values(), strict=True)) if parts else (0, 0)
                yield Progress(words(line.status, 80), done, total)
    if not finished:
        raise ModelUnavailable(f"the download broke off: {name}", AGAIN)


def disk_of_server(environment: Mapping[str, str], home: Path) -> int:
    """Bytes free where an Ollama on this machine keeps its models; -1 where that cannot be told."""
    set_by_user = environment.get("OLLAMA_MODELS", "")
    folders = [Path(set_by_user)] if set_by_user else [Path("/usr/share/ollama/.ollama/models"), home / ".ollama"]
    for folder in (*folders, home):
        try:
            return shutil.disk_usage(folder).free
        except OSError:
            continue
    return -1


def room_here(machine: Machine) -> Room:
    """The room of this machine."""
    return Room(machine, disk_of_server(os.environ, Path.home()))


def _told(response: httpx.Response, server: Endpoint, deadline: Deadline) -> Iterator[Line]:
    """The lines as they come; a connection that breaks just ends them."""
    try:
        for line in _lines(deadline.beats(response.iter_raw())):
            yield Line.model_validate_json(line)
    except ValueError as error:
        hint = "another program may be using this port; set buddy.endpoint to where Ollama listens"
        raise ModelUnavailable(f"what answers there does not pull models: {server.url}", hint) from error
    except httpx.TransportError:
        return


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Whole lines that say something. Raises `ValueError` for one without end."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > LONGEST_LINE:
            raise ValueError("a line without end")
        yield from (line for line in whole if line.strip())


def _said(response: httpx.Response) -> bytes:
    try:
        return read_body(response, 64 << 10)
    except httpx.TransportError:
        return b""


def _refusal(server: Endpoint, name: str, text: str, status: int) -> GitbuddyError:
    said = server.said(text.encode("utf-8", "replace"))
    if re.search(r"file does not exist|not found|manifest unknown", text) and "page not found" not in text:
        return GitbuddyError(f"no model of this name is offered: {name}", "look at https://ollama.com/library")
    if re.search(r"no space left|disk (is )?full|not enough (disk )?space|quota exceeded", text, re.IGNORECASE):
        return GitbuddyError(f"the disk of the server is full: {said}", f"make room there, then {AGAIN}")
    if status in (404, 405):
        hint = "set buddy.endpoint to where Ollama listens; other servers get their models by themselves"
        return ModelUnavailable(f"the server there does not pull models: {server.url}", hint)
    return ModelUnavailable(f"the server could not pull {name}: {said}", f"look at the server's log, then {AGAIN}")
