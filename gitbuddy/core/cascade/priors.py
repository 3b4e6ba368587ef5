"""What is believed of a tier before anything was seen of it here. All of it is data, and records outweigh it soon.

Two recorded runs stand behind the figures. A: 331 answers of qwen2.5-coder 1.5b, 7b and 14b to 100 HumanEval tasks,
with the seconds they took (ranausmanai/reliabilityloop). B: ten answers each of nine open models from 1.3b to 34b to
400 LiveCodeBench tasks (livecodebench.github.io): CodeLlama, OpenCodeInterpreter and StarCoder2 in three sizes each.
The family that `benchmarks/policy.py` is scored on is left out of B. A task in a repository lies between A and B.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from gitbuddy.values import Tier


@dataclass(frozen=True, slots=True)
class Guess:
    """A tier that nothing is known of: the chance that its first answer is accepted, and the seconds of an attempt."""

    chance: float
    seconds: float


SIZES = ((1.5, Guess(0.28, 5.1)), (7.0, Guess(0.39, 7.6)), (14.0, Guess(0.45, 28.7)), (33.0, Guess(0.5, 70.0)))
"""Billions of parameters -> chance, between A and B; seconds of A, for the last row extended in proportion."""
UNSIZED = (1.5, 7.0, 14.0, 33.0)
"""The size that stands for a model whose name tells none, by its rung on the ladder."""
TOOLS = {"fixers": Guess(0.5, 2.0), "mutate": Guess(0.4, 30.0)}
"""Proposers that ask no model. Judgement: a search ends within its budget, and mends what one small edit can."""
SHARED = 0.8
"""Of what the weaker of two models solves, how much the stronger one solves: A, 0.82 to 0.97; B, 0.53 to 0.83."""
SPREAD = 0.25
"""a + b of the Beta that the chances of single tasks follow: B, 0.16 to 0.42. Small: most tasks succeed nearly always
or nearly never, so one failure says much."""
SPREAD_AFTER = 0.34
"""The same where a smaller model has failed, so that the tasks that nearly always succeed are gone: B, 0.18 to 0.54."""
TOLD = 0.5
"""What a repair achieves for one success of a fresh sample: LiveCodeBench's repair runs, 0.46 to 0.64 for the sizes of
DSCoder, 0.29 for CodeLlama 7b, 0.41 for Magicoder 6.7b."""
FALSE_ACCEPTS = 0.16
"""Share of accepted answers that a stronger suite of tests would refuse: 124 of 756, Qwen2.5-Coder 1.5b and 7b on
HumanEval and MBPP against their plus versions."""

LEAST, LARGEST = 1e-6, 0.99
"""No chance is believed to be less, or greater."""
WEIGHT = 4.0
"""Attempts that such a belief, or that of a wider bucket, is worth against attempts seen here."""


def guess(tier: Tier, rung: int) -> Guess:
    """What is believed of this tier: by the size in its model's name, else by its rung, counted from 0."""
    if tier.is_tool:
        return TOOLS[tier.proposer]
    found = re.search(r"(?<![\d.])(\d+(?:\.\d+)?)b(?![a-z0-9])", tier.model.lower())
    size = float(found[1]) if found and float(found[1]) > 0 else UNSIZED[min(rung, len(UNSIZED) - 1)]
    return min(SIZES, key=lambda row: abs(math.log(row[0] / size)))[1]
