"""Lines of other files that help with a task: definitions its files use, their tests, and code that is like them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from gitbuddy.codebase.facts import Facts
from gitbuddy.codebase.report import best
from gitbuddy.codebase.survey import Survey
from gitbuddy.core.ranking.definitions import Wanted, wanted
from gitbuddy.core.ranking.tested import under_test
from gitbuddy.core.ranking.words import parts
from gitbuddy.core.rules.protected import is_test_path
from gitbuddy.core.symbols.symbols import Definition
from gitbuddy.values import Excerpt

MOST: Final = 40
MOST_BYTES: Final = 100_000
MOST_LINES: Final = 60
LARGEST: Final = 6_000
"""Characters of one excerpt; a longer definition is shown from its head."""
MOST_TESTS: Final = 12
MOST_SIMILAR: Final = 8
TEST: Final = 0.6
SIMILAR: Final = 0.3
"""What the best test and the best similar definition count beside the best definition."""
LEAST: Final = 0.03
"""Of the best definition's score: below are words that only happen to be a name of something, too."""
DATA: Final = frozenset({"variable", "constant", "field", "macro", "prototype"})
"""Kinds of definitions that are no code to learn from."""
ABOVE: Final = ("#", "//", "/*", "*", "@", "--", "'''", '"""')
"""What the lines directly above a definition begin with that belong to it: comments, attributes, decorators."""


@dataclass(frozen=True, slots=True)
class Found:
    """A definition that may be shown: how much it counts, where it is, and why."""

    score: float
    path: str
    definition: Definition
    why: str


def definitions(
    survey: Survey, marks: Mapping[int, float], users: Iterable[int], facts: Mapping[str, Facts], shown: Collection[str]
) -> Iterator[Found]:
    """What the files `users` use of files that are not shown whole."""
    rows: list[tuple[float, Wanted]] = wanted(survey.graph, _Marks(marks), users)
    top = rows[0][0] if rows else 1.0
    for score, (number, name) in takewhile(lambda row: row[0] >= LEAST * top, rows):
        path = survey.graph.paths[number]
        one = best(facts[path].definitions, name) if path in facts and path not in shown else None
        if one is not None:
            yield Found(score / top, path, one, "test" if is_test_path(path) else "definition")


def tests(
    survey: Survey, owned: Collection[int], facts: Mapping[str, Facts], texts: Mapping[str, Sequence[str]]
) -> Iterator[Found]:
    """Tests of these files: the functions in which most of their names stand."""
    names = {one.name for number in owned for one in _facts(facts, survey, number).definitions if len(one.name) > 2}
    found = []
    for path in texts:
        for one in facts[path].definitions:
            body = " ".join(texts[path][one.first - 1 : one.last])
            hits = sum(name in body for name in names)
            if hits and one.kind in ("function", "method"):
                found.append((hits / (1 + len(body) / LARGEST), path, one))
    found.sort(key=lambda row: (-row[0], row[1], row[2].first))
    top = found[0][0] if found else 1.0
    return (Found(TEST * score / top, path, one, "test") for score, path, one in found[:MOST_TESTS])


def testing(survey: Survey, owned: Collection[int]) -> list[str]:
    """Test files of these files."""
    found = under_test(survey.graph)
    return [survey.graph.paths[test] for test, sources in found.items() if not set(sources).isdisjoint(owned)]


def similar(
    words: frozenset[str], facts: Mapping[str, Facts], near: Mapping[str, float], shown: Collection[str]
) -> Iterator[Found]:
    """Functions and classes whose names have most words in common with the task and its files."""
    found = []
    for path, one in facts.items():
        for definition in one.definitions if path not in shown and not is_test_path(path) else ():
            if definition.kind in DATA:
                continue
            own = parts(definition.name)
            common = len(own & words)
            if common >= 2 or (common and len(own) == 1):
                found.append((common / len(own | words) ** 0.5 * (1 + near.get(path, 0.0)), path, definition))
    found.sort(key=lambda row: (-row[0], row[1], row[2].first))
    top = found[0][0] if found else 1.0
    return (Found(SIMILAR * score / top, path, one, "similar") for score, path, one in found[:MOST_SIMILAR])


def cut(found: Iterable[Found], texts: Mapping[str, Sequence[str]]) -> tuple[Excerpt, ...]:
    """The excerpts, best first, none inside another, bounded in number and size."""
    taken: dict[str, list[tuple[int, int]]] = {}
    excerpts: list[Excerpt] = []
    room = MOST_BYTES
    for one in sorted(found, key=lambda one: (-one.score, one.path, one.definition.first)):
        lines = texts.get(one.path, ())
        if one.definition.last > len(lines):  # not a text, or too long to be shown
            continue
        first, last = _span(one.definition, lines)
        inside = any(first <= end and start <= last for start, end in taken.get(one.path, ()))
        text = "".join(lines[first - 1 : last])
        if len(excerpts) == MOST or inside or not text or len(text) > room:
            continue
        room -= len(text)
        taken.setdefault(one.path, []).append((first, last))
        excerpts.append(Excerpt(one.path, first, text, one.why))
    return tuple(excerpts)


def _span(definition: Definition, lines: Sequence[str]) -> tuple[int, int]:
    """First and last line to show: with what stands directly above, and not longer than may be."""
    first = definition.first
    while first > 1 and first > definition.first - 8 and lines[first - 2].lstrip().startswith(ABOVE):
        first -= 1
    last, size = first - 1, 0
    for line in lines[first - 1 : min(definition.last, first + MOST_LINES - 1)]:
        size += len(line)
        if size > LARGEST:
            break
        last += 1
    return first, last


def _facts(facts: Mapping[str, Facts], survey: Survey, number: int) -> Facts:
    return facts.get(survey.graph.paths[number], Facts())


class _Marks(list[float]):
    """Marks of a few files as those of all."""

    def __init__(self, marks: Mapping[int, float]) -> None:
        super().__init__([marks.get(number, 0.0) for number in range(max(marks, default=-1) + 1)])
