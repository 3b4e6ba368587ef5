"""Which checks a project has, from its tracked files alone.

A table of small detectors. A check whose program is missing is still named (it cannot run, and that is said), save for
linters that the project does not ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import PurePosixPath

from gitbuddy.checks import compiled, make, node, python
from gitbuddy.checks.project import Project
from gitbuddy.values import Check, CheckKind

Detector = Callable[[Project], list[Check]]

DETECTORS: tuple[Detector, ...] = (
    python.checks,
    node.checks,
    compiled.cmake,
    compiled.cargo,
    compiled.go,
    compiled.maven,
)

LANGUAGES: Mapping[str, str] = {
    ".py": "python",
    ".pyi": "python",
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".jsx": "javascript",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "typescript",
    ".c": "c",
    ".h": "c",
    ".cc": "c++",
    ".cpp": "c++",
    ".cxx": "c++",
    ".hpp": "c++",
    ".hh": "c++",
    ".rs": "rust",
    ".go": "go",
    ".java": "java",
    ".kt": "kotlin",
    ".sh": "shell",
    ".bash": "shell",
    ".rb": "ruby",
    ".php": "php",
    ".css": "css",
    ".html": "html",
    ".md": "markdown",
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".toml": "toml",
}


def _none(program: str) -> bool:
    return False


def detect(
    paths: Collection[str], read: Callable[[str], bytes | None], visible: Callable[[str], bool] = _none
) -> tuple[Check, ...]:
    """The project's checks, in the order in which they run.

    `paths` are the tracked files at the base commit, `read` gives their bytes, `visible` tells whether a program can be
    run in the sandbox; it adds linters that the project has not asked for.
    """
    project = Project(frozenset(paths), read, visible)
    found = [check for detector in DETECTORS for check in detector(project)]
    return in_order((*found, *make.checks(project, found)))


def in_order(checks: Collection[Check]) -> tuple[Check, ...]:
    """Cheap and telling kinds first: lint, types, build, test, coverage; within a kind as given."""
    order = list(CheckKind)
    return tuple(sorted(checks, key=lambda check: order.index(check.kind)))


def languages(paths: Collection[str]) -> frozenset[str]:
    """Languages of these files, by their suffix."""
    found = (LANGUAGES.get(PurePosixPath(path).suffix.lower()) for path in paths)
    return frozenset(name for name in found if name)
