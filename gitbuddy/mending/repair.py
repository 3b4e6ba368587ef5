"""What tools cannot mend, by a small model: one complaint at a time, with a few lines around it.

A model that is down, slow or wrong costs the rest of the time and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from string import Template

from gitbuddy.core import prompt
from gitbuddy.core.apply import apply
from gitbuddy.core.feedback import fenced
from gitbuddy.core.formats import parse
from gitbuddy.errors import GitbuddyError, Rejected
from gitbuddy.mending.bench import Bench
from gitbuddy.mending.findings import Finding
from gitbuddy.mending.keeping import Kept, Undone, keep
from gitbuddy.mending.within import NoTime, within
from gitbuddy.protocols import Proposer
from gitbuddy.values import Brief, Change, Emit, SourceFile, Tier

AROUND = 12
"""Lines above and below a complaint that a model is shown."""
LEAST = 1.0
"""Seconds below which no call is begun."""
MOST_CALLS = 20
"""Calls for one set of files: what is left then is a task for another time."""
MOST_OUTPUT = 512
"""Tokens of an answer: a few lines."""

PROMPT = Template("""\
Lines $first to $last of $path:
$excerpt

The linter says: $complaint

Mend that with the smallest change; behaviour stays the same. Edit only lines shown above. Never silence the linter.
""")


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a model could add to what was kept: the files with its words in them, its name, and what went wrong."""

    kept: Kept
    files: tuple[str, ...] = ()
    model: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Repairer:
    """A small model, asked through `proposer` as `tier` says."""

    proposer: Proposer
    tier: Tier
    emit: Emit

    def repair(self, bench: Bench, files: Sequence[str], kept: Kept) -> Repaired:
        """Mend one complaint after the other, while there is time and a model that answers."""
        touched: dict[str, None] = {}
        tried: set[tuple[str, tuple[str, str, str]]] = set()
        while (finding := _next(kept, tried)) and len(tried) < MOST_CALLS:
            if bench.left < LEAST:
                return Repaired(kept, tuple(touched), self.tier.model, (_no_time(kept),))
            tried.add((finding.path, finding.what))
            try:
                better = self._one(bench, files, kept, finding)
            except NoTime:
                return Repaired(kept, tuple(touched), self.tier.model, (_no_time(kept),))
            except GitbuddyError as error:
                return Repaired(kept, tuple(touched), self.tier.model, (f"no model helped: {error.message}",))
            if better.texts != kept.texts:
                touched[finding.path] = None
            kept = better
        return Repaired(kept, tuple(touched), self.tier.model)

    def _one(self, bench: Bench, files: Sequence[str], kept: Kept, finding: Finding) -> Kept:
        """What is kept after one more answer; a wrong one changes nothing."""
        now = kept.texts.get(finding.path, bench.data(finding.path))
        try:
            brief = self._brief(bench, now, finding)
            reply = within(bench.left, lambda: self.proposer.propose(brief, self.emit)).reply
            wanted = _edited(finding, now, reply)
            bench.allowed({**kept.texts, finding.path: wanted.after or b""})
        except Rejected as rejected:
            return replace(kept, undone=(*kept.undone, Undone(finding.path, f"model: {rejected.refused.words}")))
        better = keep(kept.left, kept.texts, {finding.path: wanted}, lambda texts: bench.look(texts, files))
        told = tuple(Undone(it.path, f"model: {it.why}") for it in better.undone)
        return replace(better, undone=(*kept.undone, *told))

    def _brief(self, bench: Bench, now: bytes, finding: Finding) -> Brief:
        tier = replace(self.tier, timeout=min(self.tier.timeout, bench.left), max_output=MOST_OUTPUT, samples=1)
        marker = prompt.fence(bench.task)
        first, lines = around(now, finding.line or 1)
        text = PROMPT.substitute(
            path=finding.path,
            first=first,
            last=first + len(lines) - 1,
            excerpt=fenced("".join(lines), marker),
            complaint=fenced(str(finding), marker),
        )
        system = prompt.system(bench.task, "search-replace")
        return Brief(bench.task, tier, system, text, (), bench.slot.mounts)


def around(data: bytes, line: int) -> tuple[int, list[str]]:
    """(number of the first line, the lines) around `line`, both counted from 1."""
    lines = data.decode("utf-8", "replace").splitlines(keepends=True)
    first = max(1, line - AROUND)
    return first, lines[first - 1 : line + AROUND]


def _edited(finding: Finding, now: bytes, reply: str) -> Change:
    """The change that a reply makes of the file; raises `Rejected` where it is none, or one of lines not shown."""

    def read(path: str) -> SourceFile | None:
        return SourceFile(path, now) if path == finding.path else None

    (change,) = apply(parse(reply, (finding.path,)), read).changes
    return replace(change, before=now)


def _next(kept: Kept, tried: set[tuple[str, tuple[str, str, str]]]) -> Finding | None:
    return next((f for f in kept.left.all if f.line and (f.path, f.what) not in tried), None)


def _no_time(kept: Kept) -> str:
    return f"the time was up before a model could mend the rest: {len(kept.left.all)}"
