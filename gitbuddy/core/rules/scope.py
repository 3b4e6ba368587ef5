"""What a task may touch: the files it names, and what its kind opens."""

from __future__ import annotations

from collections.abc import Collection

from gitbuddy.config import GuardSettings
from gitbuddy.core.rules.paths import shown
from gitbuddy.core.rules.protected import Protection, is_test_path, protection
from gitbuddy.globs import is_glob, matches
from gitbuddy.values import Kind, Task

_MAKES_FILES = frozenset({Kind.GENERATE, Kind.TRANSLATE, Kind.TEST})


def covers(entry: str, path: str) -> bool:
    """Whether an entry of `task.files` stands for a path: literally, as a folder above it, or as a glob."""
    literal = entry.removeprefix("./")
    if literal == path or path.startswith(literal.rstrip("/") + "/"):
        return True
    return is_glob(literal) and matches(literal, path)


def out_of_scope(path: str, task: Task) -> str | None:
    """Words if the task names files and this one is not among them.

    A task of kind `test` that names only code names what to test: then its scope is every test file.
    """
    if not task.files or any(covers(entry, path) for entry in task.files):
        return None
    if task.kind is Kind.TEST and is_test_path(path) and not any(map(_is_test_entry, task.files)):
        return None
    named = ", ".join(shown(entry) for entry in task.files[:10])
    return f"{shown(path)} is not a file of this task. Change only: {named}"


def new_unasked(path: str, task: Task) -> str | None:
    """Words if a new file is neither named by the task nor what its kind is about."""
    if task.files or task.kind in _MAKES_FILES:
        return None
    return f"{shown(path)} would be a new file, and this task makes none. Change files that are there."


def deletion_unasked(path: str, task: Task) -> str | None:
    """Words if a file that the task does not name would be removed."""
    if any(covers(entry, path) for entry in task.files):
        return None
    return f"{shown(path)} would be removed, and the task does not name it. Leave it in place."


def not_a_test(path: str, task: Task) -> str | None:
    """Words if a task of kind `test` touches anything else than tests."""
    if task.kind is not Kind.TEST or is_test_path(path):
        return None
    return f"{shown(path)} is no test file, and this task may only write tests. Leave the code as it is."


def opened(path: str, task: Task, settings: GuardSettings) -> bool:
    """Whether this file is protected and only the task's files open it; tests for a task of kind `test` need no key."""
    why = protection(path, settings.protect, settings.allow)
    if why is None or (why is Protection.TEST and task.kind is Kind.TEST):
        return False
    return _opened(path, why, task.files, settings)


def protected(path: str, task: Task, settings: GuardSettings) -> str | None:
    """Words if the file is protected and neither the task's kind nor its files open it."""
    why = protection(path, settings.protect, settings.allow)
    if why is None or (why is Protection.TEST and task.kind is Kind.TEST):
        return None
    if _opened(path, why, task.files, settings):
        return None
    return f"{shown(path)} is protected ({why.value}). Reach the goal without changing this file."


def may_change(path: str, task: Task, settings: GuardSettings) -> bool:
    """Whether the guard would let a change of this file through, as far as its path tells."""
    return not (out_of_scope(path, task) or protected(path, task, settings))


def _opened(path: str, why: Protection, files: Collection[str], settings: GuardSettings) -> bool:
    """A literal path opens any file; a glob only what it is clearly about: `tests/**` tests, `**` nothing protected."""
    for entry in files:
        if entry.removeprefix("./") == path:
            return True
        if why is not Protection.LOCKED and covers(entry, path):
            about = protection(_as_glob(entry), settings.protect, settings.allow)
            if about is why:
                return True
    return False


def _as_glob(entry: str) -> str:
    """A folder, named without wildcards, as the glob of everything in it."""
    return entry if is_glob(entry) else entry.rstrip("/") + "/**"


def _is_test_entry(entry: str) -> bool:
    return is_test_path(entry) or is_test_path(_as_glob(entry))
