"""Test by test: what became of each one between two runs, and what repeated runs of one tree say together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from gitbuddy.values import Case, CaseStatus, CheckResult, CheckStatus

_BETWEEN = ("::", " > ", "[", "/", ".")
"""What may stand between a name and the rest of an id; a file's name is the beginning of the ids of its tests."""
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ids of tests, sorted. `lost`: no longer there. `skipped`: ran before, and does not now. `failing`: did not fail
    before (a new test that fails is one). `unsteady`: passes and fails by turns, which on the base it never did.
    `mended`: failed every time before and passes every time now. `added`: was not there before.
    """

    lost: tuple[str, ...]
    skipped: tuple[str, ...]
    failing: tuple[str, ...]
    unsteady: tuple[str, ...]
    mended: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def worse(self) -> bool:
        return bool(self.lost or self.skipped or self.failing or self.unsteady)


def compare(before: CheckResult, after: CheckResult) -> Comparison | None:
    """The tests of two runs of one check; None where one of them tells only a whole."""
    if before.cases is None or after.cases is None:
        return None
    old, new = by_id(before.cases), by_id(after.cases)
    shaky = frozenset(before.flaky)
    gone = [name for name in old if name not in new and name not in shaky]
    collected = [name for name in gone if _collected_now(old[name], new)]
    mended = [
        name
        for name in new
        if _is(new, name, _PASSED) and _is(old, name, _FAILED) and name not in shaky and name not in after.flaky
    ]
    return Comparison(
        lost=tuple(name for name in gone if name not in collected),
        skipped=tuple(name for name in new if _is(new, name, _SKIPPED) and _is(old, name, _PASSED, _FAILED)),
        failing=tuple(name for name in new if _is(new, name, _FAILED) and not _is(old, name, _FAILED)),
        unsteady=tuple(name for name in after.flaky if name in old and name not in shaky),
        mended=tuple(sorted([*mended, *collected])),
        added=tuple(name for name in new if name not in old),
    )


def merged(runs: Sequence[CheckResult]) -> CheckResult:
    """Several runs on the same tree as one result: a test counts as it ended best, and is flaky if runs differ on it.

    A flaky test is named, so that nothing passes "after some tries" in silence.
    """
    best = min(runs, key=lambda run: _RANK.get(run.status, len(_RANK)))
    known = {name for run in runs for name in run.flaky}
    if any(run.cases is None for run in runs):
        differ = {runs[0].check.name} if len({run.status for run in runs}) > 1 else set()
        return replace(best, flaky=tuple(sorted(known | differ)))
    tables = [by_id(run.cases or ()) for run in runs]
    names = sorted({name for table in tables for name in table})
    endings = {name: {table[name].status if name in table else None for table in tables} for name in names}
    unsteady = {name for name, seen in endings.items() if len(seen) > 1}
    cases = tuple(min((t[name] for t in tables if name in t), key=lambda case: _BEST[case.status]) for name in names)
    status = best.status
    if any(map(is_red, cases)):
        status = CheckStatus.FAILED
    elif status is CheckStatus.FAILED and all(any(map(is_red, run.cases or ())) for run in runs):
        status = CheckStatus.PASSED  # each run failed at another test only
    return replace(best, status=status, cases=cases, flaky=tuple(sorted(known | unsteady)))


def matching(wanted: str, cases: Iterable[Case]) -> tuple[Case, ...]:
    """The cases that a name given by a person stands for: an id, its end, its beginning (a file, a class), or, while
    its file cannot be collected, that file.
    """
    return tuple(case for case in cases if _means(wanted, case.id) or _holds(case.id, wanted))


def by_id(cases: Iterable[Case]) -> Mapping[str, Case]:
    return {case.id: case for case in cases}


def is_red(case: Case) -> bool:
    return case.status is CaseStatus.FAILED


def file_of(case_id: str) -> str:
    """The file of a test, where its id begins with one; else the id itself."""
    return case_id.partition("::")[0].partition(" > ")[0]


def listed(names: Sequence[str]) -> str:
    """A few of the names, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


_PASSED, _FAILED, _SKIPPED = CaseStatus
_BEST = {_PASSED: 0, _SKIPPED: 1, _FAILED: 2}
_RANK = {CheckStatus.PASSED: 0, CheckStatus.FAILED: 1}


def _is(cases: Mapping[str, Case], name: str, *statuses: CaseStatus) -> bool:
    return name in cases and cases[name].status in statuses


def _collected_now(case: Case, new: Mapping[str, Case]) -> bool:
    """Whether what could not be collected or built, and so stood for its tests, has tests now, none of them failing.

    CMake calls a program that is not there `<name>_NOT_BUILT`, and which tests it holds is not known until it is.
    """
    unbuilt = case.id.endswith("_NOT_BUILT")
    own = [found for name, found in new.items() if unbuilt or _holds(case.id, name)]
    return case.status is _FAILED and bool(own) and not any(map(is_red, own))


def _holds(beginning: str, name: str) -> bool:
    return any(name.startswith(beginning + sign) for sign in ("::", " > ", "."))


def _means(wanted: str, name: str) -> bool:
    if name == wanted:
        return True
    return any(name.startswith(wanted + sign) or name.endswith(sign + wanted) for sign in _BETWEEN)
