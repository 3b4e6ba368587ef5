"""The program that runs a GGUF file: llama.cpp's own server, out of the wheel `xllamacpp`.

`python -m gitbuddy.proposers.llama --model FILE --window N --slots N` reads a key from the first line of its input
("" for none), prints its address, and ends when its input does, that is, with whoever started it. It is a process of
its own because loading cannot be interrupted or bounded from within, and because a fault in it must end a call and not
a job.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

import xllamacpp

ERRORS = 1
"""How much it says: errors only."""


def serve(options: argparse.Namespace, key: str) -> xllamacpp.Server:
    """Serve this file on a free port of 127.0.0.1; each of the slots has the whole window. Raises RuntimeError."""
    settings = xllamacpp.CommonParams()
    settings.model.path = str(options.model)
    settings.model_alias = {options.name or options.model.stem}
    settings.n_ctx = options.window * options.slots
    settings.n_parallel = options.slots
    if options.threads:
        settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = options.threads
    settings.api_keys = [key] if key else []
    settings.warmup = False
    settings.ui = False
    settings.verbosity = ERRORS
    return xllamacpp.Server(settings)


def end_with_input() -> None:
    """End as soon as the input does, even in the middle of loading, when no line of Python is run.

    The kernel sends SIGIO when the other end of the pipe is closed, and whoever does not handle it is ended by it.
    """
    if not stat.S_ISFIFO(os.fstat(0).st_mode):
        return  # a terminal would send it with every key that is pressed
    fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until the input ends."""
    parser = argparse.ArgumentParser(prog="python -m gitbuddy.proposers.llama", description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--window", type=int, default=8192, help="tokens of each slot")
    parser.add_argument("--slots", type=int, default=1, help="calls at once")
    parser.add_argument("--threads", type=int, default=0, help="processors to use (default: llama.cpp decides)")
    parser.add_argument("--name", help="name of the model (default: that of the file)")
    options = parser.parse_args(arguments)
    key = sys.stdin.readline().strip()
    end_with_input()
    try:
        server = serve(options, key)
    except RuntimeError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()
    # Its threads need no farewell, and one of them may be in the middle of an answer.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
