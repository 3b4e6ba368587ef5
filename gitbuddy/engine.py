"""The machine, top to bottom.

    task -> baseline of the checks on task.base (cached)
         -> linked worktree at task.base
         -> while the cascade names a next move:
                brief -> proposer -> edits -> guard -> tree -> the gate: checks in the sandbox, trials, verdict
         -> commit the tree that was checked, land it, write the record
         -> give the worktree back

Every step takes frozen values and returns a new one. Whatever is wrong with a proposal is a `Rejected`, caught once.
A model never decides anything here.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from gitbuddy.checks.run import CheckRunner
from gitbuddy.config import ProjectSettings
from gitbuddy.core import events, feedback, message, prompt, provenance
from gitbuddy.core.apply import apply
from gitbuddy.core.cascade import next_move
from gitbuddy.core.evidence import Checked
from gitbuddy.core.extract import texts
from gitbuddy.core.formats import parse
from gitbuddy.core.guard import guard
from gitbuddy.errors import GitbuddyError, Rejected
from gitbuddy.gate import reviewing
from gitbuddy.gate.bench import Bench
from gitbuddy.gate.gate import Gate
from gitbuddy.git.context import gather
from gitbuddy.git.records import Job, Records
from gitbuddy.git.repo import Repo
from gitbuddy.git.worktree import Pool, Slot
from gitbuddy.protocols import Forge, Proposer
from gitbuddy.values import Attempt, Brief, Check, Emit, Kind, Outcome, Proposal, Refused, Task, Tier, Unverified


@dataclass(frozen=True)
class Engine:
    """The parts that run jobs on one base commit; `wiring` puts them together."""

    repo: Repo
    pool: Pool
    records: Records
    checks: tuple[Check, ...]
    runner: CheckRunner
    tiers: tuple[Tier, ...]
    proposers: Mapping[str, Proposer]
    forge: Forge
    settings: ProjectSettings
    emit: Emit

    def __post_init__(self) -> None:
        sandbox = self.runner.sandbox
        if sandbox.runs and not sandbox.confines:
            hint = "git buddy doctor says which sandbox works here"
            raise GitbuddyError(f"model-written code runs only in a sandbox, and this is none: {sandbox.name}", hint)

    def run(self, task: Task) -> Outcome:
        """Run one task to its outcome.

        Raises `GitbuddyError` when the job cannot be run at all (another process has it, no check can run, no model
        answers); it is queued again then, and nothing has landed.
        """
        with self.records.held(task) as job, self.pool.slot(task.base) as slot:
            self.emit(events.created(task))
            gate = Gate(task, Bench(slot, self.runner, self.checks, self.settings), self.emit)
            baseline = gate.baseline()
            attempts: tuple[Attempt, ...] = ()
            reason = gate.pointless(baseline)
            while not reason and (move := next_move(task, self.tiers, attempts, self.settings.limits)):
                for event in events.moving(task, move, attempts):
                    self.emit(event)
                attempt, baseline = self._attempt(gate, move.tier, baseline, attempts)
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

    def _attempt(
        self, gate: Gate, tier: Tier, baseline: Checked, earlier: tuple[Attempt, ...]
    ) -> tuple[Attempt, Checked]:
        """One proposal, from the question to the verdict; and the baseline, with what re-runs have shown of it."""
        started, task, slot = time.monotonic(), gate.task, gate.bench.slot
        attempt = Attempt(len(earlier) + 1, tier, self._brief(task, tier, slot, baseline, earlier))
        try:
            proposal = self._ask(attempt.brief, slot)
            attempt = replace(attempt, proposal=proposal)
            if task.kind is Kind.REVIEW:
                attempt = replace(attempt, verdict=reviewing.verdict(proposal.reply, task, gate.bench, baseline))
                return self._judged(attempt, started, task), baseline
            edits = parse(proposal.reply, task.files) if proposal.edits is None else proposal.edits
            patch = apply(edits, slot.read)
            attempt = replace(attempt, patch=patch)
            allowed = guard(patch, task, self.settings.guard, slot.tracked, slot.read)
            tree = self.repo.write_tree(slot.base_tree, allowed)
            self.records.pin(task.id, tree)
            attempt = replace(attempt, tree=tree)
            _refuse_repetition(tree, earlier)
            self.emit(events.applied(task, patch))
            examined = gate.examine(allowed, tree, baseline)
            baseline = examined.baseline
            attempt = replace(attempt, results=examined.candidate.results)
            verdict = examined.verdict
        except Rejected as rejected:
            attempt = replace(attempt, proposal=attempt.proposal or Proposal(rejected.reply))
            verdict = rejected.refused
        return self._judged(replace(attempt, verdict=verdict), started, task), baseline

    def _judged(self, attempt: Attempt, started: float, task: Task) -> Attempt:
        fingerprint = feedback.fingerprint(attempt.verdict, attempt.results) if attempt.verdict else ""
        attempt = replace(attempt, fingerprint=fingerprint, seconds=time.monotonic() - started)
        self.emit(events.judged(task, attempt))
        return attempt

    def _brief(self, task: Task, tier: Tier, slot: Slot, baseline: Checked, earlier: tuple[Attempt, ...]) -> Brief:
        """What the proposer is told: the rules, the files that matter, what fails, the task, the last lesson."""
        read = texts(slot.read)
        read_last = texts(slot.read, earlier[-1].patch) if earlier else read
        files = gather(self.repo, task, prompt.evidence(baseline.results, read), prompt.file_budget(tier))
        return Brief(
            task=task,
            tier=tier,
            system=prompt.system(task, tier.format),
            prompt=prompt.prompt(task, files, baseline.results, earlier, read, read_last),
            files=files,
            mounts=slot.mounts,
            attempt=1 + sum(attempt.tier.name == tier.name for attempt in earlier),
        )

    def _ask(self, brief: Brief, slot: Slot) -> Proposal:
        proposer = self.proposers[brief.tier.name]
        try:
            return proposer.propose(brief, self.emit)
        finally:
            if proposer.uses_worktree:
                slot.settle()

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


def _refuse_repetition(tree: str, earlier: tuple[Attempt, ...]) -> None:
    twin = next((attempt for attempt in earlier if attempt.tree == tree), None)
    if twin:
        words = f"this is the same change as in attempt {twin.number}, which was refused"
        raise Rejected(Refused("apply", "repeated", words))


def _why_stopped(attempts: tuple[Attempt, ...]) -> str:
    if not attempts:
        return "no tier of the cascade takes this kind of task"
    last = attempts[-1].verdict
    words = last.words if isinstance(last, Refused) else ""
    return f"{len(attempts)} attempts, none accepted; the last: {words}"
