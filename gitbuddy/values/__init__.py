"""The nouns of gitbuddy: frozen values that flow one way through the engine.

Imports nothing of the package. A step of the engine takes values and returns a new one; none is edited.
The words are those of `docs/glossary.md`.
"""

from __future__ import annotations

from gitbuddy.values.attempt import (
    Accepted,
    Action,
    Attempt,
    Brief,
    Emit,
    Event,
    Move,
    Outcome,
    Proposal,
    Refused,
    Search,
    Suspect,
    Think,
    Tier,
    Unverified,
    Usage,
    Verdict,
)
from gitbuddy.values.calibration import Calibration, Identity, Tally
from gitbuddy.values.check import (
    Case,
    CaseStatus,
    Check,
    CheckKind,
    CheckResult,
    CheckStatus,
    CompletedCommand,
    Limits,
    Mounts,
)
from gitbuddy.values.context import Context, Excerpt
from gitbuddy.values.history import Run, Try
from gitbuddy.values.patch import AllowedPatch, Change, DeleteFile, Edit, Patch, Replace, SourceFile, WriteFile
from gitbuddy.values.task import ID_LENGTH, Kind, Origin, Task

__all__ = [
    "ID_LENGTH",
    "Accepted",
    "Action",
    "AllowedPatch",
    "Attempt",
    "Brief",
    "Calibration",
    "Case",
    "CaseStatus",
    "Change",
    "Check",
    "CheckKind",
    "CheckResult",
    "CheckStatus",
    "CompletedCommand",
    "Context",
    "DeleteFile",
    "Edit",
    "Emit",
    "Event",
    "Excerpt",
    "Identity",
    "Kind",
    "Limits",
    "Mounts",
    "Move",
    "Origin",
    "Outcome",
    "Patch",
    "Proposal",
    "Refused",
    "Replace",
    "Run",
    "Search",
    "SourceFile",
    "Suspect",
    "Tally",
    "Task",
    "Think",
    "Tier",
    "Try",
    "Unverified",
    "Usage",
    "Verdict",
    "WriteFile",
]
