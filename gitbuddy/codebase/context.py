"""What a task may be shown: its files whole, those that are named, then what they use and what is like them."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from gitbuddy.codebase import excerpts
from gitbuddy.codebase.alike import alike, nearness
from gitbuddy.codebase.named import meant, named, read
from gitbuddy.codebase.store import Store
from gitbuddy.codebase.survey import Survey, facts, survey
from gitbuddy.core.ranking.words import parts
from gitbuddy.git.repo import Repo
from gitbuddy.values import Context, Excerpt, SourceFile, Task

MOST_NAMED: Final = 12
MOST_ALIKE: Final = 5
LONGEST_EVIDENCE: Final = 200_000
MOST_NEAR: Final = 60
"""Files whose definitions are looked at: those nearest to the task's by PageRank."""
MOST_LIKE: Final = 20
"""Files looked at for the words in the names they define."""
LARGEST_WHOLE: Final = 32 << 10
"""Bytes of a file above which parts of it are chosen too, as there may be no room for the whole."""
NAMED: Final = 0.5
"""What a named file counts as a seed beside one of the task's own."""


def gather(repo: Repo, task: Task, evidence: str, cache: Path) -> Context:
    """What may help with a task, from its base commit, each part best first.

    The task's files come whole. `evidence` is output of failing checks: files it names follow those that the task's
    text names. Only when that gives nothing, files are chosen by the words of the text. `cache` is the folder in
    which what was read of files is remembered between runs.
    """
    listing = repo.listing(task.base)
    owned = tuple(read(repo, task.base, meant(task.files, listing)))
    mentioned = (*named(task.text, listing), *named(evidence[-LONGEST_EVIDENCE:], listing))
    files = _others(read(repo, task.base, mentioned), owned, MOST_NAMED)
    with Store(cache) as store:
        known = survey(repo, task.base, store)
        if not owned and not files:
            files = alike(repo, task, known)[:MOST_ALIKE]
        return Context(owned, files, _excerpts(repo, task, _Place(known, owned, files), store))


def _others(files: Iterator[SourceFile], owned: Sequence[SourceFile], most: int) -> tuple[SourceFile, ...]:
    known = {file.path for file in owned}
    found: dict[str, SourceFile] = {}
    for file in files:
        if len(found) == most:
            break
        if file.path not in known:
            found.setdefault(file.path, file)
    return tuple(found.values())


@dataclass(frozen=True)
class _Place:
    """Where a task stands in the graph: the files it is shown whole, and what is near to them."""

    known: Survey
    owned: Sequence[SourceFile]
    files: Sequence[SourceFile]

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        return {path: number for number, path in enumerate(self.known.graph.paths)}

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """The files that the walk starts from."""
        named, owned = (dict.fromkeys(file.path for file in files) for files in (self.files, self.owned))
        return dict.fromkeys(named, NAMED) | dict.fromkeys(owned, 1.0)

    @cached_property
    def near(self) -> Mapping[str, float]:
        return nearness(self.known, self.weights)

    @cached_property
    def seeds(self) -> tuple[int, ...]:
        return tuple(self.numbers[path] for path in self.weights if path in self.numbers)

    @property
    def whole(self) -> frozenset[str]:
        """Files of which no part is to be shown besides."""
        small = (file.path for file in self.files if len(file.data) <= LARGEST_WHOLE)
        return frozenset((*(file.path for file in self.owned), *small))

    def testing(self) -> list[str]:
        """Test files of the task's files, and of the named ones where it has none."""
        subjects = [self.numbers[file.path] for file in self.owned or self.files if file.path in self.numbers]
        return excerpts.testing(self.known, subjects)

    def words(self, text: str) -> frozenset[str]:
        """Words of the task and of what its files define."""
        own = (self.known.words[self.numbers[file.path]] for file in self.owned if file.path in self.numbers)
        return parts(text).union(*(line.split() for line in own))

    def neighbours(self, words: frozenset[str]) -> list[str]:
        """Files whose definitions are worth a look."""
        graph = self.known.graph
        nearest = heapq.nlargest(MOST_NEAR, self.near, key=lambda path: self.near[path])
        used = (graph.paths[graph.targets[edge]] for number in self.seeds for edge in graph.edges(number))
        found = dict.fromkeys((*self.weights, *nearest, *used, *self.testing(), *_alike(self.known, words)))
        return [path for path in found if path in self.known.sources]


def _excerpts(repo: Repo, task: Task, place: _Place, store: Store) -> tuple[Excerpt, ...]:
    known, words = place.known, place.words(task.text)
    looked_at = facts(store, [known.sources[path] for path in place.neighbours(words)])
    tests = [path for path in place.testing() if path not in place.weights and path in looked_at][:MOST_NAMED]
    texts = _texts(repo, task.base, tests)
    marks = {number: place.near.get(known.graph.paths[number], 0.0) for number in place.seeds}
    found = [
        *excerpts.definitions(known, marks, place.seeds, looked_at, place.whole),
        *excerpts.tests(known, place.seeds, looked_at, texts),
        *excerpts.similar(words, looked_at, place.near, place.whole),
    ]
    best = heapq.nlargest(2 * excerpts.MOST, found, key=lambda one: one.score)
    return excerpts.cut(best, {**_texts(repo, task.base, {one.path for one in best} - set(texts)), **texts})


def _texts(repo: Repo, commit: str, paths: Iterable[str]) -> Mapping[str, list[str]]:
    """The lines of the text files among these."""
    return {file.path: _lines(file.data.decode()) for file in read(repo, commit, paths)}


def _lines(text: str) -> list[str]:
    """Lines as grammars count them: a form feed ends none."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _alike(known: Survey, words: frozenset[str]) -> list[str]:
    """The files that define names with most of these words, for their number."""
    scores = {}
    for path, line in zip(known.graph.paths, known.words, strict=True):
        own = line.split()
        if common := len(words.intersection(own)):
            scores[path] = common / len(own) ** 0.5
    return heapq.nlargest(MOST_LIKE, scores, key=lambda path: scores[path])
