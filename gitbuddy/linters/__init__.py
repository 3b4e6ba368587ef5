"""Linters, formatters and type checkers: what each is called with, which of them a project uses, what their ends mean.

Imports nothing of gitbuddy and little else, for a hook before a commit waits for it.
"""

from __future__ import annotations

from gitbuddy.linters.choice import applicable, chosen, placed
from gitbuddy.linters.linter import Linter
from gitbuddy.linters.running import arguments, batches, ended, from_top, program, within
from gitbuddy.linters.table import LINTERS

__all__ = [
    "LINTERS",
    "Linter",
    "applicable",
    "arguments",
    "batches",
    "chosen",
    "ended",
    "from_top",
    "placed",
    "program",
    "within",
]
