"""`refactor`: the same behaviour in better words; what others may use stays as it is, unless the task speaks of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from gitbuddy.core.evidence import Coverage, Evidence
from gitbuddy.core.kinds import change as change_kind
from gitbuddy.core.kinds.change import pointless
from gitbuddy.core.languages import language_of, public_api
from gitbuddy.core.rules.protected import is_test_path
from gitbuddy.values import Accepted, Change, Refused, Unverified

__all__ = ["WORDS", "pointless", "prove"]

WORDS = "Refactor as the task says. Behaviour, public names and their parameters stay the same."
_PROSE = (".md", ".rst", ".adoc", ".txt")
_ROUNDING = 0.05
_ANYWHERE = ("c", "c++", "go")
"""Languages in which a name may move to another file of its folder, and nobody notices."""


def prove(evidence: Evidence) -> Accepted | Refused | Unverified:
    changes = [change for change in evidence.patch.changes if not is_test_path(change.path)]
    before, after = _names(changes, old=True), _names(changes, old=False)
    spoken = set(re.findall(r"\w+", evidence.task.text))
    kept = {key: signature for key, signature in before.items() if not _is_spoken_of(key[1], spoken)}
    if gone := [name for place, name in kept if (place, name) not in after]:
        return _refused("public-name-gone", "public names are gone that the task does not speak of", gone)
    if other := [key[1] for key, signature in kept.items() if _differs(signature, after[key])]:
        return _refused("signature-changed", "public signatures changed that the task does not speak of", other)
    proof = change_kind.prove(evidence)
    if not isinstance(proof, Accepted):
        return proof
    covered = _covered(evidence.coverage or Coverage())
    if isinstance(covered, Refused):
        return covered
    return _unread(changes) or Accepted((*proof.shown, *covered.shown), (*proof.doubts, *covered.doubts))


def _covered(coverage: Coverage) -> Accepted | Refused:
    """Whether the tests still run as much of the touched files; a doubt where that could not be measured."""
    base, here = coverage.base, coverage.candidate
    if base is None or here is None:
        return Accepted((), ("how much of the touched files the tests run was not measured",))
    words = f"the tests run {here:.1f} % of the touched files"
    if here < base - _ROUNDING:
        return Refused("checks", "coverage-lower", f"{words}, and {base:.1f} % of them on the base")
    if here < coverage.threshold:
        return Refused("checks", "coverage-low", f"{words}, and {coverage.threshold:.1f} % are asked for")
    return Accepted((f"{words}, {base:.1f} % on the base",))


def _names(changes: Iterable[Change], *, old: bool) -> Mapping[tuple[str, str], str]:
    """(place, name) -> signatures. What cannot be read, the project's checks judge."""
    found: dict[tuple[str, str], set[str]] = {}
    for change in changes:
        if not _is_readable(change):
            continue
        source = change.before if old else change.after
        names = public_api(source or b"", change.path, imported=not old)
        for name, signatures in names.items():
            found.setdefault((_place(change.path), name), set()).update(signatures.split("\n"))
    return {key: "\n".join(sorted(signatures)) for key, signatures in found.items()}


def _is_readable(change: Change) -> bool:
    if language_of(change.path) is None:
        return False
    try:
        for source in (change.before, change.after):
            public_api(source or b"", change.path)
    except ValueError:
        return False
    return True


def _place(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return f"{folder}/*.{name.rpartition('.')[2]}" if language_of(path) in _ANYWHERE else path


def _is_spoken_of(name: str, spoken: set[str]) -> bool:
    return re.split(r"\W+", name.rstrip("!"))[-1] in spoken


def _differs(before: str, after: str) -> bool:
    """A further signature beside those that were there takes nothing away; an empty one is not known."""
    return "" not in (before, after) and not set(before.split("\n")) <= set(after.split("\n"))


def _unread(changes: Iterable[Change]) -> Unverified | None:
    """A file that was changed or removed and whose public names we cannot compare; a new one takes none away."""
    for change in changes:
        if change.before is None or change.path.endswith(_PROSE):
            continue
        if language_of(change.path) is None:
            words = f"gitbuddy cannot compare the public names in this file type: {change.path}"
            return Unverified("no-grammar", words)
        if not _is_readable(change):
            return Unverified("unreadable", f"gitbuddy cannot read this file to compare its names: {change.path}")
    return None


def _refused(reason: str, words: str, names: list[str]) -> Refused:
    return Refused("checks", reason, f"{words}: {', '.join(names[:5])}")
