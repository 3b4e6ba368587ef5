"""Files as nodes; an edge where one file uses names that another defines, heavier the rarer the names are."""

from __future__ import annotations

import heapq
import math
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, NamedTuple

MOST_DEFINERS: Final = 12
"""A name that more files define says nothing of which one is meant, unless an import does."""
MOST_EDGES: Final = 32
"""Edges that leave one file: the heaviest."""
LABELS: Final = 3
"""Names kept for an edge: the heaviest."""
UNSEEN: Final = 0.15
"""What a use counts where neither an import nor the folder speaks for it."""
PLAIN: Final = 0.15
"""What the use of a plain word counts, unless it is imported by name."""
FAMILIES: Final[Mapping[str, str]] = {"c++": "c", "typescript": "javascript", "tsx": "javascript"}
"""Languages that use each other's names."""
OF_PACKAGES: Final = frozenset({"go"})
"""Languages that import packages and no names: there an imported word stands before a dot."""
_PART: Final = re.compile(r"[a-z][A-Z]|\w_\w")


class FileFacts(NamedTuple):
    """What of one file the graph is made from. `references` are names and counts in turn, with blanks between."""

    path: str
    language: str
    defined: Sequence[str]
    references: str
    imports: Sequence[str]


@dataclass(frozen=True, slots=True)
class Graph:
    """Edges of file `n` are `starts[n]` up to `starts[n + 1]`; each has a target, a weight and `LABELS` labels.

    The weights of the edges that leave a file add up to 1. A label is an index into `names` and its share of the edge;
    unused labels have the share 0.
    """

    paths: tuple[str, ...]
    names: tuple[str, ...]
    starts: array[int]
    targets: array[int]
    weights: array[float]
    labels: array[int]
    shares: array[float]

    def edges(self, node: int) -> range:
        """The edges that leave a file."""
        return range(self.starts[node], self.starts[node + 1])

    def uses(self, edge: int) -> Iterator[tuple[str, float]]:
        """The names that make up an edge, heaviest first, and their shares of its weight."""
        for place in range(edge * LABELS, (edge + 1) * LABELS):
            if self.shares[place]:
                yield self.names[self.labels[place]], self.shares[place]


Users = Mapping[str, Sequence[int]]
"""Name, with its family before a blank -> the files that use it, by number."""


def build(files: Sequence[FileFacts]) -> tuple[Graph, Users]:
    """The graph of these files, and who uses each name that one of them defines."""
    definers = _definers(files)
    used = [_used(file, definers) for file in files]
    users: dict[str, list[int]] = {}
    for number, names in enumerate(used):
        for name in names:
            users.setdefault(name, []).append(number)
    homes = [_home(file.path) for file in files]
    weight = {name: _weight(name, len(users[name]), len(files)) for name in users}
    rows = (_row(n, file, used[n], definers, homes, weight) for n, file in enumerate(files))
    return _packed(tuple(file.path for file in files), rows), users


def family(language: str) -> str:
    """The language whose names a file can use."""
    return FAMILIES.get(language, language)


def _definers(files: Sequence[FileFacts]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, file in enumerate(files):
        prefix = family(file.language) + " "
        for name in file.defined:
            found.setdefault(prefix + name, []).append(number)
    return found


def _used(file: FileFacts, definers: Mapping[str, list[int]]) -> dict[str, int]:
    """The names that the file uses and another defines; what it defines itself, it means itself."""
    prefix = family(file.language) + " "
    own = {*file.defined, *(file.imports if file.language in OF_PACKAGES else ())}
    parts = file.references.split(" ")
    pairs = ((prefix + name, name, count) for name, count in zip(parts[::2], parts[1::2], strict=False))
    return {key: int(count) for key, name, count in pairs if key in definers and name not in own}


def _weight(key: str, users: int, files: int) -> float:
    """A name that few files use, and that reads like one somebody has made up, says more."""
    return _made_up(key.partition(" ")[2]) * math.log(1 + files / users) / math.log(1 + files)


def _made_up(name: str) -> float:
    """`total_price` is a name of this codebase; `name` and `get` may be anything."""
    if len(name) < 4:
        return 0.05
    if _PART.search(name) or (len(name) >= 8 and not name.islower()):
        return 1.0
    return PLAIN if name.islower() else 0.8


def _home(path: str) -> tuple[str, str, str]:
    """Folder, its own name, and the file's name without ending: what an import can say of a file."""
    folder, _, name = path.rpartition("/")
    return folder, folder.rpartition("/")[2], PurePosixPath(name).stem if name else ""


def _row(
    number: int,
    file: FileFacts,
    used: Mapping[str, int],
    definers: Mapping[str, list[int]],
    homes: Sequence[tuple[str, str, str]],
    weight: Mapping[str, float],
) -> list[tuple[int, float, list[tuple[float, str]]]]:
    """The heaviest edges of one file: target, weight, and what makes it up."""
    imports, here = frozenset(file.imports), homes[number][0]
    found: dict[int, list[tuple[float, str]]] = {}
    for key, count in used.items():
        targets = definers[key]
        seen = [t for t in targets if homes[t][2] in imports or homes[t][1] in imports or homes[t][0] == here]
        if not seen and len(targets) > MOST_DEFINERS:
            continue
        told = 1 / PLAIN if key.partition(" ")[2] in imports else 1.0
        strength = math.sqrt(count) * weight[key] * told * (1.0 if seen else UNSEEN) / len(seen or targets)
        for target in (seen or targets)[:MOST_DEFINERS]:
            found.setdefault(target, []).append((strength, key))
    rows = [(target, sum(strength for strength, _ in why), why) for target, why in found.items()]
    return heapq.nlargest(MOST_EDGES, rows, key=lambda row: (row[1], -row[0]))


def _packed(paths: tuple[str, ...], rows: Iterable[Sequence[tuple[int, float, list[tuple[float, str]]]]]) -> Graph:
    numbers: dict[str, int] = {}
    starts, targets, weights = array("I", [0]), array("I"), array("f")
    labels, shares = array("I"), array("f")
    for row in rows:
        total = sum(weight for _, weight, _ in row)
        for target, weight, why in row:
            best = heapq.nlargest(LABELS, why)
            best += [(0.0, best[0][1])] * (LABELS - len(best))
            targets.append(target)
            weights.append(weight / total)
            labels.extend(numbers.setdefault(key.partition(" ")[2], len(numbers)) for _, key in best)
            shares.extend(strength / weight for strength, _ in best)
        starts.append(len(targets))
    return Graph(paths, tuple(numbers), starts, targets, weights, labels, shares)


def counted(names: Mapping[str, int]) -> str:
    """References as the text that `FileFacts` holds."""
    return " ".join(f"{name} {count}" for name, count in Counter(names).most_common())
