"""`refactor`: the same behaviour in better words; names that others may use stay, unless the task speaks of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitbuddy.core.evidence import Evidence
from gitbuddy.core.kinds import change as change_kind
from gitbuddy.core.kinds.change import pointless
from gitbuddy.core.rules.protected import is_test_path
from gitbuddy.core.syntax import public_names
from gitbuddy.values import Accepted, Change, Refused, Task

__all__ = ["WORDS", "pointless", "prove"]

WORDS = "Refactor as the task says. Behaviour and public names stay the same."


def prove(evidence: Evidence) -> Accepted | Refused:
    lost = [name for change in evidence.patch.changes for name in _lost(change, evidence.task)]
    if lost:
        words = f"public names are gone that the task does not speak of: {', '.join(lost[:5])}"
        return Refused("checks", "public-name-gone", words)
    return change_kind.prove(evidence)


def _lost(change: Change, task: Task) -> Iterator[str]:
    """Public names of a Python module that the change takes away; what we cannot read, the project's checks judge."""
    if change.before is None or not change.path.endswith(".py") or is_test_path(change.path):
        return
    try:
        before, after = (public_names(data, change.path) for data in (change.before, change.after or b""))
    except ValueError:
        return
    spoken = set(re.findall(r"\w+", task.text))
    yield from sorted(name for name in before - after if name.rpartition(".")[2] not in spoken)
