"""What linters complain of, by file, so that two looks at one file can be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from gitbuddy.core.problems import read_diagnostics, timeless
from gitbuddy.linters import from_top, within
from gitbuddy.mending.look import CLEAN, FOUND, Look


class Finding(NamedTuple):
    """One complaint of one tool; `line` is None where the tool names none."""

    tool: str
    path: str
    line: int | None
    column: int | None
    rule: str
    message: str

    @property
    def what(self) -> tuple[str, str, str]:
        """The complaint without its place: code that has only moved is not news."""
        return self.tool, self.rule, timeless(self.message)

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)
        return f"{place}: {f'{self.rule} ' if self.rule else ''}{self.message}"


@dataclass(frozen=True, slots=True)
class Findings:
    """All complaints of one look. `others` are about files that nobody asked about.

    `silent` are the tools whose answer cannot be read or counted: they broke, ran out of time, or found something and
    named no file. What they would say of a change is not known.
    """

    by_file: Mapping[str, tuple[Finding, ...]]
    others: tuple[Finding, ...] = ()
    silent: frozenset[str] = frozenset()

    @property
    def all(self) -> tuple[Finding, ...]:
        """The complaints about the files that were asked about."""
        return tuple(finding for findings in self.by_file.values() for finding in findings)

    def of(self, path: str) -> tuple[Finding, ...]:
        return self.by_file.get(path, ())

    def of_other_tools(self, tools: Collection[str]) -> Findings:
        """Without what these tools say."""
        kept = {path: tuple(f for f in found if f.tool not in tools) for path, found in self.by_file.items()}
        return Findings({path: found for path, found in kept.items() if found}, self.others, self.silent)


def findings_of(looks: Sequence[Look], files: Sequence[str], tops: Sequence[str]) -> Findings:
    """Read what tools printed about `files`. `tops` are the folders below which an absolute path is one of ours."""
    wanted, silent = {_as_told(path): path for path in files}, set[str]()
    by_file: dict[str, dict[Finding, None]] = {}
    others: dict[Finding, None] = {}
    for look in looks:
        found = _read(look, tops) if look.state == FOUND else []
        if look.state != CLEAN and not found:
            silent.add(look.tool.name)  # it broke, or names no file: what it would say of a change is not known
        for finding in found:
            path = wanted.get(finding.path)
            place = others if path is None else by_file.setdefault(path, {})
            # One complaint about one place is one, however often it is told.
            place[finding._replace(path=path or finding.path)] = None
    ordered = {path: tuple(sorted(by_file[path], key=_place)) for path in sorted(by_file)}
    return Findings(ordered, tuple(others), frozenset(silent))


def news(before: Sequence[Finding], after: Sequence[Finding]) -> tuple[Finding, ...]:
    """The complaints of `after` beyond those of `before`; of several equal ones, those further down."""
    left = Counter(finding.what for finding in before)
    fresh = []
    for finding in after:
        left[finding.what] -= 1
        if left[finding.what] < 0:
            fresh.append(finding)
    return tuple(fresh)


def _read(look: Look, tops: Sequence[str]) -> list[Finding]:
    output, folder = look.output, look.tool.folder
    for top in tops:
        output = within(output, Path(top) / folder)
    return [
        Finding(look.tool.name, from_top(folder, p.path), p.line, p.column, p.rule, p.message)
        for p in read_diagnostics(output)
        if p.path
    ]


def _as_told(path: str) -> str:
    """A path as it comes back in a tool's output: bytes that are no UTF-8 are lost there."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _place(finding: Finding) -> tuple[int, int, str, str]:
    return finding.line or 0, finding.column or 0, finding.tool, finding.rule
