"""One commit, surveyed: facts of all its source files, the graph of them, and a report."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from gitbuddy.codebase.codec import packed, unpacked
from gitbuddy.codebase.facts import Facts, decoded, failure
from gitbuddy.codebase.parsers import Answer, Job, Parsers, cores
from gitbuddy.codebase.report import report_of
from gitbuddy.codebase.store import Store
from gitbuddy.core.endings import language_of
from gitbuddy.core.ranking.graph import Graph, build
from gitbuddy.core.ranking.words import words
from gitbuddy.git.listing import REGULAR
from gitbuddy.git.repo import Repo

LARGEST: Final = 1 << 20
"""Bytes above which a file is passed over."""
MOST_FILES: Final = 40_000
"""Source files of a tree that are looked at: the least deeply nested."""
FEW_BYTES: Final = 1 << 20
"""New source up to this size is read by one process: a second one would cost more than it saves."""
MOST_WORDS: Final = 150
"""Words kept of what one file defines."""
_PORTION: Final = 256
"""Files after which what was read is remembered, so that an interrupted run is not lost."""


@dataclass(frozen=True, slots=True)
class Source:
    """A tracked source file. `key` names its facts: what it holds and how it is read."""

    path: str
    oid: str
    key: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known of one tree. `words` are those of the names that each file of the graph defines."""

    graph: Graph
    words: tuple[str, ...]
    sources: Mapping[str, Source]


def sources(repo: Repo, commit: str) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    """The source files of a commit in a language we read, and the paths that are too many."""
    found = []
    for raw, entry in repo.listing(commit).entries.items():
        path = os.fsdecode(raw)
        language = language_of(path) if entry.mode in REGULAR and path.isprintable() else None
        if language:
            reading = "h" if path.endswith(".h") else language
            found.append(Source(path, entry.oid, f"{entry.oid}.{reading}"))
    if len(found) > MOST_FILES:
        found.sort(key=lambda source: (source.path.count("/"), source.path))
    return tuple(found[:MOST_FILES]), tuple(source.path for source in found[MOST_FILES:])


def survey(repo: Repo, commit: str, store: Store) -> Survey:
    """The graph of a commit, remembered or made now."""
    tree = repo.tree_of(commit)
    data = store.tree(tree, "graph")
    if data is None:
        made, _ = _made(repo, commit, tree, store)
        return made
    found, _ = sources(repo, commit)
    return Survey(*unpacked(data), {source.path: source for source in found})


def report(repo: Repo, commit: str, store: Store) -> Mapping[str, Any]:
    """The report on a commit, remembered or made now; its form is that of `git buddy scan --json`."""
    tree = repo.tree_of(commit)
    data = store.tree(tree, "report")
    found: Mapping[str, Any] = json.loads(data) if data is not None else _made(repo, commit, tree, store)[1]
    return found


def facts(store: Store, wanted: Sequence[Source]) -> Mapping[str, Facts]:
    """Path -> what is remembered of these files; what is not is left out."""
    data = store.blobs([source.key for source in wanted])
    return {source.path: _decoded(data[source.key]) for source in wanted if source.key in data}


def _made(repo: Repo, commit: str, tree: str, store: Store) -> tuple[Survey, Mapping[str, Any]]:
    found, too_many = sources(repo, commit)
    known = _read(repo, found, store)
    facts = {source.path: _decoded(known[source.key]) for source in found}
    del known
    files = [one.of(path) for path, one in facts.items()]
    graph, users = build(files)
    listed = tuple(words(path, file.defined, MOST_WORDS) for path, file in zip(facts, files, strict=True))
    del files
    told = report_of(facts, graph, users, len(repo.paths(commit)), too_many)
    store.add_tree(tree, {"graph": packed(graph, listed), "report": json.dumps(told).encode()})
    return Survey(graph, listed, {source.path: source for source in found}), told


def _read(repo: Repo, found: Sequence[Source], store: Store) -> Mapping[str, bytes]:
    """Encoded facts of all these files by key; only what is not remembered is read."""
    known = dict(store.blobs([source.key for source in found]))
    new = list({source.key: source for source in found if source.key not in known}.values())
    sizes = [repo.objects.blob_size(source.oid) for source in new]
    small = [source for source, size in zip(new, sizes, strict=True) if size <= LARGEST]
    large = [source for source, size in zip(new, sizes, strict=True) if size > LARGEST]
    known.update((source.key, failure(f"larger than {LARGEST >> 20} MiB")) for source in large)
    with closing(_portions(repo, small, sum(sizes))) as portions:
        for portion in portions:
            store.add_blobs(portion)
            known.update(portion)
    return known


def _portions(repo: Repo, new: Sequence[Source], size: int) -> Generator[list[Answer]]:
    if not new:
        return
    jobs = (Job(source.key, source.path, repo.objects.blob(source.oid)) for source in new)
    portion: list[Answer] = []
    with Parsers(1 if size <= FEW_BYTES else cores()) as parsers:
        for answer in parsers.read(jobs):
            portion.append(answer)
            if len(portion) >= _PORTION:
                yield portion
                portion = []
    yield portion


def _decoded(data: bytes) -> Facts:
    try:
        return decoded(data)
    except ValueError:
        return Facts(failed="what was remembered of it cannot be read")
