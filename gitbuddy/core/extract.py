"""A check's output as a model should see it: problems, the gravest first, in as few characters as were asked for.

A problem is told as compilers do, `path:line: rule message`, then an assertion's values, then where it came from. When
room is short, source goes first, then warnings, then the problems in the middle; a line says how many are missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from gitbuddy.core.problems import Problem, timeless, untold
from gitbuddy.core.problems import read as read_output
from gitbuddy.core.rules.paths import is_readable
from gitbuddy.values import CheckKind, CheckResult, CheckStatus, Patch, SourceFile

Read = Callable[[str], str | None]
"""Gives the text of a file of the tree that was checked; None where there is none."""

MOST_VALUES = 800
"""Characters of an assertion's values; beyond, head and tail of them."""
MOST_SOURCE = 500
_AROUND = 2
_WIDEST = 160
_NAMED = 3
_MOST_FULL = 100
_PARAMETERS = re.compile(r"\[.*\]$| [(\[][^()\[\]]*=[^()\[\]]*[)\]]$")
"""Of pytest at the end of a test's name, and of a subtest of unittest."""
_GAP = re.compile(r"^\[\.\.\. \d+ bytes left out \.\.\.\]$", re.MULTILINE)
"""What stands where an output was too long to be kept."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One problem to show, and how many others are like it."""

    problem: Problem
    others: tuple[Problem, ...] = ()


def nothing(path: str) -> str | None:
    return None


def texts(files: Callable[[str], SourceFile | None], patch: Patch | None = None) -> Read:
    """A reader of these files, with a patch in them."""
    changed = {change.path: change.after for change in patch.changes} if patch else {}

    def read(path: str) -> str | None:
        if path in changed:
            data = changed[path]
        else:
            found = files(path) if is_readable(path) else None
            data = found.data if found else None
        return None if data is None else data.decode("utf-8", "replace")

    return read


def extract(result: CheckResult, characters: int, read: Read = nothing) -> str:
    """What this check complains about, in at most about so many characters.

    An output of an unknown form is shown by its head and tail. So is the part that no reader knows, when what was read
    cannot be why the check failed: warnings only, or a check that did not end by itself.
    """
    found = read_output(result.output)
    problems = (*found.problems, *untold(result.cases or (), found.problems))
    if not problems:
        return cut(result.output.strip(), characters)
    grave = [problem for problem in problems if result.check.kind is CheckKind.LINT or not problem.is_light]
    explained = result.status is CheckStatus.FAILED and not set(grave).isdisjoint(found.problems)
    gap = _GAP.search(found.rest)
    rest = (gap[0] if gap else "") if explained else cut(found.rest.strip(), characters // 2)
    told = _told(entries(problems, grave), characters - len(rest), read)
    return f"{told}\n{rest}" if rest else told


def entries(problems: Iterable[Problem], grave: Sequence[Problem]) -> list[Entry]:
    """Problems in the order to show: grave ones first, then by file and line; those that are alike as one."""
    heavy = set(grave)
    ordered = sorted(problems, key=lambda problem: (problem not in heavy, problem.path, problem.line or 0))
    alike: dict[object, dict[object, Problem]] = {}
    for problem in ordered:
        alike.setdefault(_kind_of(problem), {}).setdefault(_place_of(problem), problem)
    families = [tuple(family.values()) for family in alike.values()]
    return [Entry(family[0], family[1:]) for family in families]


def _kind_of(problem: Problem) -> object:
    """What makes one problem like another: rule and words; of tests, that they are one test with other parameters."""
    test = _PARAMETERS.sub("", problem.test)
    values = problem.line if problem.test else ()
    return problem.path, problem.rule, timeless(problem.message), test, values


def _place_of(problem: Problem) -> object:
    """What makes one problem the same as another: a header's is told once for each file that includes it."""
    return (problem.test, problem.detail) if problem.test else (problem.line, problem.column)


def _told(found: Sequence[Entry], characters: int, read: Read) -> str:
    if len(found) <= _MOST_FULL:
        full = [_shown(entry, read) for entry in found]
        if _size(full) <= characters:
            return "\n".join(full)
    first = _shown(found[0], read)
    first = first if len(first) <= characters // 2 else _shown(found[0], None)
    return _ends([first, *(_shown(entry, None) for entry in found[1:])], characters)


def _ends(texts: Sequence[str], characters: int) -> str:
    """The first texts and the last ones, two thirds of the room for the first; how many are missing between them."""
    if _size(texts) <= characters:
        return "\n".join(texts)
    head = _fitting(texts, characters * 2 // 3)
    room = characters - _size(texts[:head])
    tail = _fitting(texts[:head:-1] if head else (), room)
    if not head:
        return cut(texts[0], characters) + (f"\n[... {len(texts) - 1} problems left out ...]" if texts[1:] else "")
    missing = len(texts) - head - tail
    return "\n".join([*texts[:head], f"[... {missing} problems left out ...]", *texts[len(texts) - tail :]])


def _size(texts: Sequence[str]) -> int:
    return sum(len(text) + 1 for text in texts)


def _fitting(texts: Sequence[str], characters: int) -> int:
    """How many of these, from the first on, fit."""
    used = 0
    for count, text in enumerate(texts):
        used += len(text) + 1
        if used > characters:
            return count
    return len(texts)


def _shown(entry: Entry, read: Read | None) -> str:
    problem = entry.problem
    lines = [clipped(_heading(problem))]
    if problem.detail:
        lines += _indented(cut("\n".join(problem.detail), MOST_VALUES).split("\n"))
    if read is not None:
        lines += _indented(_source(problem, read))
    if entry.others:
        lines.append(_more(entry.others))
    return "\n".join(lines)


def _heading(problem: Problem) -> str:
    """As compilers say it, with the test's name; the file is not told twice."""
    own_file = bool(problem.path) and problem.test.startswith(f"{problem.path}::")
    path = "" if own_file and not problem.line else problem.path
    test = problem.test.removeprefix(f"{problem.path}::") if own_file and problem.line else problem.test
    place = ":".join(str(part) for part in (path, problem.line) if part)
    words = " ".join(part for part in (problem.rule, problem.message) if part)
    return ": ".join(part for part in (place, test, words) if part)


def _more(others: Sequence[Problem]) -> str:
    names = [problem.test or (f"line {problem.line}" if problem.line else "") for problem in others[:_NAMED]]
    named = ", ".join(clipped(name) for name in names if name)
    dots = ", ..." if len(others) > _NAMED else ""
    return f"    and {len(others)} more like it{f': {named}{dots}' if named else ''}"


def _source(problem: Problem, read: Read) -> list[str]:
    """Where it came from as the tool tells it, and the lines around in the file unless the tool shows them."""
    text = read(problem.path) if problem.path and problem.line else None
    lines = text.splitlines() if text else []
    here = (problem.line or 0) - 1
    if not 0 <= here < len(lines) or any(lines[here].strip() in told for told in problem.trace):
        return cut("\n".join(problem.trace), MOST_SOURCE).split("\n") if problem.trace else []
    around = range(max(here - _AROUND, 0), min(here + _AROUND + 1, len(lines)))
    shown = [f"{'>' if index == here else ' '} {index + 1} | {lines[index]}" for index in around]
    return [*(told for told in problem.trace if told), *shown]


def _indented(lines: Iterable[str]) -> list[str]:
    return [clipped(f"    {line}").rstrip() for line in lines]


def clipped(line: str) -> str:
    """One line, not too long."""
    return line if len(line) <= MOST_VALUES else f"{line[: MOST_VALUES - _WIDEST]} [...] {line[-_WIDEST:]}"


def cut(text: str, characters: int) -> str:
    """Head and tail of a long text, with a line that says how much is missing between them."""
    if len(text) <= characters:
        return text
    head, tail = text[: characters // 3], text[-(characters - characters // 3) :]
    return f"{head}\n[... {len(text) - characters} characters left out ...]\n{tail}"
