"""The machine, top to bottom.

    task -> baseline of the checks on task.base (cached)
         -> linked worktree at task.base
         -> while the cascade names a next move:
                brief -> proposer -> edits -> guard -> tree -> worktree -> checks in the sandbox -> verdict
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
from gitbuddy.core.evidence import Checked, Evidence, failed, passed
from gitbuddy.core.formats import parse
from gitbuddy.core.guard import guard
from gitbuddy.core.kinds import rules_of
from gitbuddy.core.verdict import judge, regressed
from gitbuddy.errors import GitbuddyError, Rejected
from gitbuddy.git.context import gather
from gitbuddy.git.records import Job, Records
from gitbuddy.git.repo import Repo
from gitbuddy.git.worktree import Pool, Slot
from gitbuddy.protocols import Forge, Proposer
from gitbuddy.values import Attempt, Brief, Check, Emit, Outcome, Proposal, Refused, Task, Tier


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
        if not self.runner.sandbox.confines:
            name, hint = self.runner.sandbox.name, "git buddy doctor says which sandbox works here"
            raise GitbuddyError(f"model-written code runs only in a sandbox, and this is none: {name}", hint)

    def run(self, task: Task) -> Outcome:
        """Run one task to its outcome.

        Raises `GitbuddyError` when the job cannot be run at all (another process has it, no check can run, no model
        answers); it is queued again then, and nothing has landed.
        """
        with self.records.held(task) as job, self.pool.slot(task.base) as slot:
            self.emit(events.created(task))
            self.runner.set_up(self.settings.worktree.setup, slot.mounts)
            baseline = self._baseline(task, slot)
            attempts: tuple[Attempt, ...] = ()
            reason = rules_of(task.kind).pointless(baseline.results)
            while not reason and (move := next_move(task, self.tiers, attempts, self.settings.limits)):
                for event in events.moving(task, move, attempts):
                    self.emit(event)
                attempts += (self._attempt(task, move.tier, slot, baseline, attempts),)
                facts, files = provenance.attempt_facts(attempts[-1]), provenance.attempt_files(attempts[-1])
                job = self.records.append(job, "attempted", facts, files)
            if attempts and attempts[-1].accepted:
                return self._land(job, task, slot, attempts)
            return self._give_up(job, task, attempts, reason or _why_stopped(attempts))

    def _baseline(self, task: Task, slot: Slot) -> Checked:
        """What the checks say of the base. What is red here is nobody's fault; what cannot run shows nothing."""
        self.emit(events.checking(task, "base", self.checks))
        baseline = self._check(slot, slot.base_tree, Checked(()))
        self.emit(events.baseline(task, baseline.results))
        if not any(passed(result) or failed(result) for result in baseline.results):
            named = ", ".join(f"{result.check.name} ({result.status.value})" for result in baseline.results)
            hint = 'commit a .buddy/config.toml that names one, e.g. [checks.test] command = ["make", "test"]'
            raise GitbuddyError(
                f"no check of this project can run, so nothing could be shown: {named or 'none found'}", hint
            )
        return baseline

    def _attempt(self, task: Task, tier: Tier, slot: Slot, baseline: Checked, earlier: tuple[Attempt, ...]) -> Attempt:
        """One proposal, from the question to the verdict."""
        started = time.monotonic()
        attempt = Attempt(len(earlier) + 1, tier, self._brief(task, tier, slot, baseline, earlier))
        try:
            proposal = self._ask(attempt.brief, slot)
            attempt = replace(attempt, proposal=proposal)
            edits = parse(proposal.reply, task.files) if proposal.edits is None else proposal.edits
            patch = apply(edits, slot.read)
            attempt = replace(attempt, patch=patch)
            allowed = guard(patch, task, self.settings.guard, slot.tracked, slot.read)
            tree = self.repo.write_tree(slot.base_tree, allowed)
            self.records.pin(task.id, tree)
            attempt = replace(attempt, tree=tree)
            _refuse_repetition(tree, earlier)
            slot.lay_out(allowed)
            self.emit(events.applied(task, patch))
            self.emit(events.checking(task, "candidate", self.checks))
            candidate = self._check(slot, tree, baseline)
            attempt = replace(attempt, results=candidate.results)
            verdict = judge(Evidence(task, baseline, candidate, patch))
        except Rejected as rejected:
            attempt = replace(attempt, proposal=attempt.proposal or Proposal(rejected.reply))
            verdict = rejected.refused
        fingerprint = feedback.fingerprint(verdict, attempt.results)
        attempt = replace(attempt, verdict=verdict, fingerprint=fingerprint, seconds=time.monotonic() - started)
        self.emit(events.judged(task, attempt))
        return attempt

    def _brief(self, task: Task, tier: Tier, slot: Slot, baseline: Checked, earlier: tuple[Attempt, ...]) -> Brief:
        """What the proposer is told: the rules, the files that matter, what fails, the task, the last lesson."""
        files = gather(self.repo, task, prompt.evidence(baseline.results), prompt.file_budget(tier))
        return Brief(
            task=task,
            tier=tier,
            system=prompt.system(task, tier.format),
            prompt=prompt.prompt(task, files, baseline.results, earlier),
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

    def _check(self, slot: Slot, tree: str, baseline: Checked) -> Checked:
        """Run the checks on what stands in the worktree, and put the worktree back to the base.

        Stops at the first check that decides against the candidate. What a clean run says of the base is remembered;
        what is said of a candidate, only when it lands.
        """
        results = self.runner.run(self.checks, tree, slot.mounts, lambda result: regressed(baseline.results, result))
        altered = slot.settle()
        if tree == slot.base_tree and not altered:
            self.runner.remember(tree, slot.mounts, results)
        return Checked(results, altered)

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
