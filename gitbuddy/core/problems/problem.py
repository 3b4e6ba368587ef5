"""The value all readers give, and what they share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

MOST_DETAIL = 40
"""Lines of detail, and of trace, that are kept of one problem: more than is ever shown."""
_FOREIGN = re.compile(r"^(?:/|<|node:|internal/|rustc/)|(?:^|/)(?:site-packages|node_modules|\.cargo)/|::")
_LIGHT = re.compile(r"^(?:warning|note|info|information|style|performance|portability)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problem:
    """One complaint. `path` is empty and `line` None where none is named; `line` and `column` count as the tool does.

    `rule` is the tool's name for this sort of complaint, `test` the name of the failing test as its runner prints it.
    `detail` is the rest of what is said, such as an assertion's values; `trace` is where it came from: calls inside
    the project and lines of source, which change with the code and are no part of what the problem is.
    """

    path: str
    line: int | None
    message: str
    rule: str = ""
    column: int | None = None
    test: str = ""
    detail: tuple[str, ...] = ()
    trace: tuple[str, ...] = ()

    @property
    def is_light(self) -> bool:
        """Whether it is a warning or less: no test, and no error."""
        return not self.test and bool(_LIGHT.match(self.message))


@dataclass(frozen=True, slots=True)
class Found:
    """Lines `start` to `end` (excluded) were understood: they hold this problem, or nothing that others do not say."""

    start: int
    end: int
    problem: Problem | None = None


Reader = Callable[[Sequence[str]], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, and the source there where the tool prints it."""

    path: str
    line: int
    source: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether the file is one of the project: named by a relative path, and nobody's library."""
        return not _FOREIGN.search(self.path)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.source}" if self.source else f"{self.path}:{self.line}"


def plain(path: str) -> str:
    return path.strip().removeprefix("./")


def timeless(text: str) -> str:
    """Without numbers, which name other lines or measure ("line 3", "130 > 120")."""
    return " ".join(re.sub(r"\b\d+\b", "#", text).split())


def trimmed(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines without blank ones at either end, without their common indentation, and not too many."""
    kept = [line.rstrip() for line in lines]
    while kept and not kept[0]:
        kept.pop(0)
    while kept and not kept[-1]:
        kept.pop()
    indents = [len(line) - len(line.lstrip()) for line in kept if line]
    cut = min(indents, default=0)
    kept = [line[cut:] for line in kept]
    if len(kept) > MOST_DETAIL:
        half = MOST_DETAIL // 2
        kept = [*kept[:half], f"[... {len(kept) - 2 * half} lines left out ...]", *kept[-half:]]
    return tuple(kept)


def thrown(said: Sequence[str], places: Sequence[Place], test: str = "", code: Sequence[str] = ()) -> Problem:
    """A problem from the words of an exception or assertion and the calls that led there, outermost first.

    It stands where the innermost call inside the project stands; `code` is the source there as the tool shows it.
    Without words it says "failed".
    """
    words = trimmed(said) or ("failed",)
    ours = [place for place in places if place.is_ours]
    here = ours[-1] if ours else Place("", 0)
    calls = tuple(str(place) for place in ours if place.source or len(ours) > 1)
    shown = (*trimmed(code), *calls[-MOST_DETAIL:])
    return Problem(plain(here.path), here.line or None, words[0].strip(), "", None, test, trimmed(words[1:]), shown)


def until(lines: Sequence[str], start: int, stop: re.Pattern[str]) -> int:
    """Index of the first line from `start` on that matches, or the end."""
    return next((index for index in range(start, len(lines)) if stop.match(lines[index])), len(lines))
