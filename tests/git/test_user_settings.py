"""`git config buddy.*` in the shape of the settings class."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from given import given_repo

from gitbuddy.config import parse_user
from gitbuddy.errors import UsageError
from gitbuddy.git.repo import Repo
from gitbuddy.git.settings import parse_settings


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (b"", {}),
        (b"buddy.endpoint\nhttp://x\0", {"endpoint": "http://x"}),
        (b"buddy.sandbox\nlandlock\0buddy.sandbox\nauto\0", {"sandbox": "auto"}),
        (b"buddy.tiers\nfast deep\0", {"tiers": ("fast", "deep")}),
        (b"buddy.tiers\nfast\0buddy.tiers\ndeep, last\0", {"tiers": ("deep", "last")}),
        (b"buddy.tier.fast.maxoutput\n512\0", {"tier": {"fast": {"max_output": "512"}}}),
        (b"buddy.tier.fast.max-output\n2k\0", {"tier": {"fast": {"max_output": "2048"}}}),
        (b"buddy.tier.My.Tier.model\n7k\0", {"tier": {"My.Tier": {"model": "7k"}}}),
        (b"buddy.tier.fast.temperature\n0.5\0", {"tier": {"fast": {"temperature": "0.5"}}}),
        (b"buddy.colour\nblue\0", {"colour": "blue"}),
        (b"buddy.endpoint\0", {"endpoint": ""}),
    ],
)
def test_reads_what_git_prints(given: bytes, expected: Mapping[str, Any]) -> None:
    assert parse_settings(given) == expected


def test_comes_from_git_with_all_its_files(tmp_path: Path) -> None:
    builder = given_repo(tmp_path)
    builder.git("config", "--global", "buddy.endpoint", "http://global")
    builder.git("config", "--global", "--add", "buddy.tiers", "fast")
    builder.git("config", "buddy.endpoint", "http://local")
    builder.git("config", "buddy.tier.fast.model", "m")
    builder.git("config", "buddy.tier.fast.maxOutput", "1k")
    user = parse_user(Repo.open(tmp_path).settings())

    assert user.endpoint == "http://local"
    assert user.tiers == ("fast",)
    assert user.tier["fast"].max_output == 1024


@pytest.mark.parametrize("key", ["buddy.colour", "buddy.tier.fast.shade", "buddy.tier", "buddy.other.thing"])
def test_unknown_keys_reach_the_settings_class_which_refuses_them(tmp_path: Path, key: str) -> None:
    given_repo(tmp_path).git("config", key, "x")

    with pytest.raises(UsageError, match="your gitbuddy settings"):
        parse_user(Repo.open(tmp_path).settings())


def test_no_settings_are_the_defaults(tmp_path: Path) -> None:
    given_repo(tmp_path)

    assert Repo.open(tmp_path).settings() == {}
