"""What a task may be shown: its files whole, those that are named, then what they use and what is like them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
        return Context(owned, files, _excerpts(repo, task, known, store, owned, files))


def _others(files: Iterator[SourceFile], owned: Sequence[SourceFile], most: int) -> tuple[SourceFile, ...]:
    known = {file.path for file in owned}
    found: dict[str, SourceFile] = {}
    for file in files:
        if len(found) == most:
            break
        if file.path not in known:
            found.setdefault(file.path, file)
    return tuple(found.values())


def _excerpts(
    repo: Repo,
    task: Task,
    known: Survey,
    store: Store,
    owned: Sequence[SourceFile],
    files: Sequence[SourceFile],
) -> tuple[Excerpt, ...]:
    weights = dict.fromkeys((file.path for file in files), NAMED) | dict.fromkeys((file.path for file in owned), 1.0)
    numbers = {path: number for number, path in enumerate(known.graph.paths)}
    seeds = {numbers[path]: weight for path, weight in weights.items() if path in numbers}
    near = nearness(known, weights)
    marks = {numbers[path]: near[path] for path in weights if path in numbers}
    nearest = sorted(near, key=lambda path: -near[path])[:MOST_NEAR]
    used = (known.graph.paths[known.graph.targets[edge]] for number in seeds for edge in known.graph.edges(number))
    testing = excerpts.testing(known, [numbers[file.path] for file in owned or files if file.path in numbers])
    looked_at = dict.fromkeys(path for path in (*weights, *nearest, *used, *testing) if path in known.sources)
    found_facts = facts(store, [known.sources[path] for path in looked_at])
    tests = [path for path in testing if path not in weights and path in found_facts][:MOST_NAMED]
    texts = _texts(repo, task.base, tests)
    whole = {file.path for file in (*owned, *files) if file in owned or len(file.data) <= LARGEST_WHOLE}
    words = parts(task.text) | parts(" ".join(_names(found_facts, (file.path for file in owned))))
    found = [
        *excerpts.definitions(known, marks, seeds, found_facts, whole),
        *excerpts.tests(known, [number for number in seeds if marks[number]], found_facts, texts),
        *excerpts.similar(words, found_facts, near, whole),
    ]
    found.sort(key=lambda one: -one.score)
    found = found[: 2 * excerpts.MOST]
    rest = _texts(repo, task.base, {one.path for one in found} - set(texts))
    return excerpts.cut(found, {**texts, **rest})


def _texts(repo: Repo, commit: str, paths: Iterable[str]) -> Mapping[str, list[str]]:
    """The lines of the text files among these."""
    return {file.path: _lines(file.data.decode()) for file in read(repo, commit, paths)}


def _lines(text: str) -> list[str]:
    """Lines as grammars count them: a form feed ends none."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _names(found: Mapping[str, object], paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        yield from (one.name for one in getattr(found.get(path), "definitions", ()))
