"""Which lines are suspicious: those that failing tests run and passing ones do not, and those that a traceback names.

The score of the spectrum is Ochiai's, the best of those compared in Abreu, Zoeteweij, van Gemund, On the Accuracy of
Spectrum-based Fault Localization, TAIC PART 2007.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence, Set
from math import sqrt

from gitbuddy.values import Suspect

Line = tuple[str, int]
"""A path and a line in it, from 1."""
TRACED = 0.5
"""How much of what is missing to certainty the innermost line of a traceback gains; each call outwards half. Judged."""


def ochiai(failing: int, passing: int, failed: int) -> float:
    """Failing and passing tests that run a line, against all that fail: 0 to 1."""
    return failing / sqrt(failed * (failing + passing)) if failing else 0.0


def ranked(
    coverage: Mapping[str, Set[Line]], failed: Collection[str], traces: Sequence[Sequence[Line]] = ()
) -> tuple[Suspect, ...]:
    """Suspicious lines, the most suspicious first.

    `coverage`: test -> lines that it runs. `failed`: which of the tests fail. `traces`: the lines of each traceback,
    the outermost call first, ours alone. Of equal lines the one nearest to the failure comes first, then the order of
    paths and lines; the order of the arguments does not matter.
    """
    failing = Counter(line for test in coverage if test in failed for line in coverage[test])
    passing = Counter(line for test in coverage if test not in failed for line in coverage[test])
    number = sum(test in failed for test in coverage)
    scores = {line: ochiai(count, passing[line], number) for line, count in failing.items()}
    calls = _calls(traces)
    for line, away in calls.items():
        known = scores.get(line, 0.0)
        scores[line] = known + (1 - known) * TRACED * 0.5**away
    found = [Suspect(*line, score, calls.get(line)) for line, score in scores.items()]
    return tuple(sorted(found, key=_rank))


def by_line(suspects: Sequence[Suspect], path: str) -> Mapping[int, float]:
    """Line -> score in one file, as `places` takes it."""
    return {suspect.line: suspect.score for suspect in suspects if suspect.path == path}


def _calls(traces: Sequence[Sequence[Line]]) -> Mapping[Line, int]:
    """Line -> the least number of calls between it and where a failure came out."""
    found: dict[Line, int] = {}
    for trace in traces:
        for away, line in enumerate(reversed(trace)):
            found[line] = min(away, found.get(line, away))
    return found


def _rank(suspect: Suspect) -> tuple[float, bool, int, str, int]:
    away = suspect.calls
    return -suspect.score, away is None, away or 0, suspect.path, suspect.line
