"""Several attempts at once: a process and a worktree for each, the first that is accepted wins, the others are ended.

A process for each keeps the checks' sandboxes apart, and a crash takes nobody else along. What a child says comes over
a socket of its own, as pickled values of ours: both ends are the same program, and no model's bytes are ever unpickled
but as texts inside those values. A tree that one child has begun to check is checked by no other.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path

from gitbuddy.attempts.maker import Asked
from gitbuddy.config import UserSettings
from gitbuddy.errors import GitbuddyError, ModelUnavailable
from gitbuddy.values import Attempt, Context, Emit, Event, Refused, Task, Unverified

GRACE = 15.0
"""Seconds in which a child that is no longer needed puts its worktree back."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a child is to make. `directory` is the user's checkout."""

    directory: Path
    user: UserSettings
    task: Task
    context: Context
    asked: Asked


@dataclass(frozen=True, slots=True)
class Proposed:
    """A child has a tree and asks whether to check it. The answer is a `Refused`, or None for yes."""

    tree: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A child could not make its attempt; the fields are those of a `GitbuddyError`."""

    message: str
    hint: str
    unavailable: bool = False


@dataclass(frozen=True)
class Sampler:
    """Makes rounds of attempts for jobs of one repository. `pin` protects a tree while its job runs."""

    directory: Path
    user: UserSettings
    emit: Emit

    def make(
        self, orders: tuple[Asked, ...], task: Task, context: Context, pin: Callable[[str], None]
    ) -> tuple[Attempt, ...]:
        """The attempts that came to an end, by number, the accepted one last.

        Raises `ModelUnavailable` or `GitbuddyError` when no child could make one.
        """
        with ExitStack() as stack:
            children = [stack.enter_context(_child(number)) for number in (each.number for each in orders)]
            for child, asked in zip(children, orders, strict=True):
                child.connection.send(Order(self.directory, self.user, task, context, asked))
            return _Round(task, children, self.emit, pin).result()


@dataclass(frozen=True)
class _Child:
    number: int
    process: subprocess.Popen[bytes]
    connection: Connection[object, object]


@dataclass
class _Round:
    """One round in progress. `trees` are the children that check a tree, by the tree."""

    task: Task
    children: list[_Child]
    emit: Emit
    pin: Callable[[str], None]
    trees: dict[str, int] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    failures: list[Failed] = field(default_factory=list)

    def result(self) -> tuple[Attempt, ...]:
        talking = {child.connection: child for child in self.children}
        while talking and not self._decided():
            for connection in wait(list(talking)):
                child = talking[connection]  # type: ignore[index]  # `wait` gives back what it was given
                if not self._hear(child):
                    del talking[child.connection]
        if cancelled := len(talking):
            self.emit(Event("samples_cancelled", self.task.id, {"count": cancelled}))
        if not self.attempts:
            raise _gravest(self.failures)
        return tuple(sorted(self.attempts, key=lambda attempt: (_ends(attempt), attempt.number)))

    def _decided(self) -> bool:
        return any(_ends(attempt) for attempt in self.attempts)

    def _hear(self, child: _Child) -> bool:
        """Take one message; whether more will come."""
        try:
            said = child.connection.recv()
        except (EOFError, OSError):
            hint = "run the task again; `git buddy doctor` looks at the machine"
            self.failures.append(
                Failed(f"the process of a sample ended without an answer: attempt {child.number}", hint)
            )
            return False
        if isinstance(said, Event):
            self.emit(said)
        elif isinstance(said, Proposed):
            with suppress(OSError):  # it has just died: the next message says so
                child.connection.send(self._admitted(said.tree, child.number))
        elif isinstance(said, Attempt):
            self.attempts.append(said)
            return False
        elif isinstance(said, Failed):
            self.failures.append(said)
            return False
        return True

    def _admitted(self, tree: str, number: int) -> Refused | None:
        first = self.trees.setdefault(tree, number)
        if first != number:
            return Refused("apply", "repeated", f"this is the same change as in attempt {first}, made at the same time")
        self.pin(tree)
        return None


def _ends(attempt: Attempt) -> bool:
    """Whether the others are no longer needed; what cannot be verified here cannot be of another answer either."""
    return attempt.accepted or isinstance(attempt.verdict, Unverified)


def _gravest(failures: list[Failed]) -> GitbuddyError:
    worst = next((failure for failure in failures if not failure.unavailable), failures[0])
    kind = ModelUnavailable if worst.unavailable else GitbuddyError
    return kind(worst.message, worst.hint)


@contextmanager
def _child(number: int) -> Iterator[_Child]:
    """A child process for the time of the block; when it is no longer needed it is asked to end, then ended."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "gitbuddy.cli.sampler", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            start_new_session=True,  # Ctrl-C reaches us alone: a child that is interrupted twice cannot clean up
        )
        theirs.close()
        connection: Connection[object, object] = Connection(ours.detach())
    try:
        yield _Child(number, process, connection)
    finally:
        connection.close()
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
