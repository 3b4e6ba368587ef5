"""One proposal and what became of it, up to the end of its job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gitbuddy.values.check import CheckResult, Mounts
from gitbuddy.values.patch import Edit, Patch, SourceFile
from gitbuddy.values.task import Task

TEMPLATE = 64
"""Tokens that a chat template adds around two messages, at most."""

Think = Literal["off", "on", "low", "medium", "high"]
"""Whether a reasoning model shall think before it answers; a level where its server knows levels."""

Action = Literal["sample", "repair", "escalate"]
"""What a move does: ask as if for the first time, tell the same tier what it got wrong, or tell another one."""


@dataclass(frozen=True, slots=True)
class Tier:
    """A proposer with its settings and limits; the cascade is an ordered tuple of tiers.

    `window` is the context size in tokens, `max_output` the longest reply in tokens, `max_thinking` the tokens that a
    reasoning model may think before it, `calls` how many calls may run at once for all processes of this user,
    `timeout` the seconds one call may take. `samples` are asked for at once; the first that is accepted wins.
    `remote` allows a model on somebody else's computers.
    """

    name: str
    proposer: str
    model: str = ""
    endpoint: str = ""
    format: str = "search-replace"
    window: int = 8192
    max_output: int = 2048
    temperature: float = 0.1
    attempts: int = 2
    calls: int = 1
    timeout: float = 300.0
    think: Think = "off"
    max_thinking: int = 0
    samples: int = 1
    remote: bool = False

    @property
    def is_tool(self) -> bool:
        """Whether it asks no model."""
        return self.proposer in ("fixers", "mutate")

    @property
    def room(self) -> int:
        """Tokens that a prompt may take: what the reply, the thinking and the chat template leave of the window."""
        return self.window - self.max_output - self.max_thinking - TEMPLATE


@dataclass(frozen=True, slots=True)
class Move:
    """The cascade's next step: so many attempts at this tier, and why.

    `sample` asks as if for the first time, `repair` tells what the last attempt taught, `escalate` tells it to another
    tier. With `samples` above 1 that many are made at once.
    """

    tier: Tier
    reason: str
    action: Action = "sample"
    samples: int = 1


@dataclass(frozen=True, slots=True)
class Usage:
    """What one proposal cost. `model` is the name with its digest where the server tells one.

    `output_tokens` include those that were thought; `loading` are the seconds of `seconds` in which the server loaded
    the model, where it tells.
    """

    model: str = ""
    prompt_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    loading: float = 0.0


@dataclass(frozen=True, slots=True)
class Brief:
    """What a proposer is given: stable text first, what the last attempt taught last.

    `files` are the same files as values, for proposers that are tools. `mounts` is the worktree laid out at the base:
    a tool may work there; whatever it leaves is read back and then undone. `attempt` counts from 1 at this tier.
    `sample` counts from 0 among briefs that are equal otherwise: each asks for another answer. `schema` is a JSON
    schema that the answer must follow, for servers that can enforce one; never set where code is asked for. `results`
    are what the checks said of the base.
    """

    task: Task
    tier: Tier
    system: str
    prompt: str
    files: tuple[SourceFile, ...]
    mounts: Mounts
    attempt: int = 1
    sample: int = 0
    schema: Mapping[str, Any] | None = None
    results: tuple[CheckResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Suspect:
    """A line and how suspicious it is, 0 to 1. `calls`: how many calls from where a failure came out, if known."""

    path: str
    line: int
    score: float
    calls: int | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """What a search for a repair found on its way, whether it came to one or not.

    `suspects` are the lines where the fault may be, the most suspicious first. `tried` says how many candidates of each
    template were run, `template` which one made what is proposed. `doubts` are what a reviewer should know of it.
    """

    suspects: tuple[Suspect, ...] = ()
    tried: Mapping[str, int] = field(default_factory=dict)
    template: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a proposer answered. `reply` is recorded as it came; `edits` is None while they are still text in it."""

    reply: str
    edits: tuple[Edit, ...] | None = None
    usage: Usage = Usage()
    search: Search | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The verdict that a candidate may land; `shown` says in sentences what was shown.

    `doubts` says what such checks cannot show of this very change, for whoever reviews it.
    """

    shown: tuple[str, ...]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unverified:
    """Nothing speaks against a candidate, and the contract of its kind cannot be checked here: it does not land.

    `reason` is a stable code, `words` say what could not be checked, `shown` what was shown all the same.
    """

    reason: str
    words: str
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a candidate may not land. `reason` is a stable code, `words` are for the proposer's next try."""

    stage: Literal["reply", "apply", "guard", "checks"]
    reason: str
    words: str


Verdict = Accepted | Refused | Unverified


@dataclass(frozen=True, slots=True)
class Attempt:
    """One proposal and what became of it; fields after `brief` stay empty when it ended earlier.

    Attempts that were made at once have consecutive numbers and the same `round`; of those that were cancelled there
    is none. `sample` counts from 0 within a round. `action` is that of the move which asked for it.
    """

    number: int
    tier: Tier
    brief: Brief
    proposal: Proposal | None = None
    patch: Patch | None = None
    tree: str | None = None
    results: tuple[CheckResult, ...] = ()
    verdict: Verdict | None = None
    fingerprint: str = ""
    seconds: float = 0.0
    sample: int = 0
    action: Action = "sample"

    @property
    def round(self) -> int:
        """The number of the first attempt of its round."""
        return self.number - self.sample

    @property
    def accepted(self) -> bool:
        return isinstance(self.verdict, Accepted)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended. `commit` and `branch` are set when it landed; `reason` says why it did not.

    An `unverified` one has a commit, kept in its record, and no branch; a `reviewed` one is in its last verdict.
    """

    task: Task
    state: Literal["landed", "reviewed", "unverified", "gave-up"]
    attempts: tuple[Attempt, ...]
    reason: str
    commit: str | None = None
    branch: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something a person or a program may want to see while a job runs; `docs/reference/events.md` lists the names."""

    name: str
    job: str
    data: Mapping[str, Any] = field(default_factory=dict)


Emit = Callable[[Event], None]
