"""Personalised PageRank: where somebody ends up who follows uses from the seeds, and goes back to them now and then.

After Page, Brin, Motwani, Winograd, "The PageRank Citation Ranking" (1999), computed by pushing mass along the edges
as in Andersen, Chung, Lang, "Local Graph Partitioning using PageRank Vectors" (FOCS 2006): the work depends on how
far the mass reaches, not on the size of the graph.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Final

from gitbuddy.core.ranking.graph import Graph

RETURN: Final = 0.2
"""How often the walk goes back to the seeds."""
LEFT: Final = 0.02
"""Of each file's fair share of the mass: what may be left unpushed at a file."""
MOST_PUSHES: Final = 40
"""Per file of the graph; a bound, not reached in practice."""


def rank(graph: Graph, seeds: Mapping[int, float]) -> list[float]:
    """A mark for each file, at most 1 in all. `seeds` are files by number with their weights; none gives zeros."""
    marks, waiting = [0.0] * len(graph.paths), [0.0] * len(graph.paths)
    total = sum(seeds.values())
    queue = deque(node for node, weight in seeds.items() if weight > 0)
    for node in queue:
        waiting[node] = seeds[node] / total
    least = LEFT / max(1, len(graph.paths))
    pushes = MOST_PUSHES * len(graph.paths)
    queued = set(queue)
    while queue and pushes:
        pushes -= 1
        node = queue.popleft()
        queued.discard(node)
        mass, waiting[node] = waiting[node], 0.0
        first, end = graph.starts[node], graph.starts[node + 1]
        marks[node] += mass * RETURN if end > first else mass
        mass *= 1 - RETURN
        for target, weight in zip(graph.targets[first:end], graph.weights[first:end], strict=True):
            waiting[target] += mass * weight
            if waiting[target] > least and target not in queued:
                queue.append(target)
                queued.add(target)
    return [mark + rest * RETURN for mark, rest in zip(marks, waiting, strict=True)]
