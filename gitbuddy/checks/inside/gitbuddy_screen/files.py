"""The project's files as they stood at the start, and what a candidate changes of them."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import sys
import tokenize
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

from .lines import ROOT, is_foreign

MOST_BYTES, MOST_FILES = 64 << 20, 3000
"""Of what is kept: larger projects are kept in part."""


class Kept:
    """What each file of the project was. A candidate may delete them."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[os.stat_result, bytes]] = {}
        room = MOST_BYTES
        for folder, folders, names in os.walk(ROOT):
            folders[:] = [name for name in folders if not is_foreign(Path(folder, name))]
            for path in (f"{folder}/{name}" for name in names):
                status = os.lstat(path)
                if stat.S_ISREG(status.st_mode) and status.st_size <= room and len(self.files) < MOST_FILES:
                    room -= status.st_size
                    with contextlib.suppress(OSError):
                        self.files[path] = status, Path(path).read_bytes()

    def changed(self) -> list[str]:
        return [path for path, (status, _) in self.files.items() if not _is_same(path, status)]

    def restore(self) -> None:
        for path in self.changed():
            status, data = self.files[path]
            with contextlib.suppress(OSError):
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                Path(path).unlink(missing_ok=True)
                Path(path).write_bytes(data)
                Path(path).chmod(stat.S_IMODE(status.st_mode))
                os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    def lay_over(self, edits: dict[str, Any]) -> None:
        """From here on imports read the files as edited. Raises ValueError and OSError where an edit does not fit."""
        texts = {}
        for name, changes in edits.items():
            path = f"{ROOT}/{name}"
            data = self.files[path][1] if path in self.files else Path(path).read_bytes()
            texts[os.path.realpath(path)] = _edited(data, changes)
        _lay_over(texts)


def _is_same(path: str, status: os.stat_result) -> bool:
    try:
        now = os.lstat(path)
    except OSError:
        return False
    return (now.st_mtime_ns, now.st_size, now.st_mode) == (status.st_mtime_ns, status.st_size, status.st_mode)


def _edited(data: bytes, changes: list[tuple[int, int, str]]) -> bytes:
    encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    text, parts, at = data.decode(encoding), [], 0
    for start, end, new in changes:
        if not at <= start <= end <= len(text):
            raise ValueError(start)
        parts += [text[at:start], new]
        at = end
    return "".join([*parts, text[at:]]).encode(encoding)


def _lay_over(texts: dict[str, bytes]) -> None:
    read, stats = SourceFileLoader.get_data, SourceFileLoader.path_stats

    def get_data(self: SourceFileLoader, path: str) -> bytes:
        data = texts.get(os.path.realpath(path))
        return read(self, path) if data is None else data

    def path_stats(self: SourceFileLoader, path: str) -> Any:
        if os.path.realpath(path) in texts:
            raise OSError  # so that no compiled form of what is on the disk is taken
        return stats(self, path)

    SourceFileLoader.get_data, SourceFileLoader.path_stats = get_data, path_stats  # type: ignore[method-assign, assignment]
    if "_pytest.assertion.rewrite" in sys.modules:
        _leave_unwritten(sys.modules["_pytest.assertion.rewrite"].AssertionRewritingHook, texts)


def _leave_unwritten(hook: Any, texts: dict[str, bytes]) -> None:
    """pytest, which reads the files whose assertions it rewrites by itself, leaves these to the usual import."""
    find = hook.find_spec

    def find_spec(self: Any, *arguments: Any, **named: Any) -> Any:
        spec = find(self, *arguments, **named)
        return None if spec is not None and os.path.realpath(spec.origin) in texts else spec

    hook.find_spec = find_spec
