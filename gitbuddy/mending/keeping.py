"""What of a tool's or a model's work is kept: files with fewer complaints than before, and none that is new.

Whatever breaks that is undone, first the lines that brought something new, then the whole file; the other files stay.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from gitbuddy.core.languages import problems
from gitbuddy.core.suppressions import silenced
from gitbuddy.mending.findings import Finding, Findings, news
from gitbuddy.values import Change, Patch

ROUNDS = 4
"""Times that a part of a candidate is taken back before the file is left as it was."""
NEAR = 1
"""Lines from a change within which a new complaint is put down to it."""


@dataclass(frozen=True, slots=True)
class Undone:
    """A file, or a part of one, that was put back, and why."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The files that are better now, what is complained of then, and what was undone."""

    texts: Mapping[str, bytes]
    left: Findings
    undone: tuple[Undone, ...]


Look = Callable[[Mapping[str, bytes]], Findings]
"""What the tools find with these candidates in place."""


def keep(before: Findings, own: Mapping[str, bytes], wanted: Mapping[str, Change], look: Look) -> Kept:
    """Keep what is better of `wanted`, starting from `own`: the candidates that have been kept already.

    `before` is what is complained of with `own` in place. A change goes from there to the new bytes.
    """
    trial = {path: change.after or b"" for path, change in wanted.items()}
    undone: list[Undone] = []
    for path in [path for path in trial if unfit(wanted[path])]:
        undone.append(Undone(path, unfit(wanted[path])))
        del trial[path]
    for left in reversed(range(ROUNDS)):
        if not trial:
            return Kept(own, before, tuple(undone))
        after = look({**own, **trial})
        worse = _worse(before, after, trial)
        if not worse:
            return Kept({**own, **trial}, after, tuple(undone))
        for path, why in worse.items():
            undone.append(Undone(path, why))
            rest = _without(wanted[path].before or b"", trial.pop(path), news(before.of(path), after.of(path)))
            if rest is not None and left and not unfit(replace(wanted[path], after=rest)):
                trial[path] = rest
    return Kept(own, before, tuple(undone))


def unfit(change: Change) -> str:
    """Why a change of a file is none, whatever the tools say; "" if nothing speaks against it."""
    if mark := silenced(Patch((change,))):
        return f"silencing a linter does not mend what it names: {mark}"
    broken = problems(change.after or b"", change.path)
    if broken and not problems(change.before or b"", change.path):
        return f"the result cannot be read: {broken}"
    return ""


def _worse(before: Findings, after: Findings, changed: Collection[str]) -> dict[str, str]:
    """The changed files that are not better, each with the reason; all of them where it cannot be told apart."""
    if unknown := sorted(after.silent - before.silent):
        return dict.fromkeys(changed, f"{unknown[0]} no longer says what it finds")
    if elsewhere := news(before.others, after.others):
        return dict.fromkeys(changed, f"a new complaint elsewhere: {elsewhere[0]}")
    unchanged = [path for path in after.by_file if path not in changed and news(before.of(path), after.of(path))]
    if unchanged:
        return dict.fromkeys(changed, f"a new complaint elsewhere: {unchanged[0]}")
    return {path: why for path in changed if (why := _not_better(before.of(path), after.of(path)))}


def _not_better(before: Sequence[Finding], after: Sequence[Finding]) -> str:
    if fresh := news(before, after):
        return f"a new complaint: {fresh[0]}"
    return "" if len(after) < len(before) else "as many complaints as before"


def _without(before: bytes, after: bytes, fresh: Sequence[Finding]) -> bytes | None:
    """`after` without the changes near new complaints; None where that leaves nothing, or no place is known."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    places = [finding.line - 1 for finding in fresh if finding.line]
    lines: list[bytes] = []
    taken_back = kept = 0
    for tag, i, i_end, j, j_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        near = any(j - NEAR <= place < max(j_end, j + 1) + NEAR for place in places)
        taken_back += tag != "equal" and near
        kept += tag != "equal" and not near
        lines += old[i:i_end] if near else new[j:j_end]
    return b"".join(lines) if taken_back and kept else None
