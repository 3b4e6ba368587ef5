"""Where a fault can be put, and in what order the places are tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import zip_longest


class Fault(IntEnum):
    """Kinds of faults. Those that a test of the function can hardly miss come first."""

    RETURN = 0
    CONDITION = 1
    COMPARISON = 2
    ARITHMETIC = 3
    LOGIC = 4
    REMOVED = 5
    CONSTANT = 6
    BOUND = 7


@dataclass(frozen=True, slots=True)
class Site:
    """Exchange the bytes from `start` to `end` of a source for `text`. At the top `function` is empty."""

    fault: Fault
    start: int
    end: int
    text: bytes
    what: str
    function: str = ""


SWAPS: Mapping[str, tuple[Fault, str]] = {
    **{
        old: (Fault.COMPARISON, new)
        for old, new in {
            "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==",
            "===": "!==", "!==": "===", "is": "is not", "is not": "is", "in": "not in", "not in": "in",
        }.items()
    },
    **{
        old: (Fault.ARITHMETIC, new)
        for old, new in {
            "+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "//": "*", "**": "*", "<<": ">>", ">>": "<<",
            "&": "|", "|": "&", "^": "&", "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=", "%=": "*=", "//=": "*=",
            "**=": "*=", "<<=": ">>=", ">>=": "<<=", "&=": "|=", "|=": "&=", "^=": "&=", "++": "--", "--": "++",
        }.items()
    },
    **{old: (Fault.LOGIC, new) for old, new in {"and": "or", "or": "and", "&&": "||", "||": "&&"}.items()},
}  # fmt: skip
LOGGING = re.compile(r"(?:^|[._:>])_?(?:log|logger|logging|slog|console|warnings)(?:\.|::|->|$)", re.IGNORECASE)
"""Calls whose words nobody tests."""
_WHOLE = re.compile(r"(0|[1-9]\d*)([a-zA-Z]\w*)?")
_BROKEN = re.compile(r"(\d+)(\.\d*\w*)")
_SHOWN = 30


def swapped(start: int, operator: str, function: str) -> Site | None:
    """An operator exchanged for a near one; None for one that has none."""
    found = SWAPS.get(operator)
    if found is None:
        return None
    fault, new = found
    end = start + len(operator.encode())
    return Site(fault, start, end, new.encode(), f"`{operator}` became `{new}`", function)


def larger(number: str) -> str | None:
    """A plain number plus one, with its ending; None for what is written otherwise (hexadecimal, grouped)."""
    if whole := _WHOLE.fullmatch(number):
        return f"{int(whole[1]) + 1}{whole[2] or ''}"
    if broken := _BROKEN.fullmatch(number):
        return f"{int(broken[1]) + 1}{broken[2]}"
    return None


def short(text: bytes) -> str:
    """Code for a sentence: its first line, cut."""
    first, _, rest = text.decode("utf-8", "replace").strip().partition("\n")
    return f"`{first[:_SHOWN]}...`" if rest or len(first) > _SHOWN else f"`{first}`"


def spread(sites: Iterable[Site], names: frozenset[str]) -> Sequence[Site]:
    """All sites, round the functions, and within a function round the kinds of faults.

    Functions that `names` speaks of come first, what stands outside of functions last.
    """
    spoken: list[list[Site]] = []
    other: list[list[Site]] = []
    top: list[list[Site]] = []
    for function, group in _groups(sites, lambda site: site.function).items():
        kinds = _groups(sorted(group, key=lambda site: (site.fault, site.start)), lambda site: str(site.fault))
        wanted = not names.isdisjoint(function.split("."))
        (spoken if wanted else other if function else top).append(_round(list(kinds.values())))
    return [*_round(spoken), *_round(other), *_round(top)]


def _groups(sites: Iterable[Site], key: Callable[[Site], str]) -> dict[str, list[Site]]:
    found: dict[str, list[Site]] = {}
    for site in sites:
        found.setdefault(key(site), []).append(site)
    return found


def _round(groups: Iterable[Sequence[Site]]) -> list[Site]:
    return [site for turn in zip_longest(*groups) for site in turn if site is not None]
