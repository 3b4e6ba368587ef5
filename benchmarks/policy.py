"""What the shipped cascade policies cost for what they solve, over recorded outcomes of real models.

    python benchmarks/policy.py --data ../shared/recorded/lcb_codegen_counts_2024-04-17.csv.gz [--seeds N] [--all]

The data say for each model and task how many of ten recorded answers passed. One family of three sizes is the cascade.

For each seed the tasks are halved at random. On the one half the fixed ladder runs each task once, as it would in a
repository, with answers drawn from the ten without replacement; these runs are all that the index policy learns from
(`learn`). On the other half both policies are scored, by the very functions that the engine calls, with the engine's
limits. A policy sees failures only, so its moves are followed to the end and the chance that each of the drawn answers
passes is reckoned exactly: no luck of a draw is in a score.

Cost is a price per answer and model. Unless `--costs` says otherwise it is the billions of parameters, for that is what
an answer of equal length costs in time on one machine. What is known of a task before anything is asked, in place of
kind, language and number of files (all tasks here are alike in those), is the difficulty its contest gave it; with
`--all` also without it.

Equal solve rate means: within half a point. The patience of the index policy decides how far it goes. It is not fitted:
the whole curve of patiences is scored, each with all seeds, and the line between two neighbours is read half a point
below the ladder's solve rate; that is the last line. What it costs at exactly the ladder's rate is printed above it
(the saving is smaller there), and so are the figures for the patience that a rule takes from the learning half alone:
the least one for which a policy that has learned on one half of it reaches the ladder's rate on the other, both ways.
Resampling asks the largest model again and again, each task as often; between two numbers of samples the line is read,
at the ladder's rate.

Prices, chances and shapes that the policy believes beforehand (`core/cascade/priors.py`) come from other families.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

from gitbuddy.config import LimitSettings
from gitbuddy.core.cascade import Experience, Policy, by_index, learn, next_move
from gitbuddy.values import Attempt, Brief, Kind, Mounts, Move, Origin, Refused, Run, Task, Tier, Try

FAMILIES = {
    "DSCoder": ("DSCoder-1.3b-Ins", "DSCoder-6.7b-Ins", "DSCoder-33b-Ins"),
    "OpenCodeInterpreter": ("OC-DS-1.3B", "OC-DS-6.7B", "OC-DS-33B"),
    "CodeLlama": ("Cllama-7b-Ins", "Cllama-13b-Ins", "Cllama-34b-Ins"),
    "StarCoder2": ("StarCoder2-3b", "StarCoder2-7b", "StarCoder2-15b"),
}
PRICES = {
    "DSCoder": (1.3, 6.7, 33.0),
    "OpenCodeInterpreter": (1.3, 6.7, 33.0),
    "CodeLlama": (7.0, 13.0, 34.0),
    "StarCoder2": (3.0, 7.0, 15.0),
}
SENSITIVITY = {"parameters": (1.3, 6.7, 33.0), "steeper": (1.0, 8.0, 60.0), "flatter": (2.0, 6.7, 20.0)}
LIMITS = LimitSettings()
STEPS = 14
RATIO = 1.3
TOLERANCE = 0.005
ANSWERS = 10

Known = Callable[[Task], tuple[str, ...]]


@dataclass(frozen=True)
class Recorded:
    """One task, its difficulty, and how many of ten answers of each model passed."""

    task: Task
    difficulty: str
    passed: Mapping[str, int]


@dataclass(frozen=True)
class Point:
    """What a policy solves, as a share of the tasks, and what it spends on a task, both on average."""

    solved: float
    cost: float


@dataclass(frozen=True)
class Arena:
    """A cascade of recorded models with their prices, and the tasks."""

    tasks: tuple[Recorded, ...]
    tiers: tuple[Tier, ...]
    prices: Mapping[str, float]
    known: Known

    @property
    def patiences(self) -> tuple[float, ...]:
        """The curve: from little more than one answer of the largest model on, in even steps."""
        return tuple(4 * max(self.prices.values()) * RATIO**step for step in range(STEPS))

    def index(self, experience: Experience, patience: float) -> Policy:
        return partial(by_index, experience=experience, patience=patience)


@dataclass(frozen=True)
class Measured:
    """The outcome of all seeds: the curve by patience, the ladder, resampling, and the patience by rule."""

    curve: tuple[Point, ...]
    ladder: Point
    resample: tuple[Point, ...]
    ruled: Point


def main() -> int:
    """Measure and print; exit 1 when a ratio misses what is asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="lcb_codegen_counts_2024-04-17.csv.gz")
    parser.add_argument("--seeds", type=int, default=40, help="random halves")
    parser.add_argument("--costs", type=float, nargs=3, default=PRICES["DSCoder"], help="price of an answer by size")
    parser.add_argument("--all", action="store_true", help="also other prices, other families, and no difficulty")
    given = parser.parse_args()
    rows = read(given.data)
    if given.all:
        sensitivity(rows, max(4, given.seeds // 4))
    prices = " ".join(f"{price:g}" for price in given.costs)
    print(f"DSCoder, prices {prices} per answer, at most {LIMITS.attempts} attempts, {given.seeds} random halves")
    measured = measure(arena(rows, "DSCoder", tuple(given.costs)), given.seeds)
    return report(measured)


def read(data: Path) -> Mapping[str, Mapping[str, tuple[str, int]]]:
    """Model -> task -> (its difficulty, how many of ten answers passed)."""
    rows: dict[str, dict[str, tuple[str, int]]] = defaultdict(dict)
    with gzip.open(data, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows[row["model"]][row["question"]] = (row["difficulty"], int(row["passed_of_10"]))
    return rows


def arena(
    rows: Mapping[str, Mapping[str, tuple[str, int]]], family: str, prices: Sequence[float], *, difficulty: bool = True
) -> Arena:
    """A family of three models as the tiers of a cascade."""
    models = FAMILIES[family]
    tasks = tuple(
        Recorded(
            Task(Kind.GENERATE, question, "", Origin("json", question)),
            rows[models[0]][question][0],
            {model: rows[model][question][1] for model in models},
        )
        for question in sorted(rows[models[0]])
    )
    known = {each.task.id: (each.difficulty,) if difficulty else () for each in tasks}
    tiers = tuple(Tier(name, "ollama", model) for name, model in zip(("fast", "deep", "deeper"), models, strict=True))
    return Arena(tasks, tiers, dict(zip(models, prices, strict=True)), lambda task: known[task.id])


def measure(given: Arena, seeds: int) -> Measured:
    """All policies over as many random halves."""
    curve: list[list[Point]] = [[] for _ in given.patiences]
    ladder, ruled = [], []
    resample: list[list[Point]] = [[] for _ in range(ANSWERS)]
    for seed in range(seeds):
        chance = random.Random(seed)  # noqa: S311 - no secret depends on it
        tasks = chance.sample(given.tasks, len(given.tasks))
        learning, scored = tasks[: len(tasks) // 2], tasks[len(tasks) // 2 :]
        runs = runs_of(given, learning, chance)
        experience = learn(runs, given.known)
        points = [mean(given, given.index(experience, patience), scored) for patience in given.patiences]
        for gathered, point in zip(curve, points, strict=True):
            gathered.append(point)
        ladder.append(mean(given, next_move, scored))
        ruled.append(points[by_rule(given, learning, runs)])
        for samples, gathered in enumerate(resample, 1):
            gathered.append(resampled(given, scored, samples))
    return Measured(tuple(map(average, curve)), average(ladder), tuple(map(average, resample)), average(ruled))


def runs_of(given: Arena, tasks: Sequence[Recorded], chance: random.Random) -> tuple[Run, ...]:
    """What the fixed ladder leaves on record, each task run once."""
    return tuple(run_of(given, each, chance) for each in tasks)


def run_of(given: Arena, each: Recorded, chance: random.Random) -> Run:
    """One job: the ladder's moves up to the first answer that passes."""
    answers = {
        model: chance.sample([True] * passed + [False] * (ANSWERS - passed), ANSWERS)
        for model, passed in each.passed.items()
    }
    tries: list[Try] = []
    for move in moves(next_move, each.task, given.tiers):
        model = move.tier.model
        tries.append(Try(move.tier.name, model, move.action, answers[model].pop(), given.prices[model]))
        if tries[-1].accepted:
            break
    return Run(each.task, "landed" if tries[-1].accepted else "gave-up", tuple(tries))


def moves(policy: Policy, task: Task, tiers: Sequence[Tier]) -> tuple[Move, ...]:
    """The moves that a policy makes while everything fails, each time in another way."""
    made: list[Move] = []
    attempts: tuple[Attempt, ...] = ()
    while move := policy(task, tiers, attempts, LIMITS):
        made.append(move)
        number = len(made)
        brief = Brief(task, move.tier, "", "", (), Mounts(Path(), Path()))
        refused = Refused("checks", "still-failing", "a test fails")
        attempts += (Attempt(number, move.tier, brief, verdict=refused, fingerprint=f"{number}", action=move.action),)
    return tuple(made)


def mean(given: Arena, policy: Policy, tasks: Sequence[Recorded]) -> Point:
    """What a policy solves and spends over these tasks."""
    return average(
        [expected(given, each, [move.tier.model for move in moves(policy, each.task, given.tiers)]) for each in tasks]
    )


def expected(given: Arena, each: Recorded, models: Sequence[str]) -> Point:
    """Asking these models in this order until an answer passes: the chance that one does, and the mean cost."""
    unsolved, cost, asked = 1.0, 0.0, Counter[str]()
    for model in models:
        cost += unsolved * given.prices[model]
        failing = ANSWERS - each.passed[model]
        unsolved *= max(0, failing - asked[model]) / (ANSWERS - asked[model])
        asked[model] += 1
    return Point(1 - unsolved, cost)


def resampled(given: Arena, tasks: Sequence[Recorded], samples: int) -> Point:
    """Asking the largest model so many times."""
    return average([expected(given, each, [given.tiers[-1].model] * samples) for each in tasks])


def by_rule(given: Arena, learning: Sequence[Recorded], runs: Sequence[Run]) -> int:
    """The place on the curve of the patience that the learning half alone speaks for."""
    middle = len(learning) // 2
    halves = ((slice(0, middle), slice(middle, None)), (slice(middle, None), slice(0, middle)))
    experienced = [(learn(runs[learned], given.known), learning[tried]) for learned, tried in halves]
    wanted = mean(given, next_move, learning).solved
    for place, patience in enumerate(given.patiences):
        reached = [mean(given, given.index(experience, patience), tasks).solved for experience, tasks in experienced]
        if sum(reached) / len(reached) >= wanted:
            return place
    return len(given.patiences) - 1


def average(points: Sequence[Point]) -> Point:
    return Point(sum(p.solved for p in points) / len(points), sum(p.cost for p in points) / len(points))


def cost_at(points: Sequence[Point], solved: float) -> float:
    """The cost at a solve rate: read off the cheapest line between two points of a curve around it."""
    lines = [
        low.cost + (high.cost - low.cost) * (solved - low.solved) / (high.solved - low.solved)
        for low, high in pairwise(points)
        if low.solved <= solved <= high.solved and low.solved < high.solved
    ]
    return min(lines, default=float("nan"))


def sensitivity(rows: Mapping[str, Mapping[str, tuple[str, int]]], seeds: int) -> None:
    """Other prices, other families, and nothing known beforehand: a line for each."""
    columns = f"{'family':22}{'prices':16}{'known':13}{'ladder':>8}"
    print(f"{columns}{'index/ladder':>14}{'0.5 less':>10}{'ladder/resample':>17}")
    for family, prices, difficulty in (
        *(("DSCoder", prices, True) for prices in SENSITIVITY.values()),
        ("DSCoder", PRICES["DSCoder"], False),
        *((family, PRICES[family], True) for family in FAMILIES if family != "DSCoder"),
    ):
        found = measure(arena(rows, family, prices, difficulty=difficulty), seeds)
        ladder, points = found.ladder, found.curve
        ratios = [cost_at(points, ladder.solved - less) / ladder.cost for less in (0.0, TOLERANCE)]
        against = ladder.cost / cost_at(found.resample, ladder.solved)
        named = "/".join(f"{price:g}" for price in prices)
        known = "difficulty" if difficulty else "nothing"
        print(f"{family:22}{named:16}{known:13}{ladder.solved:8.1%}{ratios[0]:14.2f}{ratios[1]:10.2f}{against:17.2f}")
    print("nan: the curve does not reach the rate\n")


def report(found: Measured) -> int:
    """The curve, the figures at equal solve rate, and the last line."""
    ladder = found.ladder
    for point in found.curve:
        print(f"  index    {point.solved:6.1%} at {point.cost:6.2f}")
    for samples, point in enumerate(found.resample, 1):
        print(f"  resample {point.solved:6.1%} at {point.cost:6.2f}  ({samples} of the largest)")
    exact, ruled = cost_at(found.curve, ladder.solved), found.ruled
    print(f"at the very same rate: index {ladder.solved:.1%} at {exact:.2f}, index/ladder {exact / ladder.cost:.3f}")
    by_rule_ratio = ruled.cost / ladder.cost
    print(f"patience by rule:      index {ruled.solved:.1%} at {ruled.cost:.2f}, index/ladder {by_rule_ratio:.3f}")
    near = Point(ladder.solved - TOLERANCE, cost_at(found.curve, ladder.solved - TOLERANCE))
    resample = Point(ladder.solved, cost_at(found.resample, ladder.solved))
    ratios = (near.cost / ladder.cost, ladder.cost / resample.cost)
    told = ", ".join(
        f"{name} {point.solved:.1%} at {point.cost:.2f}"
        for name, point in (("index", near), ("ladder", ladder), ("resample", resample))
    )
    print(f"policy: {told}, index/ladder {ratios[0]:.3f}, ladder/resample {ratios[1]:.3f}")
    return int(not (ratios[0] <= 0.85 and ratios[1] <= 0.55))


if __name__ == "__main__":
    sys.exit(main())
