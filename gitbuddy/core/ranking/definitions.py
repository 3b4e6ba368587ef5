"""Which definitions matter: each edge hands the mark of its file on to the names that it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gitbuddy.core.ranking.graph import Graph

Wanted = tuple[int, str]
"""A name that a file, by number, defines."""


def wanted(graph: Graph, marks: Sequence[float], users: Iterable[int]) -> list[tuple[float, Wanted]]:
    """What the files `users` use of other files, best first."""
    scores: dict[Wanted, float] = {}
    for user in users:
        for edge in graph.edges(user):
            mass = marks[user] * graph.weights[edge]
            for name, share in graph.uses(edge):
                key = (graph.targets[edge], name)
                scores[key] = scores.get(key, 0.0) + mass * share
    return sorted(((score, key) for key, score in scores.items()), key=lambda one: (-one[0], one[1]))
