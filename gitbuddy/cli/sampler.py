"""The program of a child that makes one of several attempts at once; `gitbuddy.attempts.samples` starts it.

    python -m gitbuddy.cli.sampler FD

FD is a socket over which it gets its order, says what it does, and hands in the attempt.
"""

from __future__ import annotations

import contextlib
import ctypes
import signal
import sys
from dataclasses import replace
from multiprocessing.connection import Connection
from types import FrameType

from gitbuddy import wiring
from gitbuddy.attempts.samples import Failed, Order, Proposed
from gitbuddy.cli import crash
from gitbuddy.errors import GitbuddyError, ModelUnavailable, Rejected
from gitbuddy.values import Event, Refused

PR_SET_PDEATHSIG = 1
QUIET = frozenset({"sandbox", "notice"})
"""Events that the parent has told already."""


def main() -> int:
    """Serve one order; 130 when there was no more need for it."""
    signal.signal(signal.SIGTERM, _interrupt)
    # The kernel tells us when the parent is gone, however it went.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    connection: Connection[object, object] = Connection(int(sys.argv[1]))
    try:
        order = connection.recv()
        if isinstance(order, Order):
            connection.send(_made(order, connection))
    except (KeyboardInterrupt, EOFError, OSError):
        return 130
    return 0


def _made(order: Order, connection: Connection[object, object]) -> object:
    sample = {"sample": order.asked.sample, "number": order.asked.number}

    def emit(event: Event) -> None:
        if event.name not in QUIET:
            connection.send(replace(event, data={**sample, **event.data}))

    def admit(tree: str) -> None:
        connection.send(Proposed(tree))
        answer = connection.recv()
        if isinstance(answer, Refused):
            raise Rejected(answer)

    try:
        return wiring.make_sample(order, emit, admit)
    except ModelUnavailable as error:
        return Failed(error.message, error.hint, unavailable=True)
    except GitbuddyError as error:
        return Failed(error.message, error.hint)
    except (KeyboardInterrupt, EOFError, BrokenPipeError):
        raise
    except Exception:
        log = crash.write_log(["sampler"])
        return Failed(f"this is a bug in gitbuddy; the details are in: {log}", "please report it with that file")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough, and cleaning up must not be cut short
    raise KeyboardInterrupt


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
