"""Processes that are bounded and heard, and trials of a function in them, with other bytes as its file."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import itertools
import json
import os
import random
import resource
import select
import signal
import sys
import time
import warnings
from collections.abc import Iterator
from functools import reduce
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from . import nearby

NEVER, GONE, UNTRIED = "does not end", "ends the process", "not run"
MOST_YIELDED = 50
GRACE = 0.5
MOST_MEMORY, MOST_HEARD = 2 << 30, 8 << 20


def start(*unheard: int) -> tuple[int, int]:
    """A process of its own: its id and where it is heard; in the process itself 0 and where it speaks."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    for number in (reading, *unheard):
        os.close(number)
    os.setpgid(0, 0)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    return 0, writing


def say(pipe: int, value: Any) -> None:
    """One line; None is the last."""
    os.write(pipe, json.dumps(value).encode() + b"\n")


def heard(pid: int, pipe: int, deadline: float, most: int = 1 << 20) -> list[Any]:
    """What a process says until its last word, its end, or the deadline. Then it is ended, with what it started."""
    values: list[Any] = []
    rest, count, data = b"", 0, b"-"
    while data and count < MOST_HEARD and len(values) < most and None not in values[-1:]:
        if not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            break
        data = os.read(pipe, 1 << 16)
        count += len(data)
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            with contextlib.suppress(ValueError, RecursionError):
                values.append(json.loads(line))
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(pipe)
    return values


class Trial:
    """Tries calls of the functions of one file."""

    def __init__(self, path: str, module: str, folders: list[str]) -> None:
        self.path, self.module, self.folders = path, module, folders

    def outcomes(self, data: bytes, calls: list[str], each: float, seconds: float) -> list[str]:
        """One for each call, with these bytes as the file."""
        deadline = time.monotonic() + seconds
        pid, pipe = start()
        if not pid:
            try:
                module = self.imported(data)
                for number, call in enumerate(calls):
                    until = min(time.monotonic() + each, deadline)
                    outcome = self.alone(module, call, until, pipe)
                    if outcome == NEVER and until == deadline:
                        break
                    say(pipe, [number, outcome])
                say(pipe, None)
            finally:
                os._exit(0)
        found = dict.fromkeys(range(len(calls)), UNTRIED)
        for value in heard(pid, pipe, deadline + GRACE):
            if isinstance(value, list) and len(value) == 2 and isinstance(value[0], int) and value[0] in found:
                found[value[0]] = str(value[1])[: 3 * nearby.MOST_OUTCOME]
        return list(found.values())

    def imported(self, data: bytes) -> Any:
        for limit, most in ((resource.RLIMIT_AS, MOST_MEMORY), (resource.RLIMIT_CORE, 0)):
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(limit, (most, resource.getrlimit(limit)[1]))
        warnings.simplefilter("ignore")
        lay_over(self.path, data, data)
        sys.path[:] = self.folders
        try:
            module = importlib.import_module(self.module)
        except ImportError:
            module = None
        if module is None or os.path.realpath(module.__file__ or "") != self.path:
            spec = spec_from_file_location(self.module, self.path)
            assert spec
            assert spec.loader
            module = sys.modules[self.module] = module_from_spec(spec)
            spec.loader.exec_module(module)
        return module

    def alone(self, module: Any, call: str, until: float, unheard: int) -> str:
        """The outcome of a call in a process of its own, which a lasting effect of the call ends with."""
        pid, pipe = start(unheard)
        if not pid:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, max(0.0, until - time.monotonic()) + GRACE)
            try:
                say(pipe, self.outcome(module, call))
            finally:
                os._exit(0)
        values = heard(pid, pipe, until, 1)
        if values:
            return values[0] if isinstance(values[0], str) else UNTRIED
        return GONE if time.monotonic() < until else NEVER

    def outcome(self, module: Any, call: str) -> str:
        shown, function = nearby.shown, self.function(module, call.partition("(")[0])
        if function is None:
            return UNTRIED
        arguments, named = nearby.arguments_of(call)
        given = [*arguments, *named.values()]
        before, own = [shown(value) for value in given], os.getpid()
        random.seed(0)
        try:
            result = function(*arguments, **named)
            text = shown(result)
            if isinstance(result, Iterator):
                text = f"{type(result).__name__} of {shown([*itertools.islice(result, MOST_YIELDED)])}"
        except BaseException as error:
            text = f"raises {type(error).__name__}"
        if os.getpid() != own:
            os._exit(0)
        after = [new for new, old in zip(map(shown, given), before) if new != old]  # noqa: B905
        left = f" and leaves {nearby.cut(', '.join(after))}" if after else ""
        return str(nearby.cut(text)) + left

    def function(self, module: Any, name: str) -> Any:
        """The function itself, without what wraps it; None when that cannot be taken off."""
        found: Any = reduce(lambda value, part: getattr(value, part, None), name.split("."), module)
        inner = inspect.unwrap(getattr(found, "__func__", found))
        code = getattr(inner, "__code__", None)
        if code is None or code.co_name != name.rpartition(".")[2] or os.path.realpath(code.co_filename) != self.path:
            return None
        return inner.__get__(found.__self__) if hasattr(found, "__func__") else inner


def lay_over(path: str, data: bytes, program: Any) -> None:
    """Imports of a path read these bytes and run this program, and forget what was imported or compiled before."""
    read, stat, compiled = SourceFileLoader.get_data, SourceFileLoader.path_stats, SourceFileLoader.source_to_code

    last = Path(path).name

    def is_it(other: str) -> bool:
        return os.fspath(other).endswith(last) and os.path.realpath(other) == path

    def get_data(self: Any, other: str) -> bytes:
        return data if is_it(other) else read(self, other)

    def path_stats(self: Any, other: str) -> Any:
        if is_it(other):
            raise OSError
        return stat(self, other)

    def source_to_code(self: Any, source: Any, other: Any, *more: Any, **named: Any) -> Any:
        return compiled(self, program if is_it(os.fsdecode(other)) else source, other, *more, **named)

    changed: Any = SourceFileLoader
    changed.get_data, changed.path_stats, changed.source_to_code = get_data, path_stats, source_to_code
    sys.dont_write_bytecode = True
    # pytest's own loader, which reads files by itself
    sys.meta_path[:] = [one for one in sys.meta_path if type(one).__name__ != "AssertionRewritingHook"]
    here = Path(__file__).resolve().parent
    for name, module in list(sys.modules.items()):
        file = os.path.realpath(getattr(module, "__file__", None) or os.sep)
        is_ours = name == "__main__" or "site-packages" in file or Path(file).parent == here
        if file.startswith(f"{Path.cwd()}{os.sep}") and not is_ours:
            del sys.modules[name]
