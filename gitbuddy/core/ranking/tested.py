"""Which test files test which sources: by what they use, and by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

from gitbuddy.core.ranking.graph import Graph
from gitbuddy.core.rules.protected import is_test_path

MOST: Final = 3
LEAST: Final = 0.1
"""Share of what a test uses, below which a file is not what it tests."""
_AFFIX: Final = re.compile(r"^test[_-]?|[_-]?tests?$|(?<=[a-z])Tests?$|\.(?:test|spec)$|[_-]spec$|^Test(?=[A-Z])")


def under_test(graph: Graph) -> Mapping[int, tuple[int, ...]]:
    """Test file -> the sources that it tests, by their numbers: the namesake next to it, then what it uses most.

    A test that uses sources of its own folder is for those.
    """
    tests = [is_test_path(path) for path in graph.paths]
    stems: dict[str, list[int]] = {}
    for number, path in enumerate(graph.paths):
        if not tests[number]:
            stems.setdefault(PurePosixPath(path).stem.lower(), []).append(number)
    found = {}
    for number, path in enumerate(graph.paths):
        if tests[number]:
            used = {graph.targets[edge]: graph.weights[edge] for edge in graph.edges(number)}
            same = stems.get(_AFFIX.sub("", PurePosixPath(path).stem).lower(), [])
            namesakes = _nearest(path, [source for source in same if source in used or len(same) == 1], graph.paths)
            most = [target for target, share in used.items() if share >= LEAST and not tests[target]]
            beside = [target for target in most if _folders(graph.paths[target]) == _folders(path)]
            found[number] = tuple(dict.fromkeys((*namesakes, *(beside or most))))[:MOST]
    return found


def _nearest(test: str, sources: Sequence[int], paths: Sequence[str]) -> list[int]:
    """Those that have most folders in common with a test."""
    own = set(_folders(test))
    common = {source: len(own.intersection(_folders(paths[source]))) for source in sources}
    return [source for source in sources if common[source] == max(common.values())]


def _folders(path: str) -> list[str]:
    return path.split("/")[:-1]
