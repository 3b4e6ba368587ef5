"""What finished jobs have taught about the tiers: counts, fewer the longer ago, forgotten when a model changes.

A task's bucket is made of what is known before any call. Its parts go from wide to narrow, and a narrow bucket is
believed as far as it has seen something, else the wider one is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from gitbuddy.values import Run, Task, Tier, Try

HALF_LIFE = 200
"""Jobs after which what was seen counts half."""
BANDS = ((0, "no files"), (1, "1 file"), (3, "2-3 files"), (5, "4-5 files"))
"""Number of files that a task names, up to -> its band."""

Bucket = tuple[str, ...]
Before = tuple[tuple[str, int], ...]
"""The tiers that had failed at a task before, in the order of their names, each with how often."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Attempts and how many of them were accepted, each weighted by its age."""

    tries: float = 0.0
    accepted: float = 0.0

    def plus(self, weight: float, *, accepted: bool) -> Tally:
        return Tally(self.tries + weight, self.accepted + weight * accepted)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one tier.

    `first` are its first attempts at a task, by bucket (`()` is all tasks) and by what had failed before; `again` are
    further ones, by whether the last failure was told and by how many there had been. `seconds` is the sum of `tries`.
    """

    first: Mapping[Bucket, Mapping[Before, Tally]] = field(default_factory=dict)
    again: Mapping[tuple[bool, int], Tally] = field(default_factory=dict)
    tries: float = 0.0
    seconds: float = 0.0


def bucket_of(task: Task) -> Bucket:
    """Kind, language by the ending of its files, and how many there are: known before anything is asked."""
    endings = {path.rpartition("/")[2].rpartition(".")[2].lower() for path in task.files if "." in path}
    language = endings.pop() if len(endings) == 1 else "mixed" if endings else "any"
    band = next((name for most, name in BANDS if len(task.files) <= most), "many files")
    return task.kind.value, language, band


@dataclass(frozen=True, eq=False)
class Experience:
    """What the jobs of one repository have taught. `tasks` counts the jobs of each bucket, whatever their age."""

    tiers: Mapping[str, Seen] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    tasks: Mapping[Bucket, int] = field(default_factory=dict)
    bucket: Callable[[Task], Bucket] = bucket_of

    def of(self, tier: Tier) -> Seen:
        """What was seen of this tier with the model it has now."""
        model = self.models.get(tier.name, "")
        known = model in ("", tier.model) or _name(model) == tier.model or tier.is_tool or tier.proposer == "replay"
        return self.tiers.get(tier.name, Seen()) if known else Seen()


def learn(runs: Iterable[Run], bucket: Callable[[Task], Bucket] = bucket_of) -> Experience:
    """The experience that these jobs give, newest first."""
    gathering = _Gathering()
    for age, run in enumerate(runs):
        gathering.add(run, bucket(run.task), 0.5 ** (age / HALF_LIFE))
    tiers = {name: draft.seen() for name, draft in gathering.drafts.items()}
    return Experience(tiers, gathering.models, dict(gathering.tasks), bucket)


def prefixes(bucket: Bucket) -> tuple[Bucket, ...]:
    """A bucket and all it is part of, the widest first."""
    return tuple(bucket[:length] for length in range(len(bucket) + 1))


@dataclass
class _Draft:
    """A `Seen` in the making."""

    first: dict[Bucket, dict[Before, Tally]] = field(default_factory=lambda: defaultdict(dict))
    again: dict[tuple[bool, int], Tally] = field(default_factory=dict)
    tries: float = 0.0
    seconds: float = 0.0

    def seen(self) -> Seen:
        return Seen(dict(self.first), dict(self.again), self.tries, self.seconds)

    def add(self, tried: Try, bucket: Bucket, others: Before, failures: int, weight: float) -> None:
        self.tries += weight
        self.seconds += weight * tried.seconds
        if failures:
            key = (tried.action != "sample", failures)
            self.again[key] = self.again.get(key, Tally()).plus(weight, accepted=tried.accepted)
            return
        for part in prefixes(bucket):
            tally = self.first[part].get(others, Tally())
            self.first[part][others] = tally.plus(weight, accepted=tried.accepted)


@dataclass
class _Gathering:
    """Counts, job by job from the newest back."""

    drafts: dict[str, _Draft] = field(default_factory=lambda: defaultdict(_Draft))
    models: dict[str, str] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)
    tasks: Counter[Bucket] = field(default_factory=Counter)

    def add(self, run: Run, bucket: Bucket, weight: float) -> None:
        self.tasks.update(prefixes(bucket) if run.tries else ())
        failures: Counter[str] = Counter()
        for tried in run.tries:
            if self._current(tried):
                others = tuple(sorted((name, times) for name, times in failures.items() if name != tried.tier))
                self.drafts[tried.tier].add(tried, bucket, others, failures[tried.tier], weight)
            failures[tried.tier] += not tried.accepted

    def _current(self, tried: Try) -> bool:
        """Whether the tier had the model then that it has now; once it had another, all that is older is forgotten."""
        if tried.tier in self.replaced:
            return False
        now = self.models.get(tried.tier, "")
        if not _same(now, tried.model):
            self.replaced.add(tried.tier)
            return False
        self.models[tried.tier] = max(now, tried.model, key=len)  # the one with its digest
        return True


def _same(one: str, other: str) -> bool:
    """Whether two names can be the same model; a failed attempt may tell less of it than another."""
    if not one or not other or one == other:
        return True
    return _name(one) == _name(other) and "" in (one.partition("@")[2], other.partition("@")[2])


def _name(model: str) -> str:
    return model.partition("@")[0]
