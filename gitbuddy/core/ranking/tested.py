"""Which test files test which sources: by what they use, and by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

from gitbuddy.core.ranking.graph import Graph
from gitbuddy.core.rules.protected import is_test_path

MOST: Final = 3
LEAST: Final = 0.1
"""Share of what a test uses, below which a file is not what it tests."""
_AFFIX: Final = re.compile(r"^test[_-]?|[_-]?tests?$|(?<=[a-z])Tests?$|\.(?:test|spec)$|[_-]spec$|^Test(?=[A-Z])")


def under_test(graph: Graph) -> Mapping[int, tuple[int, ...]]:
    """Test file -> the sources that it tests, by their numbers: namesakes first, then what it uses most."""
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
            namesakes = [source for source in same if source in used or len(same) == 1]
            most = [target for target, share in used.items() if share >= LEAST and not tests[target]]
            found[number] = tuple(dict.fromkeys((*namesakes, *most)))[:MOST]
    return found
