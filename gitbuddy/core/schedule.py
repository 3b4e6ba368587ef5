"""Which tasks are ready: a pure function of the tasks found and the states of their jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gitbuddy.values import Task

State = Literal["ready", "blocked", "running", "landed", "reviewed", "unverified", "gave-up"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a task stands. `why` says what blocks it; `needs` are the tasks it waits for or builds on."""

    task: Task
    state: State
    why: str = ""
    needs: tuple[Task, ...] = ()


def standings(tasks: Sequence[Task], states: Mapping[str, str]) -> tuple[Standing, ...]:
    """Every task with its standing, in an order in which each comes after what it needs.

    `states` maps task ids to the state of their job (`queued`, `claimed`, ..., absent when there is none). A need is
    named by slug or by the beginning of an id; an unknown one and a circle block. A task that several branches carry
    is one task, the first of them.
    """
    first: dict[str, Task] = {}
    for task in tasks:
        first.setdefault(task.id, task)
    return _ranked(tuple(first.values()), states)


def _ranked(tasks: Sequence[Task], states: Mapping[str, str]) -> tuple[Standing, ...]:
    needs = {task.id: [_find(name, tasks) for name in task.needs] for task in tasks}
    ordered, circular = _in_order(tasks, needs)
    told: dict[str, Standing] = {}
    for task in ordered:
        told[task.id] = _standing(task, needs[task.id], states, told)
    for task in circular:
        told[task.id] = _over(task, (), states) or Standing(task, "blocked", "its needs form a circle")
    return tuple(told.values())


def _find(name: str, tasks: Sequence[Task]) -> Task | str:
    slugs = [task for task in tasks if task.slug == name]
    found = slugs or [task for task in tasks if len(name) >= 4 and task.id.startswith(name)]
    return found[0] if len(found) == 1 else name


def _standing(
    task: Task, needs: Sequence[Task | str], states: Mapping[str, str], told: Mapping[str, Standing]
) -> Standing:
    known = tuple(need for need in needs if isinstance(need, Task))
    if over := _over(task, known, states):
        return over
    if unknown := [need for need in needs if isinstance(need, str)]:
        return Standing(task, "blocked", f"needs a task that is not known, or not the only one so called: {unknown[0]}")
    if given_up := [need for need in known if told[need.id].state == "gave-up"]:
        return Standing(task, "blocked", f"needs a task that gave up: {_called(given_up[0])}", known)
    if doubtful := [need for need in known if told[need.id].state == "unverified"]:
        return Standing(task, "blocked", f"needs a task that could not be verified: {_called(doubtful[0])}", known)
    if reviews := [need for need in known if told[need.id].state == "reviewed"]:
        return Standing(task, "blocked", f"needs a task that was only a review: {_called(reviews[0])}", known)
    if waiting := [need for need in known if told[need.id].state != "landed"]:
        return Standing(task, "blocked", f"waits for {_called(waiting[0])}", known)
    return Standing(task, "ready", needs=known)


def _over(task: Task, needs: tuple[Task, ...], states: Mapping[str, str]) -> Standing | None:
    """The standing of a task whose job has begun or is over: nothing it needs can hold it up any more."""
    match states.get(task.id, "queued"):
        case "queued":
            return None
        case "landed":
            return Standing(task, "landed", needs=needs)
        case "gave-up" | "unverified" | "reviewed" as ended:
            return Standing(task, ended, needs=needs)
        case _:
            return Standing(task, "running", needs=needs)


def _called(task: Task) -> str:
    return task.slug or task.id[:8]


def _in_order(tasks: Sequence[Task], needs: Mapping[str, Sequence[Task | str]]) -> tuple[list[Task], list[Task]]:
    """Kahn's topological sort, stable in the order given; the second list is what circles keep from being sorted."""
    left, done = list(tasks), set[str]()
    ordered: list[Task] = []
    while left:
        free = [task for task in left if all(isinstance(need, str) or need.id in done for need in needs[task.id])]
        if not free:
            return ordered, left
        ordered += free
        done |= {task.id for task in free}
        left = [task for task in left if task.id not in done]
    return ordered, []
