"""Recorded replies instead of a model: for tests, audits and the demo.

A transcript is a file of JSON lines `{"task": ..., "tier": ..., "attempt": ..., "reply": ...}`. `task` is a slug, the
beginning of an id, or "*"; `tier` a name, null or "*" for any; `attempt` counts the questions for that task at that
tier from 1, null answers any.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from gitbuddy.errors import GitbuddyError, ModelUnavailable
from gitbuddy.proposers.tokens import tokens_of
from gitbuddy.values import Brief, Emit, Proposal, Task, Tier, Usage

LONGEST = 64 << 20
"""Bytes of a transcript."""
SHORTEST_PREFIX = 4
"""Characters of an id that name a task."""


class Line(BaseModel):
    """One recorded reply."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str = "*"
    tier: str | None = None
    attempt: int | None = None
    reply: str

    def answers(self, task: Task, tier: str, attempt: int) -> bool:
        """Whether this reply was given to that question."""
        prefix = len(self.task) >= SHORTEST_PREFIX and task.id.startswith(self.task)
        of_task = self.task in ("*", task.slug or "*") or prefix
        return of_task and self.tier in (None, "*", tier) and self.attempt in (None, attempt)


class Replay:
    """Proposes what the transcript at `path` holds."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = read(path)

    @property
    def uses_worktree(self) -> bool:
        return False

    def tokens(self, text: str, tier: Tier) -> int:
        return tokens_of(text)

    def propose(self, brief: Brief, emit: Emit) -> Proposal:
        """The recorded reply; the one for this very attempt before one for any. Raises `ModelUnavailable`."""
        task, tier = brief.task, brief.tier.name
        found = [line for line in self._lines if line.answers(task, tier, brief.attempt)]
        if not found:
            named = task.slug or task.id
            hint = f"add a line for task {named}, tier {tier}, attempt {brief.attempt} to the transcript"
            raise ModelUnavailable(f"the transcript has no reply for this attempt: {self._path}", hint)
        reply = min(found, key=lambda line: (line.attempt is None, line.task == "*")).reply
        return Proposal(reply, usage=Usage(model="replay"))


def read(path: Path) -> tuple[Line, ...]:
    """All lines of a transcript; raises `GitbuddyError` with the place of the first bad one."""
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST + 1)
    except OSError as error:
        raise GitbuddyError(f"the transcript cannot be read: {path}", "give the path of a JSON lines file") from error
    if len(data) > LONGEST:
        raise GitbuddyError(f"the transcript is larger than {LONGEST} bytes: {path}", "split it")
    numbered = enumerate(data.split(b"\n"), start=1)
    return tuple(_line(text, f"{path}:{number}") for number, text in numbered if text.strip())


def record(path: Path, task: str, tier: str, attempt: int | None, reply: str) -> None:
    """Append one reply to the transcript at `path`."""
    clean = reply.encode("utf-8", "replace").decode("utf-8")
    line = Line(task=task, tier=tier, attempt=attempt, reply=clean)
    with path.open("a", encoding="utf-8") as file:
        file.write(line.model_dump_json() + "\n")


def _line(text: bytes, where: str) -> Line:
    try:
        return Line.model_validate_json(text)
    except ValidationError as error:
        hint = 'each line is an object like {"task": "*", "tier": "fast", "attempt": 1, "reply": "..."}'
        raise GitbuddyError(f"this line of the transcript is not a recorded reply: {where}", hint) from error
