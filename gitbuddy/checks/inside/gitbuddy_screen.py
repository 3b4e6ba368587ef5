"""A warm test runner: starts once, and runs chosen tests for each candidate in a process forked for it.

It needs Python 3.9 and either pytest 7 or unittest, and starts by the project's own command, this module on PYTHONPATH:

    <command that starts pytest> -p gitbuddy_screen        as a plugin, which takes the run over
    python -m gitbuddy_screen [argument of unittest ...]   in place of `python -m unittest`

GITBUDDY_SCREEN is `{"requests": path, "answers": path, "workers": 2, "memory": bytes}`; memory 0 is no limit. The host
appends requests to the one file, this program appends answers to the other, one JSON object a line. The first answer is
`{"ready": true}`. It ends when `{"end": true}` was read and all is answered, or when nothing was asked for 60 s.

A request is `{"id": 7, "edits": {"a.py": [[start, end, "text"], ...]}, "tests": [id, ...], "seconds": 2}`. Edits count
the characters of the file as it stood at the start (decoded as Python does, line ends as they are, no byte order mark),
in order and not overlapping; they are laid over the imports and never written. Paths are relative to the current
folder. Ids are those of our reports: pytest's own, and for unittest `tests/test_x.py::Class::test_y` or the dotted name.
Its answer is `{"id": 7, "ended": "passed", "seconds": 0.1}`, in the order in which they end. `ended` is `passed`,
`failed` (a test did; the others were not run), `broken` (they could not be run) or `timeout`. A line that is no request
is answered `{"id": null, "ended": "refused"}`.

With `"trace": true` all named tests run, or all that the command selects where none is named. The answer also has
`"imported": {"a.py": [1, 2]}`, the lines that ran before the first test, and `"tests": [{"id": ..., "ended": "passed" |
"failed" | "skipped" | "timeout", "seconds": s, "lines": {"a.py": [3, 4]}, "trace": [["a.py", 4], ...], "error": ""}]`,
as far as they ended in time: the project's lines that ran in the test, those of the failure from the outermost, and
its last line, 300 characters at most. A file that cannot be collected is a failed test with the file's path as its id. A
test that takes longer than `"each": 5` seconds is a `timeout`; when it will not end, it is the last that is told.

What it answers was said beside the candidate's own code, and so decides what is looked at closely, never what is right.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import os
import resource
import select
import shutil
import signal
import socket
import stat
import sys
import tempfile
import threading
import time
import tokenize
import unittest
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any, Callable, Iterator, Optional

if __name__ != "__main__":
    import pytest

VARIABLE = "GITBUDDY_SCREEN"
ROOT = os.path.realpath(os.getcwd())
MOST_READ, MOST_TOLD = 1 << 16, 32 << 20
MOST_KEPT, MOST_FILES = 64 << 20, 3000
IDLE, LONGEST_START, PAUSE = 60.0, 30.0, 0.003
MOST_BIRTHS = 8
__unittest = True


class Late(BaseException):
    """A test took longer than it may. No `Exception`, so that few programs swallow it."""


class Candidate:
    """This process, which was forked for one request, and the pipe by which it tells how the tests ended."""

    def __init__(self, request: dict[str, Any], pipe: int) -> None:
        self.names, self.traces, self.each = request["tests"], request["trace"], request["each"]
        self.pipe, self.name, self.ended, self.has_failed = pipe, "", "passed", False
        self.lines: dict[str, set[int]] = {}
        self.trace: list[tuple[str, int]] = []
        self.error, self.started, self.is_told = "", 0.0, True

    def collected(self) -> None:
        """What ran until now was imported."""
        if self.traces:
            self.tell({"imported": plain(self.lines)})
            self.forget()

    def begin(self, name: str) -> None:
        self.name, self.ended, self.trace, self.error = name, "passed", [], ""
        self.started, self.is_told = time.monotonic(), False
        if self.traces:
            signal.signal(signal.SIGALRM, self.late)
            signal.setitimer(signal.ITIMER_REAL, self.each, 1.0)

    def skip(self) -> None:
        self.ended = "skipped" if self.ended == "passed" else self.ended

    def fail(self, error: BaseException) -> None:
        self.has_failed = True
        if not self.traces:
            self.finish("failed")
        if self.ended != "failed":
            self.ended, self.trace, self.error = "failed", traced(error), last_line(error)

    def end(self) -> None:
        if self.traces:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.report()
            self.forget()

    def uncollected(self, file: str, error: BaseException) -> None:
        if self.traces:
            self.has_failed = True
            facts = {"id": file, "ended": "failed", "seconds": 0.0, "lines": {}}
            self.tell({"test": {**facts, "trace": traced(error), "error": last_line(error)}})

    def forget(self) -> None:
        self.lines.clear()
        if sys.version_info >= (3, 12):
            sys.monitoring.restart_events()

    def late(self, _: int, frame: Any) -> None:
        self.has_failed = True
        if self.is_told:  # it has swallowed the first
            self.finish("failed")
        self.ended, self.error, self.trace = "timeout", "", stack(frame)
        self.report()
        raise Late

    def report(self) -> None:
        if not self.is_told:
            self.is_told = True
            passed = round(time.monotonic() - self.started, 4)
            facts = {"id": self.name, "ended": self.ended, "seconds": passed, "lines": plain(self.lines)}
            self.tell({"test": {**facts, "trace": self.trace, "error": self.error}})

    def tell(self, value: object) -> None:
        data = json.dumps(value).encode() + b"\n"
        while data:
            data = data[os.write(self.pipe, data) :]

    def finish(self, ended: str) -> None:
        with contextlib.suppress(OSError):
            self.tell({"ended": ended})
        os._exit(0)


def plain(lines: dict[str, set[int]]) -> dict[str, list[int]]:
    return {path: sorted(numbers) for path, numbers in list(lines.items())}


def traced(error: BaseException) -> list[tuple[str, int]]:
    found, walk = [], error.__traceback__
    while walk:
        found.append((inside(walk.tb_frame.f_code.co_filename), walk.tb_lineno))
        walk = walk.tb_next
    if isinstance(error, SyntaxError):
        found.append((inside(error.filename or ""), error.lineno or 1))
    return [(path, line) for path, line in found if path]


def stack(frame: Any) -> list[tuple[str, int]]:
    found = []
    while frame:
        found.append((inside(frame.f_code.co_filename), frame.f_lineno))
        frame = frame.f_back
    return [(path, line) for path, line in reversed(found) if path]


def last_line(error: BaseException) -> str:
    try:
        words = f"{type(error).__name__}: {error}"
    except Exception:
        words = type(error).__name__
    return (words.strip().splitlines() or [""])[-1][:300]


_INSIDE: dict[str, str] = {}


def inside(file: str) -> str:
    """The path from the current folder of a file of the project; empty for any other."""
    if file not in _INSIDE:
        _INSIDE[file] = _inside(file)
    return _INSIDE[file]


def _inside(file: str) -> str:
    path = os.path.join(ROOT, file)
    path = path if path.startswith(ROOT + os.sep) else os.path.realpath(path)
    if file[:1] in ("", "<") or not path.startswith(ROOT + os.sep):
        return ""
    parts = path[len(ROOT) + 1 :].split(os.sep)
    folders = [os.sep.join([ROOT, *parts[:count]]) for count in range(1, len(parts))]
    return "" if any(map(is_foreign, folders)) else "/".join(parts)


def is_foreign(folder: str) -> bool:
    name = os.path.basename(folder)
    is_known = name[:1] == "." or name in ("site-packages", "node_modules", "__pycache__")
    return is_known or os.path.exists(os.path.join(folder, "pyvenv.cfg"))


def trace_into(lines: dict[str, set[int]]) -> None:
    """From here on each line of the project that runs is noted."""

    def note(code: Any, line: int) -> Any:
        lines.setdefault(inside(code.co_filename), set()).add(line)
        return disabled

    def at_line(frame: Any, event: str, _: object) -> Any:
        if event == "line":
            note(frame.f_code, frame.f_lineno)
        return at_line

    def at_call(frame: Any, _: str, __: object) -> Any:
        return at_line if inside(frame.f_code.co_filename) else None

    def at_start(code: Any, _: int) -> Any:
        if inside(code.co_filename):
            monitoring.set_local_events(tool, code, monitoring.events.LINE)
        return disabled

    disabled = None
    if sys.version_info >= (3, 12):
        monitoring, disabled = sys.monitoring, sys.monitoring.DISABLE
        tool = next(number for number in (4, 3, 0, 1, 2, 5) if monitoring.get_tool(number) is None)
        monitoring.use_tool_id(tool, "gitbuddy")
        monitoring.register_callback(tool, monitoring.events.PY_START, at_start)
        monitoring.register_callback(tool, monitoring.events.LINE, note)
        monitoring.set_events(tool, monitoring.events.PY_START)
    else:
        threading.settrace(at_call)
        sys.settrace(at_call)


def edited(data: bytes, edits: list[Any]) -> bytes:
    encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    text, parts, at = data.decode(encoding), [], 0
    for start, end, new in edits:
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]]).encode(encoding)


def lay_over(files: dict[str, bytes]) -> None:
    """Imports of these paths read these bytes, and no compiled form of what is on the disk."""
    read, stats = SourceFileLoader.get_data, SourceFileLoader.path_stats

    def get_data(self: SourceFileLoader, path: str) -> bytes:
        return files[os.path.realpath(path)] if os.path.realpath(path) in files else read(self, path)

    def path_stats(self: SourceFileLoader, path: str) -> Any:
        if os.path.realpath(path) in files:
            raise OSError
        return stats(self, path)

    SourceFileLoader.get_data, SourceFileLoader.path_stats = get_data, path_stats  # type: ignore[method-assign, assignment]
    rewrite = sys.modules.get("_pytest.assertion.rewrite")
    if rewrite is not None:  # it reads files by itself
        hook: Any = rewrite.AssertionRewritingHook
        find = hook.find_spec

        def find_spec(self: Any, *arguments: Any, **named: Any) -> Any:
            spec = find(self, *arguments, **named)
            return spec if spec is None or os.path.realpath(spec.origin) not in files else None

        hook.find_spec = find_spec


def loaded() -> dict[str, str]:
    files = {name: getattr(module, "__file__", None) for name, module in list(sys.modules.items())}
    return {name: file for name, file in files.items() if isinstance(file, str) and not name.startswith("__m")}


class Kept:
    """The project's files as they stood at the start, which a candidate may delete."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[os.stat_result, bytes]] = {}
        total = 0
        for folder, folders, names in os.walk(ROOT):
            folders[:] = [name for name in folders if not is_foreign(os.path.join(folder, name))]
            for path in (os.path.join(folder, name) for name in names):
                status = os.lstat(path)
                total += status.st_size
                if stat.S_ISREG(status.st_mode) and total < MOST_KEPT and len(self.files) < MOST_FILES:
                    with contextlib.suppress(OSError):
                        self.files[path] = (status, Path(path).read_bytes())

    def changed(self) -> list[str]:
        return [path for path, (status, _) in self.files.items() if not is_same(path, status)]

    def restore(self) -> None:
        for path in self.changed():
            status, data = self.files[path]
            with contextlib.suppress(OSError):
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)
                Path(path).write_bytes(data)
                os.chmod(path, stat.S_IMODE(status.st_mode))
                os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        os.chdir(ROOT)

    def lay_over(self, edits: dict[str, Any]) -> None:
        paths = {name: os.path.join(ROOT, name) for name in edits}
        texts = {
            path: self.files[path][1] if path in self.files else Path(path).read_bytes() for path in paths.values()
        }
        lay_over({os.path.realpath(path): edited(texts[path], edits[name]) for name, path in paths.items()})


def is_same(path: str, status: os.stat_result) -> bool:
    try:
        now = os.lstat(path)
    except OSError:
        return False
    return (now.st_mtime_ns, now.st_size, now.st_mode) == (status.st_mtime_ns, status.st_size, status.st_mode)


class Zygote:
    """A process that forks one for each request it is sent. `files` are those of the project that it has loaded."""

    def __init__(self, screen: Screen, is_warm: bool) -> None:
        self.socket, theirs = socket.socketpair()
        self.socket.settimeout(LONGEST_START)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.setpgid(0, 0)
                self.socket.close()
                os.close(screen.answers)
                self.live(theirs, screen, is_warm)
            finally:
                os._exit(70)
        theirs.close()
        self.files = json.loads(self.receive() or b"[]")
        self.is_alive = self.was_alive = bool(self.files)

    def live(self, theirs: socket.socket, screen: Screen, is_warm: bool) -> None:
        for name in screen.names or []:
            with contextlib.suppress(Exception):
                importlib.import_module(name)
        if is_warm:
            screen.kind.run(lambda: wait(theirs, screen))
        candidate = wait(theirs, screen)
        for name in [name for name, file in loaded().items() if inside(file)]:
            del sys.modules[name]
        screen.kind.run(lambda: candidate)

    def receive(self) -> bytes:
        try:
            return received(self.socket, int.from_bytes(received(self.socket, 8), "big"))
        except OSError:
            return b""

    def fork(self, request: dict[str, Any], pipe: int) -> int:
        """The candidate's process; 0 if there is none."""
        try:
            data = json.dumps(request).encode()
            socket.send_fds(self.socket, [len(data).to_bytes(8, "big")], [pipe])
            self.socket.sendall(data)
            answer = int(self.receive() or b"0")
        except OSError:
            answer = 0
        self.is_alive = answer > 0
        return answer

    def end(self) -> None:
        self.socket.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def received(ours: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = ours.recv(size - len(data))
        if not more:
            raise OSError
        data += more
    return data


def send(ours: socket.socket, data: bytes) -> None:
    ours.sendall(len(data).to_bytes(8, "big") + data)


def wait(ours: socket.socket, screen: Screen) -> Candidate:
    """Serve as a zygote; what returns is the candidate, in a process of its own."""
    send(ours, json.dumps([*filter(None, map(inside, loaded().values())), "-"]).encode())
    gc.collect()
    gc.freeze()  # else each child would go through, and so copy, all that was there before it
    children: list[int] = []
    while True:
        head, pipes, _, _ = socket.recv_fds(ours, 8, 1)
        if not head:
            os._exit(0)
        request = json.loads(received(ours, int.from_bytes(head, "big")))
        pid = os.fork()
        if pid == 0:
            ours.close()
            return become(request, pipes[0], screen)
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)
        os.close(pipes[0])
        children = [child for child in [*children, pid] if os.waitpid(child, os.WNOHANG)[0] == 0]
        send(ours, str(pid).encode())


def become(request: dict[str, Any], pipe: int, screen: Screen) -> Candidate:
    candidate = Candidate(request, pipe)
    try:
        os.chdir(ROOT)
        os.environ["TMPDIR"] = tempfile.tempdir = request["folder"]
        if screen.memory:
            resource.setrlimit(resource.RLIMIT_AS, (screen.memory, screen.memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        screen.kept.lay_over(request["edits"])
        if request["trace"]:
            trace_into(candidate.lines)
    except Exception:
        candidate.finish("broken")
    return candidate


class Running:
    """A candidate on its way, and what it told."""

    def __init__(self, request: dict[str, Any], pid: int, pipe: int) -> None:
        self.request, self.pid, self.pipe = request, pid, pipe
        self.started = time.monotonic()
        self.deadline = self.started + request["seconds"]
        self.told, self.ended = bytearray(), ""

    def read(self) -> None:
        data = os.read(self.pipe, MOST_READ)
        self.told += data
        last = self.told.rfind(b"\n", 0, -1) + 1
        if not data or len(self.told) > MOST_TOLD or (data.endswith(b"\n") and self.told.startswith(b'{"ended"', last)):
            self.ended = "broken"

    def answer(self) -> dict[str, Any]:
        ended, tests, imported = self.ended, [], {}
        for line in self.told.split(b"\n"):
            with contextlib.suppress(ValueError, TypeError, AttributeError):
                value = json.loads(line)
                ended = value.get("ended", ended) if self.ended != "timeout" else ended
                tests += [value["test"]] if "test" in value else []
                imported = value.get("imported", imported)
        facts = {"id": self.request["id"], "ended": ended, "seconds": round(time.monotonic() - self.started, 4)}
        return {**facts, "tests": tests, "imported": imported} if self.request["trace"] else facts


class Screen:
    """The requests that wait, and the candidates that run."""

    def __init__(self, settings: dict[str, Any], kind: Any) -> None:
        self.workers, self.memory, self.kind = int(settings["workers"]), int(settings["memory"]), kind
        self.source, self.requests = -1, settings["requests"]
        self.answers = os.open(settings["answers"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.waiting: list[dict[str, Any]] = []
        self.running: list[Running] = []
        self.zygotes: dict[bool, Zygote] = {}
        self.names: Optional[list[str]] = None
        self.unread, self.is_open, self.is_hurt, self.births = b"", True, False, 0
        self.heard, self.number = time.monotonic(), 0

    def run(self) -> None:
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in range(3):
            os.dup2(nothing, number)
        self.answer({"ready": True})
        with tempfile.TemporaryDirectory(prefix="s") as self.folder:
            sys.pycache_prefix, sys.dont_write_bytecode = os.path.join(self.folder, "c"), True
            self.kept = Kept()
            while self.is_open or self.waiting or self.running:
                self.step()
            for zygote in self.zygotes.values():
                zygote.end()
        os._exit(0)

    def step(self) -> None:
        self.read()
        if self.is_hurt and not self.running:
            self.kept.restore()
            self.is_hurt = False
        while self.waiting and len(self.running) < self.workers and not self.is_hurt:
            self.start(self.waiting.pop(0))
        now = time.monotonic()
        until = min([one.deadline for one in self.running] + [now + (PAUSE if self.is_open else IDLE)])
        ready = select.select([one.pipe for one in self.running], [], [], max(0.0, until - now))[0]
        for one in list(self.running):
            if one.pipe in ready:
                one.read()
            elif one.deadline <= time.monotonic():
                one.ended = "timeout"
            if one.ended:
                self.finish(one)
        if not self.running and not self.waiting and time.monotonic() - self.heard > IDLE:
            self.is_open = False

    def answer(self, value: dict[str, Any]) -> None:
        data = json.dumps(value).encode() + b"\n"
        while data:
            data = data[os.write(self.answers, data) :]

    def read(self) -> None:
        with contextlib.suppress(OSError):
            if self.is_open and self.source < 0:
                self.source = os.open(self.requests, os.O_RDONLY)
        data = os.read(self.source, MOST_READ) if self.is_open and self.source >= 0 else b""
        if not data:
            return
        self.heard = time.monotonic()
        *lines, self.unread = (self.unread + data).split(b"\n")
        for line in lines:
            try:
                value = json.loads(line)
                self.is_open = self.is_open and not value.get("end")
                self.waiting += [checked(value)] if "end" not in value else []
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                self.answer({"id": None, "ended": "refused"})

    def start(self, request: dict[str, Any]) -> None:
        self.number += 1
        request["folder"] = os.path.join(self.folder, str(self.number))
        if self.names is None:
            self.names = self.foreign(request)
        os.mkdir(request["folder"])
        reading, writing = os.pipe()
        pid = next(filter(None, (zygote.fork(request, writing) for zygote in self.fitting(request))), 0)
        os.close(writing)
        self.running.append(Running(request, pid, reading))

    def fitting(self, request: dict[str, Any]) -> Iterator[Zygote]:
        """Zygotes that have loaded nothing of what is edited; lines that it ran before are only seen by the bare one."""
        warm = self.zygote(True)
        if warm.is_alive and not request["trace"] and not set(request["edits"]).intersection(warm.files):
            yield warm
        yield self.zygote(False)
        yield self.zygote(False)

    def zygote(self, is_warm: bool) -> Zygote:
        there = self.zygotes.get(is_warm)
        if there is None or (there.was_alive and not there.is_alive and self.births < MOST_BIRTHS):
            if there:
                there.end()
            self.births += 1
            self.zygotes[is_warm] = Zygote(self, is_warm)
        return self.zygotes[is_warm]

    def finish(self, one: Running) -> None:
        if one.pid:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(one.pid, signal.SIGKILL)
        os.close(one.pipe)
        self.running.remove(one)
        shutil.rmtree(one.request["folder"], ignore_errors=True)
        self.is_hurt = self.is_hurt or bool(self.kept.changed())
        self.heard = time.monotonic()
        self.answer(one.answer())

    def foreign(self, request: dict[str, Any]) -> list[str]:
        """Modules that the tests import and that are not the project's; a process of its own finds out."""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.setpgid(0, 0)
                os.close(self.answers)
                sys.dont_write_bytecode = False
                candidate = Warming({**request, "trace": False}, writing)
                self.kind.run(lambda: candidate)
            finally:
                os._exit(70)
        os.close(writing)
        one = Running({**request, "seconds": LONGEST_START}, pid, reading)
        while not one.ended and select.select([reading], [], [], max(0.0, one.deadline - time.monotonic()))[0]:
            one.read()
            one.deadline = min(one.deadline, time.monotonic() + request["seconds"])
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(reading)
        self.kept.restore()
        told = [line for line in one.told.split(b"\n") if line.startswith(b'["')]
        return [str(name) for name in json.loads(told[-1])] if told else []


def checked(value: dict[str, Any]) -> dict[str, Any]:
    """The request; raises ValueError and the like for what is none."""
    edits = {str(path): [(int(a), int(b), str(text)) for a, b, text in some] for path, some in value["edits"].items()}
    seconds, each = float(value["seconds"]), float(value.get("each", 5))
    if not (0 < seconds < 1e6 and 0 < each < 1e6) or any(
        path.startswith("/") or ".." in path.split("/") for path in edits
    ):
        raise ValueError
    facts = {"id": value["id"], "edits": edits, "tests": [str(name) for name in value["tests"]]}
    return {**facts, "seconds": seconds, "each": each, "trace": bool(value.get("trace"))}


class Warming(Candidate):
    """Runs the tests as they are, and tells what was imported."""

    def collected(self) -> None:
        self.tell([name for name, file in loaded().items() if not inside(file)])

    def fail(self, error: BaseException) -> None:
        pass

    def end(self) -> None:
        self.collected()


class Pytest:
    """Runs by pytest, with the options of the command. The zygote is one with plugins and conftests loaded."""

    def __init__(self, words: list[str]) -> None:
        self.words = [word for word in words if word != "-p" + __name__]
        for at in reversed(
            [at for at, word in enumerate(self.words) if word == __name__ and self.words[at - 1] == "-p"]
        ):
            del self.words[at - 1 : at + 1]

    def run(self, become: Callable[[], Candidate]) -> None:
        """With `become` called once plugins and conftests are loaded."""
        plugin = Plugin(become)
        cache = os.path.join(tempfile.gettempdir(), "cache")
        pytest.main(["-o", f"cache_dir={cache}", *self.words], plugins=[plugin])
        if plugin.candidate:
            plugin.candidate.finish("failed" if plugin.candidate.has_failed else "broken")


def hook(function: Any) -> Any:
    return pytest.hookimpl(hookwrapper=True, tryfirst=True)(function) if __name__ != "__main__" else function


class Plugin:
    """Of one session. What measures and what spreads over processes is off."""

    def __init__(self, become: Callable[[], Candidate]) -> None:
        self.become = become
        self.candidate: Any = None

    @hook
    def pytest_load_initial_conftests(self, early_config: Any) -> Iterator[None]:
        vars(early_config.known_args_namespace).update(capture="no", cov_source=None)
        yield

    @hook
    def pytest_cmdline_main(self, config: Any) -> Iterator[None]:
        vars(config.option).update(numprocesses=None, distload=False, dist="no", tx=[], tbstyle="native", usepdb=False)
        yield

    @hook
    def pytest_collection(self, session: Any) -> Iterator[None]:
        self.candidate, config = self.become(), session.config
        traces, top = self.candidate.traces, str(config.rootpath)
        names = self.candidate.names
        if names:
            config.args = names if os.path.realpath(top) == ROOT else [os.path.join(top, name) for name in names]
        vars(config.option).update(maxfail=0 if traces else 1, continue_on_collection_errors=traces)
        yield

    @hook
    def pytest_exception_interact(self, node: Any, call: Any) -> Iterator[None]:
        if isinstance(node, pytest.Collector):
            error = call.excinfo.value
            is_told = isinstance(error, node.CollectError) and error.__cause__
            self.candidate.uncollected(node.nodeid.partition("::")[0], error.__cause__ if is_told else error)
        yield

    @hook
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        self.candidate.begin(item.nodeid)
        yield
        self.candidate.end()

    @hook
    def pytest_runtest_makereport(self, call: Any) -> Iterator[None]:
        report = (yield).get_result()  # type: ignore[func-returns-value]
        if report.failed:
            self.candidate.fail(call.excinfo.value if call.excinfo else AssertionError(str(report.longrepr)))
        elif report.skipped:
            self.candidate.skip()

    @hook
    def pytest_runtestloop(self, session: Any) -> Iterator[None]:
        self.candidate.collected()
        outcome: Any = yield
        if self.candidate.has_failed:
            self.candidate.finish("failed")
        self.candidate.finish("broken" if outcome.excinfo or not session.items else "passed")


class Unittest:
    """Runs by unittest, with the arguments of the command."""

    def __init__(self, words: list[str]) -> None:
        self.words = words

    def run(self, become: Callable[[], Candidate]) -> None:
        candidate = become()

        class Runner(unittest.TextTestRunner):
            def run(self, test: Any) -> Any:
                run_suite(candidate, test)

        argv = ["python -m unittest", *self.words]
        unittest.main(module=None, argv=argv, testRunner=Runner, testLoader=Loader(candidate.names), exit=False)


class Loader(unittest.TestLoader):
    """Discovers only the files of the named tests."""

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.files = {name.partition("::")[0] for name in names}
        self.is_open = not names or any(not file.endswith(".py") for file in self.files)

    def _match_path(self, path: str, full_path: str, pattern: str) -> bool:
        is_named = self.is_open or inside(full_path) in self.files
        return is_named and super()._match_path(path, full_path, pattern)  # type: ignore[misc, no-any-return]


class Result(unittest.TestResult):
    """Tells the candidate."""

    def __init__(self, candidate: Candidate) -> None:
        super().__init__()
        self.candidate = candidate

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self.candidate.begin(id_of(test))

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        self.candidate.end()

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        self.candidate.fail(err[1])

    addFailure = addError

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self.candidate.skip()

    addExpectedFailure = addSkip

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        self.candidate.fail(AssertionError("unexpected success"))

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:
        if err:
            self.candidate.fail(err[1])


def run_suite(candidate: Candidate, suite: Any) -> None:
    candidate.collected()
    found = {test: {id_of(test), test.id()} for test in tests_in(suite)}
    chosen = [test for test, ids in found.items() if not candidate.names or ids.intersection(candidate.names)]
    failing = [test for test in chosen if type(test).__name__ == "_FailedTest"]
    for test in failing:
        candidate.uncollected(id_of(test), test._exception)
    good = [test for test in chosen if test not in failing]
    if not candidate.traces and (failing or len(chosen) < len(set(candidate.names))):
        candidate.finish("broken")
    unittest.TestSuite(good).run(Result(candidate))
    candidate.finish("failed" if candidate.has_failed else "passed" if good else "broken")


def tests_in(suite: Any) -> Iterator[Any]:
    if isinstance(suite, unittest.TestSuite):
        for part in suite:
            yield from tests_in(part)
    else:
        yield suite


def id_of(test: Any) -> str:
    """As in our reports."""
    name = test.id()
    if type(test).__name__ == "_FailedTest":
        name = name.partition("_FailedTest.")[2]
        files = (inside(os.path.join(folder, *name.split(".")) + ".py") for folder in sys.path)
        return next((file for file in files if file and os.path.isfile(file)), name)
    file = inside(getattr(sys.modules.get(type(test).__module__), "__file__", None) or "")
    return f"{file}::{type(test).__qualname__}::{name.rpartition('.')[2]}" if file else name


if VARIABLE in os.environ:
    _settings = json.loads(os.environ.pop(VARIABLE))
    Screen(_settings, (Unittest if __name__ == "__main__" else Pytest)(sys.argv[1:])).run()
