"""Which files a task without files is about: by its words, then by what those files use and who uses them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from gitbuddy.codebase.named import read
from gitbuddy.codebase.survey import Survey
from gitbuddy.core.ranking.pagerank import rank
from gitbuddy.core.ranking.words import parts
from gitbuddy.core.rules.protected import is_test_path
from gitbuddy.git.repo import Repo
from gitbuddy.values import SourceFile, Task

MOST_READ: Final = 300
"""Files whose text is looked at in search of the task's words."""
LARGEST_ALIKE: Final = 128 << 10
USUAL: Final = 16 << 10
"""Characters of a file from which on it holds many words by chance."""
MOST_SEEDS: Final = 10
SOURCES: Final = tuple(
    """
    .py .pyi .js .jsx .mjs .cjs .ts .tsx .go .rs .java .kt .c .h .cc .cpp .cxx .hpp .cs .rb .php .swift .scala .sh
    .lua .pl .ex .exs .hs .ml .vue .svelte .css .scss .html .sql .md .rst .toml .yaml .yml .cmake
    """.split()  # noqa: SIM905 - a text of words reads better than a list of strings
)
PATH_WORD: Final = 2.0
NAME_WORD: Final = 1.0
"""What a word of the task counts in a path and in the names a file defines, besides that it is in the text."""
NEARNESS: Final = 0.5
"""What the mark of PageRank counts beside the words."""
TEST: Final = 0.7
"""Whoever has to change something opens the source before its test."""


def alike(repo: Repo, task: Task, survey: Survey) -> tuple[SourceFile, ...]:
    """Files that hold words of the task's text, best first."""
    wanted = parts(task.text)
    defined = dict(zip(survey.graph.paths, map(str.split, survey.words), strict=True))
    candidates = _candidates(repo.paths(task.base), wanted, defined)
    files = {file.path: file for file in read(repo, task.base, candidates) if len(file.data) <= LARGEST_ALIKE}
    scores = _scores(files, wanted, defined)
    best = sorted(scores, key=lambda path: -scores[path])[:MOST_SEEDS]
    near = nearness(survey, {path: scores[path] for path in best})
    top = max(scores.values(), default=1.0)
    marks = {path: score / top + NEARNESS * near.get(path, 0.0) for path, score in scores.items()}
    order = sorted(marks, key=lambda path: (-_damped(path, marks[path]), len(files[path].data), path))
    return tuple(files[path] for path in order)


def nearness(survey: Survey, seeds: Mapping[str, float]) -> Mapping[str, float]:
    """Files near to the seeds by PageRank, the nearest 1."""
    numbers = {path: number for number, path in enumerate(survey.graph.paths)}
    marks = rank(survey.graph, {numbers[path]: weight for path, weight in seeds.items() if path in numbers})
    most = max(marks, default=0.0) or 1.0
    return {path: mark / most for path, mark in zip(survey.graph.paths, marks, strict=True) if mark}


def _candidates(paths: Sequence[str], wanted: frozenset[str], defined: Mapping[str, Sequence[str]]) -> list[str]:
    """The files worth reading: those whose paths and definitions share most words with the task."""
    shared = {
        path: 2 * len(wanted & parts(path)) + len(wanted.intersection(defined.get(path, ())))
        for path in paths
        if path.endswith(SOURCES)
    }
    return sorted(shared, key=lambda path: (-shared[path], path.count("/"), path))[:MOST_READ]


def _scores(
    files: Mapping[str, SourceFile], wanted: frozenset[str], defined: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    """A word weighs more the fewer files have it, and more in a path or in the name of a definition."""
    texts = {path: _held(file.data.decode().lower(), wanted) for path, file in files.items()}
    spread = Counter(word for words in texts.values() for word in words)
    found = {}
    for path, words in texts.items():
        names, own = wanted.intersection(defined.get(path, ())), wanted & parts(path)
        score = sum((1 + NAME_WORD * (word in names)) / spread[word] for word in words)
        long = max(1.0, len(files[path].data) / USUAL) ** 0.5
        found[path] = score / long + PATH_WORD * sum(1 / max(1, spread[word]) ** 0.5 for word in own)
    return {path: score for path, score in found.items() if score > 0}


def _held(text: str, words: frozenset[str]) -> list[str]:
    """The words that stand in a text, also as parts of other words: to take a long text apart costs too much."""
    return [word for word in words if word in text]


def _damped(path: str, mark: float) -> float:
    return mark * (TEST if is_test_path(path) else 1.0)
