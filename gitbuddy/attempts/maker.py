"""One attempt, from the question to the verdict.

    brief -> proposer -> edits -> patch -> guard -> tree -> the gate

Whatever is wrong with a proposal is a `Rejected`, caught here and nowhere else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from gitbuddy.config import ProjectSettings
from gitbuddy.core import events, feedback, prompt
from gitbuddy.core.apply import apply
from gitbuddy.core.evidence import Checked
from gitbuddy.core.extract import texts
from gitbuddy.core.formats import parse
from gitbuddy.core.guard import guard
from gitbuddy.core.lesson import lesson, telling
from gitbuddy.core.packing import pack
from gitbuddy.core.review import schema_for
from gitbuddy.core.suspicion import led, suspects_of
from gitbuddy.core.unseen import refuse_unseen
from gitbuddy.errors import Rejected
from gitbuddy.gate import reviewing
from gitbuddy.gate.gate import Gate
from gitbuddy.git.repo import Repo
from gitbuddy.protocols import Proposer
from gitbuddy.values import (
    Accepted,
    Attempt,
    Brief,
    Context,
    Edit,
    Emit,
    Kind,
    Move,
    Proposal,
    Refused,
    Usage,
    Verdict,
)

Admit = Callable[[str], None]
"""Told the tree of a proposal before its checks run; raises `Rejected` for one that is being checked elsewhere."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one attempt starts from. `number` is its own, `sample` its place in a round of attempts made at once."""

    move: Move
    baseline: Checked
    earlier: tuple[Attempt, ...]
    number: int
    sample: int = 0


@dataclass(frozen=True)
class Maker:
    """Makes attempts of one job, one after the other, in the worktree of its gate."""

    repo: Repo
    gate: Gate
    context: Context
    proposers: Mapping[str, Proposer]
    settings: ProjectSettings
    emit: Emit
    admit: Admit

    def make(self, asked: Asked) -> tuple[Attempt, Checked]:
        """The attempt, and the baseline with what re-runs have shown of it. Raises `ModelUnavailable`."""
        started, task, slot = time.monotonic(), self.gate.task, self.gate.bench.slot
        attempt, baseline = self._begun(asked), asked.baseline
        try:
            attempt = replace(attempt, brief=self._packed(attempt.brief, asked))
            proposal = self._ask(attempt.brief)
            attempt = replace(attempt, proposal=proposal)
            if task.kind is Kind.REVIEW:
                verdict = reviewing.verdict(proposal.reply, task, self.gate.bench, baseline)
                return self._judged(replace(attempt, verdict=verdict), started), baseline
            patch = apply(self._edits(proposal, attempt.brief), slot.read)
            attempt = replace(attempt, patch=patch)
            allowed = guard(patch, task, self.settings.guard, slot.tracked, slot.read)
            tree = self.repo.write_tree(slot.base_tree, allowed)
            attempt = replace(attempt, tree=tree)
            _refuse_repetition(tree, asked.earlier)
            self.admit(tree)
            self.emit(events.applied(task, patch))
            examined = self.gate.examine(allowed, tree, baseline)
            baseline = examined.baseline
            attempt = replace(attempt, results=examined.candidate.results)
            verdict = _doubted(examined.verdict, proposal)
        except Rejected as rejected:
            answered = attempt.proposal or Proposal(rejected.reply, None, rejected.usage or Usage(), rejected.search)
            attempt = replace(attempt, proposal=answered)
            verdict = rejected.refused
        return self._judged(replace(attempt, verdict=verdict), started), baseline

    def _begun(self, asked: Asked) -> Attempt:
        """The attempt with a brief that shows nothing yet."""
        tier, task = asked.move.tier, self.gate.task
        at_this_tier = sum(attempt.tier.name == tier.name for attempt in asked.earlier)
        schema = schema_for(task, tier.name, asked.earlier)
        brief = Brief(
            task=task,
            tier=tier,
            system=prompt.system(task, tier.format, structured=schema is not None),
            prompt="",
            files=(),
            mounts=self.gate.bench.slot.mounts,
            attempt=1 + at_this_tier + asked.sample,
            sample=asked.number - 1 if asked.move.action == "sample" else asked.sample,
            schema=schema,
            results=asked.baseline.results,
        )
        return Attempt(asked.number, tier, brief, sample=asked.sample, action=asked.move.action)

    def _packed(self, brief: Brief, asked: Asked) -> Brief:
        """What the proposer is told: the files that matter, what fails, the task, the last lesson."""
        task, tier, base, read = brief.task, brief.tier, asked.baseline.results, texts(self.gate.bench.slot.read)
        fence, proposer = prompt.fence(task), self.proposers[tier.name]

        def count(text: str) -> int:
            return proposer.tokens(text, tier)

        places = suspects_of(asked.earlier)
        room = prompt.room(task, tier, base, count, read, places)
        context = led(self.context, places, self.gate.bench.slot.read)
        packed = pack(context, room, lambda item: count(prompt.shown(item, fence)))
        taught = self._lesson(asked, fence) if asked.move.action != "sample" else ""
        return replace(brief, prompt=prompt.prompt(task, packed, base, taught, read, places), files=packed.files)

    def _lesson(self, asked: Asked, fence: str) -> str:
        tier = asked.move.tier
        teacher = telling(asked.earlier, tier.name)
        read = texts(self.gate.bench.slot.read, teacher.patch if teacher else None)
        return lesson(teacher, tier.name, fence, read, prompt.lesson_characters(tier))

    def _ask(self, brief: Brief) -> Proposal:
        proposer = self.proposers[brief.tier.name]
        try:
            return proposer.propose(brief, self.emit)
        finally:
            if proposer.uses_worktree:
                self.gate.bench.slot.settle()

    def _edits(self, proposal: Proposal, brief: Brief) -> tuple[Edit, ...]:
        """The edits of a tool as it made them; those of a reply, read, and only of what its model has seen."""
        if proposal.edits is not None:
            return proposal.edits
        edits = parse(proposal.reply, brief.task.files)
        refuse_unseen(edits, {file.path for file in brief.files}, self.gate.bench.slot.tracked)
        return edits

    def _judged(self, attempt: Attempt, started: float) -> Attempt:
        fingerprint = feedback.fingerprint(attempt.verdict, attempt.results) if attempt.verdict else ""
        attempt = replace(attempt, fingerprint=fingerprint, seconds=time.monotonic() - started)
        self.emit(events.judged(self.gate.task, attempt))
        return attempt


def _doubted(verdict: Verdict, proposal: Proposal) -> Verdict:
    """The verdict with what the proposer itself knows against its change."""
    doubts = proposal.search.doubts if proposal.search else ()
    return replace(verdict, doubts=(*doubts, *verdict.doubts)) if isinstance(verdict, Accepted) else verdict


def _refuse_repetition(tree: str, earlier: tuple[Attempt, ...]) -> None:
    twin = next((attempt for attempt in earlier if attempt.tree == tree), None)
    if twin:
        words = f"this is the same change as in attempt {twin.number}, which was refused"
        raise Rejected(Refused("apply", "repeated", words))
