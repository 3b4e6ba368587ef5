"""One module per kind of task: its words for the prompt and its contract, i.e. what it must prove.

May import `values`, `errors`, `core.evidence` and `core.languages`. A new kind is a file here and a line in `RULES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from gitbuddy.core.evidence import Evidence
from gitbuddy.core.kinds import change, document, fix, fix_lint, generate, refactor, review, test, translate
from gitbuddy.values import CheckResult, Kind, Task, Verdict


class Rules(Protocol):
    """What a kind's module offers."""

    WORDS: str

    def pointless(self, task: Task, base: tuple[CheckResult, ...]) -> str:
        """Why there is nothing to do on this base; empty when there is."""
        ...

    def prove(self, evidence: Evidence) -> Verdict:
        """The contract beyond "no check got worse"."""
        ...


RULES: Mapping[Kind, Rules] = {
    Kind.CHANGE: change,
    Kind.GENERATE: generate,
    Kind.REFACTOR: refactor,
    Kind.TEST: test,
    Kind.DOCUMENT: document,
    Kind.FIX_LINT: fix_lint,
    Kind.FIX: fix,
    Kind.TRANSLATE: translate,
    Kind.REVIEW: review,
}


def rules_of(kind: Kind) -> Rules:
    """The rules of a kind."""
    return RULES[kind]
