"""Run inside a sandbox by its self-test: tries to get out and prints what it could do, one word a line.

Arguments: a file of the host, a folder of the host, a TCP port, an abstract socket's name, a variable's name.
It is handed to Python as text, so it imports nothing but the standard library.
"""

from __future__ import annotations

import fcntl
import os
import socket
import sys
import time
from collections.abc import Callable

LOCK = "alive"
"""File in the worktree that a daemon left behind would keep locked."""


def read_file(secret: str) -> None:
    with open(secret) as file:  # noqa: PTH123  pathlib would double the start-up time of this probe
        file.read()


def write_outside(folder: str) -> None:
    with open(folder + "/written", "w") as file:  # noqa: PTH123  as above
        file.write("x")


def connect_tcp(port: str) -> None:
    with socket.create_connection(("127.0.0.1", int(port)), timeout=1):
        pass


def connect_abstract(name: str) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + name)


def see_variable(name: str) -> None:
    os.environ[name]


def listen_on_loopback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), timeout=1):
        pass


def write_worktree() -> None:
    with open(LOCK, "w") as file:  # noqa: PTH123  as above
        file.write("x")


def leave_daemon() -> None:
    """A grandchild in a session of its own that holds a lock for as long as it lives."""
    held = os.open(LOCK, os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            null = os.open("/dev/null", os.O_RDWR)
            for standard in (0, 1, 2):
                os.dup2(null, standard)
            time.sleep(30)
        os._exit(0)


def attempt(word: str, deed: Callable[..., None], *arguments: str) -> None:
    try:
        deed(*arguments)
    except (OSError, KeyError):
        return
    print(word, flush=True)  # noqa: T201  this is its answer


def main(secret: str, outside: str, port: str, abstract: str, variable: str) -> None:
    attempt("host-file", read_file, secret)
    attempt("outside", write_outside, outside)
    attempt("network", connect_tcp, port)
    attempt("abstract-socket", connect_abstract, abstract)
    attempt("environment", see_variable, variable)
    attempt("worktree", write_worktree)
    attempt("loopback", listen_on_loopback)
    attempt("daemon-left", leave_daemon)
    print("done", flush=True)  # noqa: T201  as above


if __name__ == "__main__":
    main(*sys.argv[1:])
