"""The machine, top to bottom.

    task -> baseline of the checks on task.base (cached)
         -> linked worktree at task.base
         -> while the cascade names a next move:
                brief -> proposer -> edits -> guard -> tree -> the gate: checks in the sandbox, trials, verdict
         -> commit the tree that was checked, land it, write the record
         -> give the worktree back

One attempt is `attempts/maker.py`, the gate is `gate/gate.py`. Every step takes frozen values and returns a new one.
A model never decides anything here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gitbuddy.attempts.maker import Asked, Maker
from gitbuddy.attempts.samples import Sampler
from gitbuddy.checks.run import CheckRunner
from gitbuddy.codebase.context import gather
from gitbuddy.config import ProjectSettings
from gitbuddy.core import events, message, prompt, provenance
from gitbuddy.core.cascade import Policy
from gitbuddy.core.evidence import Checked
from gitbuddy.core.extract import texts
from gitbuddy.core.rounds import next_number
from gitbuddy.gate.bench import Bench
from gitbuddy.gate.gate import Gate
from gitbuddy.git.records import Job, Records
from gitbuddy.git.repo import Repo
from gitbuddy.git.worktree import Pool, Slot
from gitbuddy.protocols import Forge, Proposer
from gitbuddy.values import Attempt, Check, Emit, Kind, Move, Outcome, Refused, Task, Tier, Unverified


@dataclass(frozen=True)
class Engine:
    """The parts that run jobs on one base commit; `wiring` puts them together.

    `cache` is the folder in which what was read of the repository's files is remembered.
    """

    repo: Repo
    pool: Pool
    cache: Path
    records: Records
    checks: tuple[Check, ...]
    runner: CheckRunner
    tiers: tuple[Tier, ...]
    policy: Policy
    proposers: Mapping[str, Proposer]
    sampler: Sampler
    forge: Forge
    settings: ProjectSettings
    emit: Emit

    def run(self, task: Task) -> Outcome:
        """Run one task to its outcome.

        Raises `GitbuddyError` when the job cannot be run at all (another process has it, no check can run, no model
        answers); it is queued again then, and nothing has landed.
        """
        with self.records.held(task) as job, self.pool.slot(task.base) as slot:
            self.emit(events.created(task))
            gate = Gate(task, Bench(slot, self.runner, self.checks, self.settings), self.emit)
            baseline = gate.baseline()
            maker = self._maker(gate, baseline)
            attempts: tuple[Attempt, ...] = ()
            reason = gate.pointless(baseline)
            while not reason and (move := self.policy(task, self.tiers, attempts, self.settings.limits)):
                for event in events.moving(task, move, attempts):
                    self.emit(event)
                made, baseline = self._make(maker, move, baseline, attempts)
                for attempt in made:
                    attempts += (attempt,)
                    facts, files = provenance.attempt_facts(attempt), provenance.attempt_files(attempt)
                    job = self.records.append(job, "attempted", facts, files)
            if attempts and attempts[-1].accepted and task.kind is Kind.REVIEW:
                self.records.append(job, "reviewed", {"reason": "reviewed"})
                return self._end(Outcome(task, "reviewed", attempts, "reviewed"))
            if attempts and attempts[-1].accepted:
                return self._land(job, task, slot, attempts)
            if attempts and isinstance(attempts[-1].verdict, Unverified):
                return self._keep(job, task, attempts, attempts[-1].verdict)
            return self._give_up(job, task, attempts, reason or _why_stopped(attempts))

    def _maker(self, gate: Gate, baseline: Checked) -> Maker:
        """What makes the attempts of this job; what it may show of the repository is gathered once."""
        read = texts(gate.bench.slot.read)
        context = gather(self.repo, gate.task, prompt.evidence(baseline.results, read), self.cache)
        pin = partial(self.records.pin, gate.task.id)
        return Maker(self.repo, gate, context, self.proposers, self.settings, self.emit, pin)

    def _make(
        self, maker: Maker, move: Move, baseline: Checked, earlier: tuple[Attempt, ...]
    ) -> tuple[tuple[Attempt, ...], Checked]:
        """The attempts of one move: one here, or several at once, each in a worktree and a process of its own."""
        first = next_number(earlier)
        asked = tuple(Asked(move, baseline, earlier, first + sample, sample) for sample in range(move.samples))
        if len(asked) == 1:
            attempt, baseline = maker.make(asked[0])
            return (attempt,), baseline
        return self.sampler.make(asked, maker.gate.task, maker.context, maker.admit), baseline

    def _land(self, job: Job, task: Task, slot: Slot, attempts: tuple[Attempt, ...]) -> Outcome:
        """Commit the tree that was checked and land it. The intent is on record first, so that a crash resumes it."""
        if altered := slot.settle(thorough=True):
            reason = f"tracked files changed unnoticed while the checks ran, so they show nothing: {', '.join(altered)}"
            return self._give_up(job, task, attempts, reason)
        last = attempts[-1]
        self.runner.remember(last.tree or "", slot.mounts, last.results)
        text = message.commit_message(task, last, self.settings.landing.attribution)
        commit = self.repo.commit_tree(last.tree or "", [task.base], text)
        self.records.pin(task.id, commit)
        details = {
            "commit": commit,
            "branch": message.branch_name(task),
            "note": provenance.note(task, attempts, self.runner.sandbox.name),
        }
        job = self.records.append(job, "landing", details)
        branch = self.forge.land(commit, details["branch"])
        self.repo.add_note(commit, details["note"])
        self.records.append(job, "landed", {**details, "branch": branch})
        return self._end(Outcome(task, "landed", attempts, "accepted", commit, branch))

    def _keep(self, job: Job, task: Task, attempts: tuple[Attempt, ...], verdict: Unverified) -> Outcome:
        """Keep what could not be shown to be right: as a commit in the record, on no branch."""
        text = message.commit_message(task, attempts[-1], self.settings.landing.attribution)
        commit = self.repo.commit_tree(attempts[-1].tree or "", [task.base], text)
        details = {"reason": f"{verdict.reason}: {verdict.words}", "commit": commit}
        self.records.append(job, "unverified", details, keep=commit)
        return self._end(Outcome(task, "unverified", attempts, details["reason"], commit))

    def _give_up(self, job: Job, task: Task, attempts: tuple[Attempt, ...], reason: str) -> Outcome:
        self.records.append(job, "gave-up", {"reason": reason})
        return self._end(Outcome(task, "gave-up", attempts, reason))

    def _end(self, outcome: Outcome) -> Outcome:
        self.emit(events.ended(outcome))
        return outcome


def _why_stopped(attempts: tuple[Attempt, ...]) -> str:
    if not attempts:
        return "no tier of the cascade takes this kind of task"
    last = attempts[-1].verdict
    words = last.words if isinstance(last, Refused) else ""
    return f"{len(attempts)} attempts, none accepted; the last: {words}"
