"""What `git buddy scan` tells of a commit, as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from gitbuddy.codebase.facts import Facts
from gitbuddy.core.ranking.definitions import wanted
from gitbuddy.core.ranking.graph import Graph, Users, family
from gitbuddy.core.ranking.pagerank import rank
from gitbuddy.core.ranking.tested import under_test
from gitbuddy.core.rules.protected import is_test_path
from gitbuddy.core.symbols.symbols import Definition

MOST_SYMBOLS: Final = 3_000
MOST_USERS: Final = 10
"""Files named as users of one symbol."""
TESTS: Final = 0.1
"""What the use by a test counts: all things are tested, few are built upon."""


def report_of(
    facts: Mapping[str, Facts], graph: Graph, users: Users, tracked: int, too_many: Sequence[str]
) -> Mapping[str, Any]:
    """The report on a tree of `tracked` files; `facts` are in the order of the graph."""
    failed = [(path, one.failed) for path, one in facts.items() if one.failed]
    return {
        "files": tracked,
        "languages": _languages(facts),
        "tests": _tests(graph),
        "symbols": list(islice(_symbols(facts, graph, users), MOST_SYMBOLS)),
        "broken": sum(one.broken and not one.failed for one in facts.values()),
        "passedOver": [
            {"path": path, "why": why} for path, why in (*failed, *((path, "too many files") for path in too_many))
        ],
    }


def _languages(facts: Mapping[str, Facts]) -> list[dict[str, Any]]:
    files, lines, sizes = Counter[str](), Counter[str](), Counter[str]()
    for one in facts.values():
        if one.language:
            files[one.language] += 1
            lines[one.language] += one.lines
            sizes[one.language] += one.size
    return [
        {"language": name, "files": count, "lines": lines[name], "bytes": sizes[name]}
        for name, count in files.most_common()
    ]


def _tests(graph: Graph) -> list[dict[str, Any]]:
    found = under_test(graph)
    return [
        {"path": graph.paths[test], "tests": [graph.paths[source] for source in sources]}
        for test, sources in found.items()
    ]


def _symbols(facts: Mapping[str, Facts], graph: Graph, users: Users) -> Iterator[dict[str, Any]]:
    """The definitions that others use, best first; those of tests are for tests only."""
    seeds = {number: TESTS if is_test_path(path) else 1.0 for number, path in enumerate(graph.paths)}
    marks = rank(graph, seeds)
    edges = {(source, graph.targets[edge]) for source in range(len(graph.paths)) for edge in graph.edges(source)}
    for score, (number, name) in wanted(graph, _damped(graph, marks), range(len(graph.paths)))[: 2 * MOST_SYMBOLS]:
        one = facts[graph.paths[number]]
        if is_test_path(graph.paths[number]):
            continue
        found = best(one.definitions, name)
        if found is None:
            continue
        by = [user for user in users.get(f"{family(one.language)} {name}", ()) if (user, number) in edges]
        yield {
            "name": name,
            "kind": found.kind,
            "path": graph.paths[number],
            "first": found.first,
            "last": found.last,
            "scope": found.scope,
            "signature": found.signature,
            "rank": round(score, 8),
            "users": len(by),
            "usedBy": [graph.paths[user] for user in by[:MOST_USERS]],
        }


def _damped(graph: Graph, marks: Sequence[float]) -> list[float]:
    return [mark * (TESTS if is_test_path(path) else 1.0) for path, mark in zip(graph.paths, marks, strict=True)]


def best(definitions: Sequence[Definition], name: str) -> Definition | None:
    """Of several definitions of a name in one file the outermost, and no prototype where there is more."""
    found = [one for one in definitions if one.name == name]
    return min(
        found,
        key=lambda one: (one.kind == "prototype", one.scope.count(".") + bool(one.scope), one.first),
        default=None,
    )
