"""The project's lines: which files are its own, and which of their lines run."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Any

ROOT = Path.cwd().resolve()
_INSIDE: dict[str, str] = {}


def inside(file: str) -> str:
    """The path from the current folder of a file of the project; empty for any other."""
    if file not in _INSIDE:
        _INSIDE[file] = _inside(file)
    return _INSIDE[file]


def _inside(file: str) -> str:
    path = ROOT / file
    path = path if ROOT in path.parents else path.resolve()
    if file[:1] in ("", "<") or ROOT not in path.parents:
        return ""
    below = Path(os.path.normpath(path)).relative_to(ROOT)
    return "" if any(is_foreign(ROOT / folder) for folder in below.parents if folder.name) else below.as_posix()


def is_foreign(folder: Path) -> bool:
    """Whether a folder below the project's holds what is not its own."""
    is_known = folder.name.startswith(".") or folder.name in ("site-packages", "node_modules", "__pycache__")
    return is_known or (folder / "pyvenv.cfg").exists()


def loaded() -> dict[str, str]:
    """The file of each module that was imported."""
    files = {name: getattr(module, "__file__", None) for name, module in list(sys.modules.items())}
    return {name: file for name, file in files.items() if isinstance(file, str) and name != "__main__"}


def traced(error: BaseException) -> list[tuple[str, int]]:
    """Where a failure came from, the outermost line first."""
    found, step = [], error.__traceback__
    while step:
        found.append((inside(step.tb_frame.f_code.co_filename), step.tb_lineno))
        step = step.tb_next
    if isinstance(error, SyntaxError):
        found.append((inside(error.filename or ""), error.lineno or 1))
    return [(path, line) for path, line in found if path]


def stack(frame: Any) -> list[tuple[str, int]]:
    """Where a program is, the outermost line first."""
    found = []
    while frame:
        found.append((inside(frame.f_code.co_filename), frame.f_lineno))
        frame = frame.f_back
    return [(path, line) for path, line in reversed(found) if path]


class Lines:
    """The lines of the project that ran since the last `forget`, in all threads."""

    def __init__(self) -> None:
        self.ran: dict[str, set[int]] = {}

    def told(self) -> dict[str, list[int]]:
        return {path: sorted(numbers) for path, numbers in list(self.ran.items())}

    def watch(self) -> None:
        if sys.version_info >= (3, 12):
            _watch(self.ran)
        else:
            _trace(self.ran)

    def forget(self) -> None:
        self.ran.clear()
        if sys.version_info >= (3, 12):
            sys.monitoring.restart_events()


def _watch(ran: dict[str, set[int]]) -> None:
    """Each line tells of itself once, until the events are restarted."""
    if sys.version_info >= (3, 12):
        monitoring, events = sys.monitoring, sys.monitoring.events
        tool = next(number for number in (4, 3, 0, 1, 2, 5) if monitoring.get_tool(number) is None)

        def at_start(code: Any, _: int) -> Any:
            if inside(code.co_filename):
                monitoring.set_local_events(tool, code, events.LINE)
            return monitoring.DISABLE

        def at_line(code: Any, line: int) -> Any:
            ran.setdefault(inside(code.co_filename), set()).add(line)
            return monitoring.DISABLE

        monitoring.use_tool_id(tool, "gitbuddy")
        monitoring.register_callback(tool, events.PY_START, at_start)
        monitoring.register_callback(tool, events.LINE, at_line)
        monitoring.set_events(tool, events.PY_START)


def _trace(ran: dict[str, set[int]]) -> None:
    def at_line(frame: Any, event: str, _: object) -> Any:
        if event == "line":
            ran.setdefault(inside(frame.f_code.co_filename), set()).add(frame.f_lineno)
        return at_line

    def at_call(frame: Any, _: str, __: object) -> Any:
        return at_line if inside(frame.f_code.co_filename) else None

    threading.settrace(at_call)
    sys.settrace(at_call)
