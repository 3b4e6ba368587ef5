"""A project as its tracked files tell it: what the detectors of checks look at."""

from __future__ import annotations

import configparser
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

_LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Project:
    """Tracked paths at the base commit, a reader of them, and whether a program can be run in the sandbox."""

    paths: frozenset[str]
    read: Callable[[str], bytes | None]
    visible: Callable[[str], bool]

    def has(self, *paths: str) -> bool:
        return not self.paths.isdisjoint(paths)

    def matching(self, *globs: str) -> list[str]:
        """Paths whose last part matches one of the globs, sorted."""
        return sorted(path for path in self.paths if any(PurePosixPath(path).match(glob) for glob in globs))

    def text(self, path: str) -> str:
        """Content of a tracked file; empty if there is none or it is too large to be settings."""
        data = self.read(path) if path in self.paths else None
        return data.decode("utf-8", "replace") if data is not None and len(data) <= _LARGEST else ""

    def toml(self, path: str) -> Mapping[str, Any]:
        """A TOML file; empty if it cannot be read. What is broken on the base is the project's own tools' to report."""
        try:
            return tomllib.loads(self.text(path))
        except (tomllib.TOMLDecodeError, RecursionError):
            return {}

    def json(self, path: str) -> Mapping[str, Any]:
        """A JSON object; empty if it is none."""
        try:
            value = json.loads(self.text(path))
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}

    def sections(self, path: str) -> frozenset[str]:
        """Names of the sections of an INI file."""
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read_string(self.text(path))
        except configparser.Error:
            return frozenset()
        return frozenset(parser.sections())


def table(value: object, *keys: str) -> Mapping[str, Any]:
    """A table inside nested tables; empty if it is missing or is no table."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}
