"""Settings -> engine. The only place that names concrete proposers, sandboxes and forges.

An alternative is a new file and a line in a table here, never an `if` in the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gitbuddy.attempts.maker import Admit, Maker
from gitbuddy.attempts.samples import Order, Sampler
from gitbuddy.checks.cache import Cache
from gitbuddy.checks.detect import detect
from gitbuddy.checks.run import CheckRunner
from gitbuddy.config import ProjectSettings
from gitbuddy.core.cascade import Policy, by_index, ladder_of, learn, next_move
from gitbuddy.core.repair import learned, tallies
from gitbuddy.core.rules.scope import may_change
from gitbuddy.engine import Engine
from gitbuddy.errors import UsageError
from gitbuddy.forges.branch import BranchForge
from gitbuddy.gate.bench import Bench
from gitbuddy.gate.gate import Gate
from gitbuddy.gate.replay import Verification, landed_at, replay
from gitbuddy.git.records import Records
from gitbuddy.git.repo import Repo
from gitbuddy.git.runs import finished
from gitbuddy.git.worktree import Pool
from gitbuddy.linters import applicable
from gitbuddy.mutate.proposer import Mutate
from gitbuddy.proposers.embedded import Embedded
from gitbuddy.proposers.fixers import Fixers
from gitbuddy.proposers.ollama import Ollama
from gitbuddy.proposers.openai_http import OpenAIHttp
from gitbuddy.proposers.replay import Replay
from gitbuddy.protocols import Proposer
from gitbuddy.sandboxes.choose import choose
from gitbuddy.session import Session, cache_folder, project_settings
from gitbuddy.temporary import temporary_folder
from gitbuddy.tiering import api_key, cascade_of, refuse_large_windows
from gitbuddy.values import Attempt, Check, Emit, Event, Limits, Outcome, Task, Tier

REMEMBERED_JOBS = 1000
"""Jobs that the policy `index` and the search learn from: older ones would weigh a thirtieth of a new one."""


@dataclass(frozen=True, slots=True)
class Means:
    """What checks the candidates of one job."""

    project: ProjectSettings
    checks: tuple[Check, ...]
    runner: CheckRunner
    pool: Pool


@dataclass(frozen=True, slots=True)
class Supplies:
    """What the proposers of one job are made from."""

    session: Session
    task: Task
    means: Means


Make = Callable[[Tier, Supplies], Proposer]

MODELS: Mapping[str, Callable[[Tier, Path], Proposer]] = {
    "ollama": lambda tier, cache: Ollama(tier.endpoint, cache / "calls", cache / "counts", api_key()),
    "openai": lambda tier, cache: OpenAIHttp(tier.endpoint, api_key(), cache / "calls", cache / "servers"),
    "embedded": lambda tier, cache: Embedded(cache / "calls", cache / "servers"),
}
"""Those that ask a model, from the folder that proposers of all repositories share."""

PROPOSERS: Mapping[str, Make] = {
    "fixers": lambda _, supplies: _fixers(supplies),
    "mutate": lambda _, supplies: _mutate(supplies),
    "replay": lambda tier, _: Replay(Path(tier.model)),
    **dict.fromkeys(MODELS, lambda tier, supplies: MODELS[tier.proposer](tier, cache_folder(supplies.session.user))),
}
"""By the name that a tier's `proposer` setting has."""


def run_task(session: Session, task: Task) -> Outcome:
    """Run one task with an engine made for its base."""
    return build_engine(session, task).run(task)


def build_engine(session: Session, task: Task) -> Engine:
    """Put the parts together: sandbox, checks as of the base, tiers, pool, forge."""
    means = means_of(session, task, session.cache / "checks")
    tiers = cascade_of(session.user, task, lambda words: session.emit(Event("notice", task.id, {"words": words})))
    ladder_of(task, tiers, means.project.limits)  # a tier that the task cannot start at is refused before anything runs
    refuse_large_windows(tiers)
    runner, checks = means.runner, means.checks
    supplies = Supplies(session, task, means)
    return Engine(
        repo=session.repo,
        pool=means.pool,
        cache=session.cache / "codebase",
        records=session.records,
        checks=checks,
        runner=runner,
        tiers=tiers,
        policy=POLICIES[session.user.policy](session),
        proposers={tier.name: PROPOSERS[tier.proposer](tier, supplies) for tier in tiers},
        sampler=Sampler(session.repo.top, session.user, session.emit),
        forge=BranchForge(session.repo.publish),
        settings=means.project,
        emit=session.emit,
    )


def _by_index(session: Session) -> Policy:
    experience = learn(finished(session.records, REMEMBERED_JOBS).runs)
    return partial(by_index, experience=experience, patience=session.user.patience)


POLICIES: Mapping[str, Callable[[Session], Policy]] = {"ladder": lambda session: next_move, "index": _by_index}
"""By the name that the setting `buddy.policy` has."""


def make_sample(order: Order, emit: Emit, admit: Admit) -> Attempt:
    """Make one of several attempts at once, in this process and a worktree of its own."""
    repo, task, tier = Repo.open(order.directory), order.task, order.asked.move.tier
    session = Session(repo, Records(repo), order.user, emit)
    means = means_of(session, task, session.cache / "checks")
    proposers = {tier.name: PROPOSERS[tier.proposer](tier, Supplies(session, task, means))}
    with means.pool.slot(task.base) as slot:
        gate = Gate(task, Bench(slot, means.runner, means.checks, means.project), emit)
        gate.bench.clean()
        maker = Maker(repo, gate, order.context, proposers, means.project, emit, admit)
        return maker.make(order.asked)[0]


def means_of(session: Session, task: Task, cache: Path) -> Means:
    """What checks a candidate for this task, with results remembered in the folder `cache`."""
    project = project_settings(session.repo, task.base)
    sandbox = choose(session.user.sandbox, min_tier=session.user.min_tier)
    told = {"name": sandbox.name, "findings": list(sandbox.findings), "passedOver": list(sandbox.passed_over)}
    session.emit(Event("sandbox", task.id, told))
    return Means(
        project=project,
        checks=checks_of(session.repo, project, task),
        runner=CheckRunner(sandbox, Cache(cache), limits_of(project), session.cache / "runs"),
        pool=Pool(session.repo, session.cache, project.worktree.dependencies, watch=sandbox.closed),
    )


def verify_commit(session: Session, revision: str) -> Verification:
    """Replay the gate for a landed commit, with nothing remembered, and compare it with the record."""
    landed = landed_at(session.repo, session.records, revision)
    with temporary_folder() as cache:
        means = means_of(session, landed.task, cache)
        with means.pool.slot(landed.task.base) as slot:
            gate = Gate(landed.task, Bench(slot, means.runner, means.checks, means.project), session.emit)
            return replay(session.repo, gate, landed)


def limits_of(project: ProjectSettings) -> Limits:
    """Bounds of one command of this project; the time is each check's own."""
    chosen = project.limits
    return Limits(
        memory=chosen.check_memory,
        output=chosen.check_output,
        total_memory=chosen.check_total_memory,
        disk=chosen.check_disk,
    )


def checks_of(repo: Repo, project: ProjectSettings, task: Task) -> tuple[Check, ...]:
    """The checks that decide on this task: configured, else detected; narrowed and completed by the task."""
    configured = tuple(Check(name, check.command, check.kind, check.timeout) for name, check in project.checks.items())
    checks = configured or detect(repo.paths(task.base), _reader(repo, task.base))
    unknown = [name for name in task.checks if name not in {check.name for check in checks}]
    if unknown:
        names = ", ".join(check.name for check in checks) or "none"
        raise UsageError(
            f"the task names a check that this project does not have: {unknown[0]}", f"checks here: {names}"
        )
    return tuple(check for check in checks if not task.checks or check.name in task.checks)


def _fixers(supplies: Supplies) -> Fixers:
    repo, base, means = supplies.session.repo, supplies.task.base, supplies.means
    commands = [" ".join(check.command) for check in means.checks]
    linters = applicable(repo.paths(base), _reader(repo, base), commands)
    may = partial(may_change, task=supplies.task, settings=means.project.guard)
    return Fixers(means.runner.sandbox, linters, means.runner.limits, may)


def _mutate(supplies: Supplies) -> Mutate:
    session, means = supplies.session, supplies.means

    def priors() -> Mapping[str, float]:
        return learned(tallies(finished(session.records, REMEMBERED_JOBS).runs))

    return Mutate(
        sandbox=means.runner.sandbox,
        read=_reader(session.repo, supplies.task.base),
        guard=means.project.guard,
        limits=means.runner.limits,
        seconds=session.user.mutate_seconds,
        most=session.user.mutate_candidates,
        runs=session.cache / "runs",
        priors=priors,
    )


def _reader(repo: Repo, base: str) -> Callable[[str], bytes | None]:
    """Read tracked files of the base as bytes."""

    def read(path: str) -> bytes | None:
        file = repo.read(base, path)
        return file.data if file else None

    return read
