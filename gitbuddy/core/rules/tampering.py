"""Code that would change what the tests say instead of doing what is asked. Only what a patch adds is judged.

The verdict per test catches what such code does; this rule names it before it runs, and catches what no test run can
see, such as an `__eq__` that is always true. Test files are spared: whoever may write them needs their runner.
"""

from __future__ import annotations

import posixpath
import sys
from collections import Counter
from collections.abc import Callable, Collection

from gitbuddy.core.rules.marks import PATTERNS, Mark, pattern_marks
from gitbuddy.core.rules.paths import shown
from gitbuddy.core.rules.protected import is_test_path
from gitbuddy.core.rules.python_marks import python_marks
from gitbuddy.values import Change, Task

_ROOTS = frozenset({"", "src", "lib", "python"})
"""Folders from which Python is often made to import."""
_RUNNERS = frozenset(
    {"pytest", "_pytest", "py", "pluggy", "iniconfig", "xdist", "coverage", "hypothesis", "nose", "nose2", "tox", "nox"}
    | {"conftest", "sitecustomize", "usercustomize", "mock", "exceptiongroup", "tomli", "colorama", "packaging"}
    | {"ruff", "mypy", "flake8", "pylint", "pyflakes", "pycodestyle", "black", "isort", "pyright", "bandit"}
    | {"setuptools", "pkg_resources", "_distutils_hack", "pip"}
)
_MODULES = (frozenset(sys.stdlib_module_names) | _RUNNERS) - {"this", "antigravity", "idlelib", "turtledemo"}
_MODULE_ENDINGS = (".py", ".pyc", ".pyd", ".so", ".pyw")
_HEADERS = frozenset(
    {"assert.h", "stdlib.h", "stdio.h", "signal.h", "setjmp.h", "unistd.h", "cassert", "cstdlib", "cstdio", "csignal"}
    | {"gtest.h", "gmock.h", "catch.hpp", "doctest.h", "unity.h", "cmocka.h"}
)
_HEADER_ROOTS = frozenset({"", "src", "include", "inc", "lib", "gtest", "include/gtest", "catch2", "include/catch2"})


def tampering(change: Change) -> str | None:
    """Words if a file that is no test would get code that can change what the tests say."""
    if change.after is None or is_test_path(change.path):
        return None
    suffix = posixpath.splitext(change.path)[1].lower()
    if suffix not in PATTERNS:
        return None
    added = _added(_marks(change.before or b"", suffix), _marks(change.after, suffix))
    if added is None:
        return None
    return (
        f"{shown(change.path)} would get {shown(added.what)}, which can change what the tests say. Do what is asked in "
        "plain code, without it."
    )


def shadows(path: str, task: Task, names_in: Callable[[str], Collection[str]]) -> str | None:
    """Words if a new file would be found in place of a module of Python, a test runner or a tool of the same name.

    `names_in` gives the names of the files in a folder. What the task names literally was asked for.
    """
    if any(entry.removeprefix("./") == path for entry in task.files):
        return None
    folder, name = posixpath.split(path)
    if name in _HEADERS and folder in _HEADER_ROOTS:
        return _shadowing(path, name)
    stem, ending = posixpath.splitext(name)
    if name == "__init__.py":
        folder, module = posixpath.split(folder)
    else:
        module = stem.split(".")[0] if ending in _MODULE_ENDINGS else ""
    if module.lower() not in _MODULES or not _imports_start(folder, names_in):
        return None
    return _shadowing(path, module)


def _imports_start(folder: str, names_in: Callable[[str], Collection[str]]) -> bool:
    """Whether Python would look for top-level modules here: at the top, and where pytest finds tests of no package."""
    names = names_in(folder) if folder else ()
    if "__init__.py" in names:
        return False
    return folder in _ROOTS or any(is_test_path(f"{folder}/{name}") for name in names)


def _shadowing(path: str, name: str) -> str:
    return f"{shown(path)} would be found in place of another {name} that code and tests rely on. Choose another name."


def _marks(data: bytes, suffix: str) -> Counter[Mark]:
    if suffix.startswith(".py"):
        try:
            return python_marks(data)
        except ValueError:  # not our Python: read as text below
            pass
    return pattern_marks(data.decode("utf-8", "replace").replace("\r\n", "\n"), suffix)


def _added(before: Counter[Mark], after: Counter[Mark]) -> Mark | None:
    """The first mark that is new. Of a common one a file that has it may have more."""
    return next((mark for mark in after if after[mark] > before[mark] and not (mark.common and before[mark])), None)
