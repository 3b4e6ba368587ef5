"""A GGUF file as a model, with no server to install: gitbuddy starts llama.cpp itself and ends it with itself.

llama.cpp runs in a process of our own beside this one (`proposers/llama.py`), on a loopback port that a key of this
run closes to everybody else. What is asked and answered goes the way of every OpenAI-compatible server.
"""

from __future__ import annotations

import atexit
import importlib.util
import secrets
import select
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from gitbuddy.errors import GitbuddyError, ModelUnavailable
from gitbuddy.proposers.answers import words
from gitbuddy.proposers.calls import held
from gitbuddy.proposers.gguf_file import ModelFile, read
from gitbuddy.proposers.machine import read_machine
from gitbuddy.proposers.memory import gib, need
from gitbuddy.proposers.openai_http import OpenAIHttp
from gitbuddy.proposers.probe import Capabilities, probe
from gitbuddy.proposers.tokens import tokens_of
from gitbuddy.values import Brief, Emit, Proposal, Tier

EXTRA = "xllamacpp"
PROGRAM = "gitbuddy.proposers.llama"
LONGEST_LOG = 64 << 10
ENDING = 10.0
"""Seconds that a process may take to end by itself."""


@dataclass(slots=True)
class Running:
    """A model that llama.cpp has loaded. `users` are the calls under way, `loading` the seconds that it took."""

    file: ModelFile
    process: subprocess.Popen[str]
    log: IO[str]
    asked: OpenAIHttp = field(default_factory=OpenAIHttp)
    loading: float = 0.0
    users: int = 0

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def end(self) -> None:
        """End the process; what it was doing is lost."""
        self.process.kill()
        self.process.communicate()
        self.log.close()


@dataclass(slots=True)
class House:
    """The models that this process has loaded, one for each file and window."""

    loaded: dict[tuple[str, int], Running] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def lend(self, tier: Tier, known: Path | None) -> Iterator[Running]:
        """The tier's model, loaded now if it was not. Raises `ModelUnavailable`."""
        with self.lock:
            running = self._get(tier, known)
            running.users += 1
        try:
            yield running
        finally:
            with self.lock:
                running.users -= 1

    def close(self) -> None:
        """End all of them."""
        with self.lock:
            while self.loaded:
                self.loaded.popitem()[1].end()

    def _get(self, tier: Tier, known: Path | None) -> Running:
        file = look_at(tier)
        place = (_place(file), tier.window)
        running = self.loaded.get(place)
        if running and running.alive:
            return running
        if running:
            self.loaded.pop(place).end()
        self._make_room(file, tier)
        self.loaded[place] = start(file, tier, known)
        return self.loaded[place]

    def _make_room(self, file: ModelFile, tier: Tier) -> None:
        """Give up models that nobody uses while there is too little memory; raises `ModelUnavailable` if that is not
        enough."""
        idle = [place for place, running in self.loaded.items() if not running.users]
        while (short := shortage(file, tier)) and idle:
            self.loaded.pop(idle.pop(0)).end()
        if short:
            hint = "choose a smaller model, or lower `window` of the tier"
            raise ModelUnavailable(f"the model does not fit into memory ({short}): {file.path}", hint)


HOUSE = House()
atexit.register(HOUSE.close)


@dataclass(frozen=True)
class Embedded:
    """Proposes with the GGUF file that `brief.tier.model` names, loaded for one call at a time.

    Jobs and samples that run at once are processes of their own, so a second slot would hold memory that nobody uses.
    `calls` is the folder where the calls of all processes are counted, `known` the one where it is kept what models can
    do; None counts and keeps nothing.
    """

    calls: Path | None = None
    known: Path | None = None
    missed: set[str] = field(default_factory=set, init=False, repr=False, compare=False)
    """Files that could not be loaded: counting does not try it again for every text."""

    @property
    def uses_worktree(self) -> bool:
        return False

    def tokens(self, text: str, tier: Tier) -> int:
        if tier.model in self.missed:
            return tokens_of(text)
        try:
            with HOUSE.lend(tier, self.known) as running:
                return running.asked.tokens(text, replace(tier, model=""))
        except GitbuddyError:
            self.missed.add(tier.model)
            return tokens_of(text)

    def propose(self, brief: Brief, emit: Emit) -> Proposal:
        """The model's reply as it came; `Rejected` and `ModelUnavailable` as the protocol says."""
        started = time.monotonic()
        with held(self.calls, brief, emit), HOUSE.lend(brief.tier, self.known) as running:
            self.missed.discard(brief.tier.model)
            loading = running.loading if time.monotonic() - started >= running.loading else 0.0
            try:
                proposal = running.asked.propose(replace(brief, tier=replace(brief.tier, model="")), emit)
            except ModelUnavailable as error:
                if running.alive:
                    raise
                raise _ended(running) from error
        name = f"{running.file.path.stem}@{running.file.digest[:12]}"
        usage = replace(proposal.usage, model=name, seconds=time.monotonic() - started, loading=loading)
        return replace(proposal, usage=usage)

    def capabilities(self, tier: Tier) -> Capabilities:
        """What the file can do, as `probe` tells it of a server's model."""
        with HOUSE.lend(tier, self.known) as running:
            asked = running.asked
            served = replace(tier, proposer="openai", model="", endpoint=asked.endpoint)
            found = probe(served, self.known, asked.key, place=_place(running.file))
            return replace(found, digest=running.file.digest)


def _place(file: ModelFile) -> str:
    """What names this file to those who remember something of it: the port changes with every run."""
    return f"{file.path} {file.digest}"


def look_at(tier: Tier) -> ModelFile:
    """The file of this tier; raises `ModelUnavailable` for one that is none, or where llama.cpp is not installed."""
    if importlib.util.find_spec(EXTRA) is None:
        hint = "install it with gitbuddy: pip install 'gitbuddy[embedded]' (pipx inject gitbuddy xllamacpp)"
        raise ModelUnavailable(f"a tier of `embedded` needs llama.cpp, which is not installed: {EXTRA}", hint)
    return read(Path(tier.model).expanduser().absolute())


def shortage(file: ModelFile, tier: Tier) -> str:
    """What is missing for the model and its window; "" when memory is enough or cannot be read."""
    needed, free = need(file.size, file.per_token, tier.window), read_machine().free
    return f"it needs {gib(needed)}, and {gib(free)} are free" if 0 < free < needed else ""


def start(file: ModelFile, tier: Tier, known: Path | None) -> Running:
    """Load the file in a process of its own, within the tier's timeout. Raises `ModelUnavailable`."""
    options = ["--model", str(file.path), "--window", str(tier.window)]
    # -P: a folder that happens to be the current one must not bring modules of its own.
    command = [sys.executable, "-P", "-m", PROGRAM, *options]
    key, started, pipe = secrets.token_hex(16), time.monotonic(), subprocess.PIPE
    log = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 -- it lives with the process
    # A session of its own: Ctrl-C is for us to hear, and we end it.
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=log, text=True, start_new_session=True)
    running = Running(file, process, log)
    try:
        address = _address(process, key, tier.timeout)
        failure = None if address else _failed(running, tier)
    except BaseException:
        running.end()
        raise
    if failure:
        running.end()
        raise failure
    running.asked = OpenAIHttp(address, key, known=known, place=_place(file))
    running.loading = time.monotonic() - started
    return running


def _address(process: subprocess.Popen[str], key: str, seconds: float) -> str:
    """Where it listens; "" when it has ended or takes too long."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError):  # it has ended already, which the next line sees
        process.stdin.write(f"{key}\n")
        process.stdin.flush()
    ready, _, _ = select.select([process.stdout], [], [], seconds)
    address = process.stdout.readline().strip() if ready else ""
    if ready and not address:
        with suppress(subprocess.TimeoutExpired):
            process.wait(ENDING)  # its output ends a moment before it does
    return address


def _failed(running: Running, tier: Tier) -> ModelUnavailable:
    if running.alive:
        hint = "raise the tier's timeout, or choose a smaller model"
        return ModelUnavailable(f"the model was not loaded within {tier.timeout:g} s: {running.file.path}", hint)
    hint = "download the file again, or choose a model that this version of llama.cpp knows"
    return ModelUnavailable(f"llama.cpp cannot load the model ({_said(running)}): {running.file.path}", hint)


def _ended(running: Running) -> ModelUnavailable:
    hint = "try again; if it happens again, lower `window` of the tier, or choose another model"
    return ModelUnavailable(f"llama.cpp ended in the middle of a call ({_said(running)}): {running.file.path}", hint)


def _said(running: Running) -> str:
    """The first complaint in its log, without the head of the line."""
    running.log.seek(0)
    lines = [line for line in running.log.read(LONGEST_LOG).splitlines() if line.strip()]
    complaint = next((line for line in lines if "error" in line or "invalid" in line), lines[-1] if lines else "")
    return words(complaint.rpartition(": ")[2]) or f"status {running.process.returncode}"
