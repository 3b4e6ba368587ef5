"""Finished jobs as the records tell of them: what was tried, what it took, and how it ended."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from gitbuddy.errors import GitbuddyError
from gitbuddy.git.records import ENDED, Job, Records
from gitbuddy.values import Action, Run, Try

MOST: Final = 5000
"""Jobs that are read, the newest: older ones weigh nothing any more."""


@dataclass(frozen=True, slots=True)
class Finished:
    """Finished jobs, newest first, and what is wrong with the records that cannot be read."""

    runs: tuple[Run, ...]
    problems: tuple[str, ...] = ()


def finished(records: Records, most: int = MOST) -> Finished:
    """The newest jobs of a repository that are over. A record that cannot be read is named and passed over."""
    jobs, problems = records.listing()
    ended = sorted((job for job in jobs if job.state in ENDED), key=lambda job: -job.updated)
    runs: list[Run] = []
    found = list(problems)
    for job in ended[:most]:
        try:
            runs.append(Run(job.task, job.state, tuple(_tries(records, job)), job.updated))
        except GitbuddyError as error:
            found.append(error.message)
    return Finished(tuple(runs), tuple(found))


def _tries(records: Records, job: Job) -> Iterator[Try]:
    """The attempts on record, in the order in which they were made."""
    paths = [path for path in records.files(job) if path.startswith("attempts/") and path.endswith("/attempt.json")]
    facts = [_facts(job, path, records.file(job, path) or b"") for path in paths]
    for raw in sorted(facts, key=_order):
        yield Try(
            tier=_text(raw, "tier"),
            model=_text(raw, "model"),
            action=_action(raw),
            accepted=_is_accepted(raw),
            seconds=_number(raw, "seconds"),
            tokens=int(_number(raw, "promptTokens") + _number(raw, "outputTokens")),
            tried=_tried(_part(raw, "search")),
            template=_text(_part(raw, "search"), "template"),
        )


def _facts(job: Job, path: str, data: bytes) -> Mapping[str, Any]:
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, dict):
        raise GitbuddyError(f"the record of job {job.id} cannot be read: {path} is damaged")
    return raw


def _order(raw: Mapping[str, Any]) -> tuple[float, bool, float]:
    """By round; in a round the accepted one is last, for what ended it came to nothing before."""
    return _number(raw, "round") or _number(raw, "number"), _is_accepted(raw), _number(raw, "number")


def _is_accepted(raw: Mapping[str, Any]) -> bool:
    verdict = raw.get("verdict")
    return isinstance(verdict, dict) and verdict.get("accepted") is True


def _action(raw: Mapping[str, Any]) -> Action:
    """Records of the first versions do not tell it: what they tried was told what had failed before."""
    told = raw.get("action")
    return next((action for action in get_args(Action) if action == told), "sample")


def _part(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = raw.get(name)
    return value if isinstance(value, dict) else {}


def _tried(search: Mapping[str, Any]) -> Mapping[str, int]:
    counts = _part(search, "tried")
    return {name: int(_number(counts, name)) for name in counts}


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else ""


def _number(raw: Mapping[str, Any], name: str) -> float:
    value = raw.get(name)
    fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12
    return float(value) if fits and value is not None else 0.0
