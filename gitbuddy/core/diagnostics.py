"""Diagnostics of linters and type checkers, read from what they print and compared as multisets."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from gitbuddy.core.problems import read_diagnostics, timeless


class Diagnostic(NamedTuple):
    """What is complained about, without the place: code that has only moved is not news.

    `rule` is the tool's name for it, empty where the tool names none; numbers in `text` do not count.
    """

    path: str
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {f'{self.rule} ' if self.rule else ''}{self.text}"


_CUT = re.compile(r"^\[\.\.\. \d+ bytes left out \.\.\.\]$", re.MULTILINE)


def diagnostics(output: str) -> Counter[Diagnostic]:
    """Count what is complained about, as (file, rule, text). A complaint about the same place twice counts once."""
    found = read_diagnostics(output)
    return Counter(Diagnostic(problem.path, problem.rule, timeless(problem.message)) for problem in found)


def is_cut(output: str) -> bool:
    """Whether a part of the output was left out, so that counting in it shows nothing."""
    return bool(_CUT.search(output))
