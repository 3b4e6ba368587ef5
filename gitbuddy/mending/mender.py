"""The files in hand, mended: by tools first, and what they leave by a small model, as long as there is time.

look -> tools mend -> look again, keep what is better -> for each complaint: ask, look again, keep what is better
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gitbuddy.errors import GitbuddyError
from gitbuddy.mending.bench import Bench
from gitbuddy.mending.findings import Findings
from gitbuddy.mending.keeping import Kept, Undone, keep
from gitbuddy.mending.repair import Repaired, Repairer
from gitbuddy.mending.within import NoTime, within
from gitbuddy.values import Change

NOTHING = Findings({})


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of the files in hand.

    `changes` go from the bytes in hand to those that are better. `found` is what was complained of, `left` what still
    is. `by_model` are the files in which a model's words stand, `model` its name. `notes` say what could not be done.
    """

    changes: tuple[Change, ...]
    found: Findings
    left: Findings
    undone: tuple[Undone, ...] = ()
    by_model: tuple[str, ...] = ()
    model: str = ""
    notes: tuple[str, ...] = ()

    def with_unseen(self, in_hand: Findings) -> Mended:
        """With the complaints that a look at the files in hand told and none in the worktree did: they still stand.

        Such a file was left out, or there was no time for it.
        """
        seen = {*self.found.by_file, *(change.path for change in self.changes)}
        unseen = {path: own for path, own in in_hand.by_file.items() if path not in seen}
        found = replace(self.found, by_file={**self.found.by_file, **unseen})
        return replace(self, found=found, left=replace(self.left, by_file={**self.left.by_file, **unseen}))


Hire = Callable[[], Repairer]
"""Finds a model that repairs; raises `GitbuddyError` where there is none, `NoTime` where finding one takes too long."""


def mend(bench: Bench, files: Sequence[str], hire: Hire | None) -> Mended:
    """Mend `files` as far as that can be shown; without time to show it, nothing is changed. `hire` None: no model."""
    try:
        found = bench.look({}, files)
    except NoTime:
        return Mended((), NOTHING, NOTHING, notes=("no time was left to look at the files in a worktree",))
    notes: tuple[str, ...] = ()
    try:
        kept = _by_tools(bench, files, found)
    except NoTime:
        kept = Kept({}, found, ())
        notes = ("no time was left to show that what the tools mended is better",)
    repaired = _by_model(bench, files, kept, hire) if hire and kept.left.all else Repaired(kept)
    texts = repaired.kept.texts
    return Mended(
        changes=tuple(bench.change(path, texts[path]) for path in sorted(texts)),
        found=found,
        left=repaired.kept.left,
        undone=repaired.kept.undone,
        by_model=repaired.files,
        model=repaired.model if repaired.files else "",
        notes=(*notes, *repaired.notes),
    )


def _by_model(bench: Bench, files: Sequence[str], kept: Kept, hire: Hire) -> Repaired:
    try:
        repairer = within(bench.left, hire)
    except NoTime:
        return Repaired(kept, notes=("no model was asked: the time was up",))
    except GitbuddyError as error:
        return Repaired(kept, notes=(f"no model was asked: {error.message}",))
    return repairer.repair(bench, files, kept)


def _by_tools(bench: Bench, files: Sequence[str], found: Findings) -> Kept:
    """What is better after the project's own tools have mended the files that are complained of."""
    flagged = [path for path in files if found.of(path)]
    stages = bench.mended(flagged) if flagged else ()
    if not stages:
        return Kept({}, found, ())
    refused = {path: words for path, text in stages[-1].items() if (words := bench.objection(path, text))}
    wanted = {path: bench.change(path, text) for path, text in stages[-1].items() if path not in refused}
    kept = keep(found, {}, wanted, lambda texts: bench.look(texts, files))
    undone = tuple(Undone(path, words) for path, words in sorted(refused.items()))
    return Kept(kept.texts, kept.left, (*undone, *kept.undone))
