"""Waiting for something no longer than there is time, whatever it does."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class NoTime(Exception):
    """The time for mending is up."""


def within(seconds: float, work: Callable[[], T]) -> T:
    """What `work` returns or raises; `NoTime` after so many seconds.

    A model server has time-outs of its own, but a place in its queue and a listing of its models may each take longer
    than a person waits for a commit. Work that is given up goes on in a thread that ends with the process.
    """
    answers: queue.Queue[tuple[T | None, BaseException | None]] = queue.Queue()

    def worker() -> None:
        try:
            answers.put((work(), None))
        except BaseException as error:
            answers.put((None, error))

    threading.Thread(target=worker, daemon=True).start()
    try:
        value, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise NoTime from None
    if error is not None:
        raise error
    return value  # type: ignore[return-value]  # a worker that did not fail has put what it returned
