"""Run inside a sandbox by its self-test: tries to get out and prints what it could do, one word a line.

Arguments: a file of the host, a folder of the host, a folder that may be filled, a TCP port, an abstract socket's name,
a variable's name, and files and folders of the user's home, one a line.
It is handed to Python as text, so it imports nothing but the standard library.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import sys
import time
from collections.abc import Callable

NEW_USER = 0x10000000
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


def fill(folder: str) -> None:
    with open(folder + "/filled", "w") as file:  # noqa: PTH123  as above
        file.write("x")


def read_home(places: str) -> None:
    """Whether any of them can be read; raises `OSError` if none can."""
    for place in places.split("\n"):
        for look in (read_file, os.listdir):
            try:
                look(place)
            except OSError:
                continue
            return
    raise FileNotFoundError(places)


def make_namespace() -> None:
    """In a child: this process is to stay as it is."""
    child = os.fork()
    if child == 0:
        os._exit(1 if ctypes.CDLL(None).unshare(NEW_USER) else 0)
    if os.waitpid(child, 0)[1]:
        raise PermissionError("unshare")


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


def main(*arguments: str) -> None:
    secret, outside, filled, port, abstract, variable, home = arguments
    attempt("host-file", read_file, secret)
    attempt("outside", write_outside, outside)
    attempt("network", connect_tcp, port)
    attempt("abstract-socket", connect_abstract, abstract)
    attempt("environment", see_variable, variable)
    attempt("home", read_home, home)
    attempt("namespace", make_namespace)
    attempt("worktree", write_worktree)
    attempt("writable", fill, filled)
    attempt("loopback", listen_on_loopback)
    attempt("daemon-left", leave_daemon)
    print("done", flush=True)  # noqa: T201  as above


if __name__ == "__main__":
    main(*sys.argv[1:])
