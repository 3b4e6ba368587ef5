"""What records tell of jobs that are over, for whoever learns or counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gitbuddy.values.attempt import Action
from gitbuddy.values.task import Task


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt of a finished job. `model` is the name with its digest where the server told one; `seconds` are those
    of the whole attempt, with its checks. Of a search for a repair: `tried` candidates of each template, and the
    `template` of what was proposed."""

    tier: str
    model: str = ""
    action: Action = "sample"
    accepted: bool = False
    seconds: float = 0.0
    tokens: int = 0
    tried: Mapping[str, int] = field(default_factory=dict)
    template: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One finished job, its attempts in order. `ended` is in seconds since 1970."""

    task: Task
    state: str
    tries: tuple[Try, ...]
    ended: float = 0.0

    @property
    def solved(self) -> bool:
        """Whether it came to what was asked: a change that landed, or a review."""
        return self.state in ("landed", "reviewed")
