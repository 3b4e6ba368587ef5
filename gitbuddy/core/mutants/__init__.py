"""Small faults put into code, so that tests can show that they would notice one.

`sites` says where a fault can be put and in what order they are tried, `python` and `trees` find the places. May
import `core.languages`. This file is the face of the package.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from gitbuddy.core.languages import language_of, problems
from gitbuddy.core.mutants import python, trees
from gitbuddy.core.mutants.sites import Site, spread

__all__ = ["Mutant", "mutants"]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file with one small fault in it, at a line (from 1); `source` is the whole file, `what` says it in words."""

    path: str
    line: int
    what: str
    source: bytes


def mutants(path: str, source: bytes, most: int, names: frozenset[str] = frozenset()) -> tuple[Mutant, ...]:
    """At most `most` faulty versions of a file, each of which parses; none for a language we cannot read.

    They go round the functions of the file, so that the first of them cover every function; functions and classes in
    `names` come before all others. The same arguments give the same mutants.
    """
    sites = _sites(path, source)
    return tuple(islice(_mutants(path, source, spread(sites, names)), most))


def _sites(path: str, source: bytes) -> Sequence[Site]:
    language = language_of(path)
    if language is None:
        return ()
    try:
        return python.sites(source) if language == "python" else trees.sites(source, path)
    except ValueError:
        return ()


def _mutants(path: str, source: bytes, sites: Sequence[Site]) -> Iterator[Mutant]:
    seen = {source}
    for site in sites:
        faulty = source[: site.start] + site.text + source[site.end :]
        if faulty not in seen and problems(faulty, path) == "":
            seen.add(faulty)
            yield Mutant(path, source.count(b"\n", 0, site.start) + 1, site.what, faulty)
