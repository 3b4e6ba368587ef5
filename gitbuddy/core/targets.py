"""Which code new tests are about: what the task names, else what their names and words point at."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from gitbuddy.core.rules.protected import is_test_path
from gitbuddy.core.rules.scope import covers
from gitbuddy.values import Patch, Task

MOST = 5
"""Files that faults are put into."""
_SOURCES = (".py", ".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".js", ".mjs", ".cjs", ".jsx")
_MORE_SOURCES = (".ts", ".tsx", ".mts", ".go", ".rs", ".java")
_AFFIX = re.compile(r"^test[_-]?|[_-]?tests?$|\.(?:test|spec)$|[_-]spec$", re.IGNORECASE)


def targets(task: Task, patch: Patch, tracked: Collection[str]) -> tuple[str, ...]:
    """Tracked source files, likeliest first."""
    sources = sorted(path for path in tracked if _is_source(path))
    named = [path for path in sources if any(covers(entry, path) for entry in task.files)]
    if named:
        return tuple(named[:MOST])
    stems = {_AFFIX.sub("", PurePosixPath(path).stem).lower() for path in patch.paths} - {""}
    words = set(words_of(patch))
    namesakes = [path for path in sources if PurePosixPath(path).stem.lower() in stems]
    mentioned = [path for path in sources if PurePosixPath(path).stem in words and path not in namesakes]
    return tuple([*namesakes, *mentioned][:MOST])


def words_of(patch: Patch) -> Iterator[str]:
    """The names in the new text of a patch."""
    for change in patch.changes:
        yield from re.findall(r"[A-Za-z_]\w*", (change.after or b"").decode("utf-8", "replace"))


def _is_source(path: str) -> bool:
    return path.endswith((*_SOURCES, *_MORE_SOURCES)) and not is_test_path(path)
