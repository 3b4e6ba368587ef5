"""Reads many files at once, in processes that a hostile file may bring down without harm to us."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import islice
from types import TracebackType
from typing import Final, NamedTuple, Self

from gitbuddy.codebase.facts import failure
from gitbuddy.codebase.frames import HEAD, SECONDS
from gitbuddy.errors import GitbuddyError

MOST: Final = 8
"""Processes at once."""
BATCH_FILES: Final = 64
BATCH_BYTES: Final = 256 << 10
TOOK_TOO_MUCH: Final = "takes more time or memory than there is for one file, or breaks its grammar"


class Job(NamedTuple):
    """A file to be read; `key` is the caller's name for it."""

    key: str
    path: str
    data: bytes


Answer = tuple[str, bytes]
"""The key of a job and its encoded facts."""


class Parsers:
    """A few worker processes. Leave the context, by whatever way, and none is left.

    `seconds` of processor time are what one file may take.
    """

    def __init__(self, count: int, seconds: float = SECONDS) -> None:
        self._count = count
        self._seconds = seconds
        self._idle: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()
        self._all: list[subprocess.Popen[bytes]] = []
        self._threads = ThreadPoolExecutor(count, "parser")
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        for worker in self._all:
            worker.kill()
        self._threads.shutdown(cancel_futures=True)
        for worker in self._all:
            with suppress(OSError), worker:
                pass

    def read(self, jobs: Iterable[Job]) -> Iterator[Answer]:
        """The answers, in any order. Jobs are taken as there is room, so that few are in memory at a time."""
        waiting = batches(jobs)
        running = {self._threads.submit(self._batch, batch) for batch in islice(waiting, self._count + 1)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            running |= {self._threads.submit(self._batch, batch) for batch in islice(waiting, len(done))}
            for answers in done:
                yield from _result(answers)

    def _batch(self, jobs: Sequence[Job]) -> list[Answer]:
        """Let a worker read them. The file that ends a worker is passed over; the rest goes to a new one."""
        answers: list[Answer] = []
        while len(answers) < len(jobs):
            worker = self._worker()
            answers += _asked(worker, jobs[len(answers) :])
            if self._closed:
                return []
            if worker.poll() is None and len(answers) == len(jobs):
                self._idle.put(worker)
            elif len(answers) < len(jobs):
                _end(worker)
                answers.append((jobs[len(answers)].key, failure(TOOK_TOO_MUCH)))
        return answers

    def _worker(self) -> subprocess.Popen[bytes]:
        while not self._idle.empty():
            worker = self._idle.get()
            if worker.poll() is None:
                return worker
        worker = start(self._seconds)
        self._all.append(worker)
        if self._closed:
            worker.kill()
        return worker


def start(seconds: float) -> subprocess.Popen[bytes]:
    """A worker in a process group of its own: Ctrl-C is ours to pass on."""
    command = [sys.executable, "-P", "-m", "gitbuddy.codebase.worker", str(seconds)]
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, process_group=0)
    except OSError as error:
        raise GitbuddyError(f"no process can be started to read files: {error}", "end some programs") from error


def _end(worker: subprocess.Popen[bytes]) -> None:
    """What ends a worker is a signal; an exit code of its own says that it cannot work here at all."""
    worker.kill()
    with worker:
        code = worker.wait()
    if code > 0:
        raise GitbuddyError(f"the process that reads files does not run here, exit code: {code}", "git buddy doctor")


def cores() -> int:
    """Processes worth starting here."""
    return min(MOST, len(os.sched_getaffinity(0)))


def batches(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    """Jobs in portions that are worth a message and small in memory."""
    batch: list[Job] = []
    size = 0
    for job in jobs:
        batch.append(job)
        size += len(job.data)
        if len(batch) == BATCH_FILES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _asked(worker: subprocess.Popen[bytes], jobs: Sequence[Job]) -> list[Answer]:
    """What the worker answered before it ended, or all."""
    answers: list[Answer] = []
    if worker.stdin is None or worker.stdout is None:
        return answers
    with suppress(OSError, ValueError):
        worker.stdin.write(HEAD.pack(len(jobs), 0))
        for job in jobs:
            name = job.path.encode()
            worker.stdin.write(HEAD.pack(len(name), len(job.data)) + name + job.data)
        worker.stdin.flush()
        for job in jobs:
            head = worker.stdout.read(HEAD.size)
            if len(head) < HEAD.size:
                break
            size, _ = HEAD.unpack(head)
            answer = worker.stdout.read(size)
            if len(answer) < size:
                break
            answers.append((job.key, answer))
    return answers


def _result(answers: Future[list[Answer]]) -> list[Answer]:
    return answers.result()
