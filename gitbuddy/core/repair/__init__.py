"""Repair without a model: small edits at suspicious places, the most likely first.

`localise` ranks the lines, `place` finds the statements there, `templates` make edits of them, `order` says which is
tried first. May import `core.languages`. This file is the face of the package.
"""

from __future__ import annotations

from gitbuddy.core.repair.candidate import Candidate
from gitbuddy.core.repair.localise import by_line, ranked
from gitbuddy.core.repair.order import candidates
from gitbuddy.core.repair.place import Place, places
from gitbuddy.core.repair.priors import PRIORS, learned, tallies
from gitbuddy.core.repair.source import Source, Unreadable

__all__ = [
    "PRIORS", "Candidate", "Place", "Source", "Unreadable", "by_line", "candidates", "learned", "places", "ranked",
    "tallies",
]  # fmt: skip
