from __future__ import annotations

import dataclasses
import inspect
import re
from dataclasses import replace
from typing import Any

import pytest
from made import BASE, accepted, attempt, change, patch, task

from gitbuddy import values
from gitbuddy.values import ID_LENGTH, Kind, Origin, Task

JOB = Task(
    Kind.CHANGE, "make it work", BASE, Origin("file", "slug", "main:.buddy/tasks/slug.md"), files=("a.py", "b.py")
)


def test_an_id_is_safe_in_refs_and_on_disks_that_fold_case() -> None:
    assert re.fullmatch(r"[a-z2-7]{26}", JOB.id)
    assert len(JOB.id) == ID_LENGTH


def test_an_id_never_changes_between_versions() -> None:
    assert JOB.id == "do6xciybtbigprv2rxnfjflfhe"


@pytest.mark.parametrize(
    "same",
    [
        {"base": "f" * 40},
        {"origin": replace(JOB.origin, place="other:.buddy/tasks/slug.md")},
        {"files": ("b.py", "a.py")},
        {"needs": ("x",)},
        {"accept": ("t",)},
        {"tier": "deep"},
        {"checks": ("test",)},
        {"slug": "other"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_an_id_does_not_depend_on_what_carries_the_task(same: dict[str, Any]) -> None:
    assert replace(JOB, **same).id == JOB.id


@pytest.mark.parametrize(
    "other",
    [
        {"kind": Kind.FIX},
        {"text": "make it work!"},
        {"text": " make it work"},
        {"text": "make it w\udcffrk"},
        {"files": ("a.py",)},
        {"files": ("a.py,b.py",)},
        {"files": ()},
        {"origin": replace(JOB.origin, run=2)},
        {"origin": replace(JOB.origin, key="other")},
        {"origin": replace(JOB.origin, source="trailer")},
    ],
)
def test_an_id_depends_on_what_is_asked(other: dict[str, Any]) -> None:
    assert replace(JOB, **other).id != JOB.id


def test_fields_cannot_be_mistaken_for_one_another() -> None:
    assert task("a", files=("b",)).id != task('a", ["b"]').id
    assert task(files=("a", "b")).id != task(files=('a", "b',)).id


@pytest.mark.parametrize(
    "noun", [kind for _, kind in inspect.getmembers(values, inspect.isclass) if dataclasses.is_dataclass(kind)]
)
def test_every_noun_is_frozen(noun: Any) -> None:
    assert noun.__dataclass_params__.frozen


def test_a_patch_knows_its_paths() -> None:
    assert patch(change("a"), change("b")).paths == ("a", "b")


def test_an_attempt_knows_whether_it_was_accepted() -> None:
    assert accepted().accepted
    assert not attempt().accepted
    assert not replace(accepted(), verdict=None).accepted
